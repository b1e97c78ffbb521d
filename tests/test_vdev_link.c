/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* When the link's end is told, how often, and to which ports the event is offered. */

#include "link_util.h"

/* Files ---------------------------------------------------------------------------------------- */

/* Poll a queue until it has given as many packets; not once more. */
static void
receive_exactly(uint16_t port, uint16_t queue, unsigned int nb)
{
	double since = vdev_now();
	struct rte_mbuf *m[BURST];
	unsigned int total = 0;
	uint16_t n;

	while (total < nb) {
		n = rte_eth_rx_burst(port, queue, m, BURST);
		rte_pktmbuf_free_bulk(m, n);
		total += n;
		assert_true(vdev_now() - since < VDEV_PATIENCE_S);
	}
	assert_int_equal(total, nb);
}

static void
poll_empty(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *m[BURST];

	assert_int_equal(rte_eth_rx_burst(port, queue, m, BURST), 0);
}

/* The one alarm that a port of files has is for its output; nothing looks at the link by time. */
static void
the_first_poll_after_the_last_packet_tells_the_end(void **state)
{
	uint16_t port = plug_file();
	uint32_t round;

	(void)state;
	begin(LOOK);
	for (round = 1; round <= ROUNDS; round++) {
		vdev_start(port, .intr_lsc = true);
		assert_int_equal(alarms_seen(), 1);
		receive_exactly(port, 0, NB_PACKETS);
		assert_int_equal(alarms_seen(), 1);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		poll_empty(port, 0);
		assert_int_equal(alarms_seen(), 2);
		assert_int_equal(alarms.seen[1].us, 1);
		await_deed(round);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		poll_empty(port, 0);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(end_alarms(), 0);
		assert_int_equal(nb_done(), round);
	}
	finish();
}

/* Who has received all may poll no more, and wait for the next interrupt or the event. */
static void
with_interrupts_the_end_is_told_at_once_without_another_poll(void **state)
{
	uint16_t port = plug_file();
	uint32_t round;

	(void)state;
	begin(LOOK);
	for (round = 1; round <= ROUNDS; round++) {
		vdev_start(port, .intr_rxq = true, .intr_lsc = true);
		assert_int_equal(alarms_seen(), 1);
		receive_exactly(port, 0, NB_PACKETS);
		await_deed(round);
		assert_int_equal(alarms_seen(), 2);
		assert_int_equal(alarms.seen[1].us, 1);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(end_alarms(), 0);
	}
	finish();
}

static void
the_end_of_a_capture_without_packets_is_told(void **state)
{
	const struct packets none = { 0 };
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_write("none", &none));
	uint32_t nb = 0;

	(void)state;
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	poll_empty(port, 0);
	await_deed(++nb);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	/* with interrupts nothing ever comes that would make an application poll */
	vdev_start(port, .intr_rxq = true, .intr_lsc = true);
	await_deed(++nb);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	finish();
}

static uint16_t
plug_two_files(void)
{
	return vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null,eof=1", capture_of("tiny"),
			capture_of("uniform"));
}

static void
the_end_is_told_when_the_last_file_has_been_received(void **state)
{
	uint16_t port = plug_two_files();

	(void)state;
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	receive_exactly(port, 1, NB_PACKETS);
	poll_empty(port, 1);
	poll_empty(port, 1);
	assert_int_equal(alarms_seen(), 1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_exactly(port, 0, NB_PACKETS);
	poll_empty(port, 0);
	assert_int_equal(alarms_seen(), 2);
	await_deed(1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	finish();
}

static void *
receive_the_other(void *port)
{
	receive_exactly(*(uint16_t *)port, 1, NB_PACKETS);
	poll_empty(*(uint16_t *)port, 1);
	return NULL;
}

static void
two_threads_that_find_the_ends_together_tell_it_once(void **state)
{
	uint16_t port = plug_two_files();
	pthread_t other;
	uint32_t round;

	(void)state;
	begin(LOOK);
	for (round = 1; round <= 3 * ROUNDS; round++) {
		vdev_start(port, .intr_rxq = round % 2, .intr_lsc = true);
		assert_int_equal(pthread_create(&other, NULL, receive_the_other, &port), 0);
		receive_exactly(port, 0, NB_PACKETS);
		poll_empty(port, 0);
		assert_int_equal(pthread_join(other, NULL), 0);
		await_deed(round);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(end_alarms(), 0);
	}
	finish();
}

/* Does ethdev let the link's interrupt be configured? */
static bool
takes_lsc(uint16_t port)
{
	const struct rte_eth_conf conf = { .intr_conf.lsc = 1 };
	struct rte_eth_dev_info info;
	int ret;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	ret = rte_eth_dev_configure(port, 1, 1, &conf);
	assert_true(ret == 0 || ret == -EINVAL);
	assert_int_equal((*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0, ret == 0);
	return ret == 0;
}

static void
link_interrupts_of_files_are_offered_only_with_eof(void **state)
{
	const char *file = capture_of("tiny");

	(void)state;
	vdev_hush_ethdev();
	assert_false(takes_lsc(vdev_plug("rx_pcap=%s", file)));
	assert_false(takes_lsc(vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,eof=0", file)));
	assert_false(takes_lsc(vdev_plug("rx_pcap=%s,infinite_rx=1", file)));
	assert_false(takes_lsc(vdev_plug("tx_pcap=/dev/null")));
	assert_true(takes_lsc(vdev_plug("rx_pcap=%s,eof=1", file)));
}

/* Interfaces ----------------------------------------------------------------------------------- */

static void
link_interrupts_are_offered_with_any_interface(void **state)
{
	(void)state;
	need_veth();
	assert_true(takes_lsc(vdev_plug("iface=%s", NEAR)));
	assert_true(takes_lsc(vdev_plug("rx_iface=%s,tx_pcap=/dev/null", NEAR)));
	assert_true(takes_lsc(vdev_plug("rx_iface_in=%s", NEAR)));
	assert_true(takes_lsc(vdev_plug("rx_pcap=%s,tx_iface=%s", capture_of("tiny"), NEAR)));
}

/* Each of the two is told once, also when they come together. */
static void
a_file_that_is_sent_to_an_interface_has_both_ends_of_the_link(void **state)
{
	uint16_t port;

	(void)state;
	need_veth();
	set_carrier(true);
	port = vdev_plug("rx_pcap=%s,tx_iface=%s,eof=1", capture_of("tiny"), NEAR);
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	set_carrier(false);
	await_deed(1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	set_carrier(true);
	await_deed(2);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_exactly(port, 0, NB_PACKETS);
	poll_empty(port, 0);
	await_deed(3);
	set_carrier(false);
	await_handler_end();
	assert_int_equal(nb_done(), 3);
	set_carrier(true);
	finish();
}

static const struct CMUnitTest tests[] = {
	vdev_test(the_first_poll_after_the_last_packet_tells_the_end),
	vdev_test(with_interrupts_the_end_is_told_at_once_without_another_poll),
	vdev_test(the_end_of_a_capture_without_packets_is_told),
	vdev_test(the_end_is_told_when_the_last_file_has_been_received),
	vdev_test(two_threads_that_find_the_ends_together_tell_it_once),
	vdev_test(link_interrupts_of_files_are_offered_only_with_eof),
	vdev_test(link_interrupts_are_offered_with_any_interface),
	vdev_test(a_file_that_is_sent_to_an_interface_has_both_ends_of_the_link),
};

VDEV_VETH_MAIN(tests)
