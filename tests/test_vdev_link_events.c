/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Who is told of the link, and when (claim 8). */

#include "intr_util.h"

/* Let time pass for a measurement; never to wait for something. */
static void
let_pass(unsigned int ms)
{
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

struct link_events {
	uint32_t nb;
	uint32_t status; /* as the last one found it */
};

static int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	struct link_events *events = arg;
	struct rte_eth_link link = { 0 };

	(void)ret_param;
	if (type == RTE_ETH_EVENT_INTR_LSC && rte_eth_link_get_nowait(port, &link) == 0) {
		__atomic_store_n(&events->status, link.link_status, __ATOMIC_RELAXED);
		__atomic_add_fetch(&events->nb, 1, __ATOMIC_RELEASE);
	}
	return 0;
}

static struct link_events *
watch_link(uint16_t port)
{
	struct link_events *events = vdev_alloc(sizeof(*events));

	assert_int_equal(rte_eth_dev_callback_register(
					 port, RTE_ETH_EVENT_INTR_LSC, on_link, events),
			0);
	return events;
}

static void
forget_link(uint16_t port, struct link_events *events)
{
	assert_int_equal(rte_eth_dev_callback_unregister(
					 port, RTE_ETH_EVENT_INTR_LSC, on_link, events),
			0);
}

static uint32_t
events_so_far(const struct link_events *events)
{
	return __atomic_load_n(&events->nb, __ATOMIC_ACQUIRE);
}

static void
await_event(struct link_events *events, uint32_t nb, uint32_t status)
{
	double since = 0;

	while (events_so_far(events) < nb)
		if (!vdev_wait(&since))
			fail_msg("no link event number %u", nb);
	assert_int_equal(events_so_far(events), nb);
	assert_int_equal(__atomic_load_n(&events->status, __ATOMIC_RELAXED), status);
}

/* Receive from a port until it has given nb packets. */
static void
receive_exactly(uint16_t port, uint16_t queue, unsigned int nb)
{
	unsigned int total = 0;
	double since = 0;

	while (total < nb) {
		total += drain(port, queue);
		assert_true(total == nb || vdev_wait(&since));
	}
	assert_int_equal(total, nb);
}

static void
the_end_of_the_file_is_told_once(bool intr)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_of("tiny"));
	struct link_events *events = watch_link(port);
	unsigned int round;

	for (round = 0; round < 2; round++) {
		vdev_start(port, .intr_rxq = intr, .intr_lsc = true, .nb_rx_desc = 512);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		/* all of the file may be in the ring by now; but nobody has received it */
		let_pass(250);
		assert_int_equal(events_so_far(events), round);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		receive_exactly(port, 0, 200);
		await_event(events, round + 1, RTE_ETH_LINK_DOWN);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		let_pass(250);
		assert_int_equal(events_so_far(events), round + 1);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
	forget_link(port, events);
}

static void
with_eof_the_link_goes_down_when_the_file_has_been_received(void **state)
{
	(void)state;
	the_end_of_the_file_is_told_once(false);
}

static void
with_eof_and_interrupts_the_link_goes_down_when_the_file_has_been_received(void **state)
{
	(void)state;
	the_end_of_the_file_is_told_once(true);
}

/* Rather than when the event is told, in another thread: the poll that finds the end takes it down. */
static void
with_eof_the_link_is_down_when_a_poll_comes_back_empty(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_of("tiny"));
	struct rte_mbuf *pkts[200];
	unsigned int round;

	(void)state;
	for (round = 0; round < 20; round++) {
		vdev_start(port, .intr_lsc = true, .nb_rx_desc = 512);
		assert_int_equal(rte_eth_rx_burst(port, 0, pkts, 200), 200);
		rte_pktmbuf_free_bulk(pkts, 200);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		assert_int_equal(rte_eth_rx_burst(port, 0, pkts, 200), 0);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
}

static void
with_eof_loans_that_are_out_do_not_hold_the_link_up(void **state)
{
	uint16_t port = vdev_plug(
			"rx_pcap=%s,eof=1,copy=deferred", capture_make("uniform", 2 * NB_DESC - 1));
	struct link_events *events = watch_link(port);
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port, .intr_lsc = true, .nb_rx_desc = NB_DESC);
	receive_all(port, 0, &batch);
	assert_int_equal(batch.nb, 2 * NB_DESC - 1);
	assert_int_equal(vdev_xstat(port, 0, "waiting"), NB_DESC - 1);
	await_event(events, 1, RTE_ETH_LINK_DOWN);
	forget_link(port, events);
	batch_free(&batch);
}

static void
with_eof_the_link_stays_up_until_the_last_file_ends(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null,eof=1",
			capture_of("tiny"), capture_of("uniform"));

	(void)state;
	vdev_start(port);
	receive_exactly(port, 1, 200);
	drain(port, 1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_exactly(port, 0, 200);
	drain(port, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	/* it is a new link that comes up with the file's beginning */
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
}

static void
without_eof_the_link_stays_up(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=0", capture_of("tiny"));

	(void)state;
	vdev_start(port);
	receive_exactly(port, 0, 200);
	drain(port, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
}

static void
link_events_are_told_only_to_those_who_asked(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_of("tiny"));
	struct link_events *events = watch_link(port);

	(void)state;
	vdev_start(port);
	receive_exactly(port, 0, 200);
	drain(port, 0);
	let_pass(250);
	assert_int_equal(events_so_far(events), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	forget_link(port, events);
}

static void
the_carrier_of_an_interface_is_the_link(void **state)
{
	struct link_events *events;
	uint16_t port;
	unsigned int i;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface=%s", NEAR);
	events = watch_link(port);
	vdev_start(port, .intr_rxq = true, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	for (i = 0; i < 3; i++) {
		assert_true(veth_ip("link set %s down", FAR));
		await_event(events, 2 * i + 1, RTE_ETH_LINK_DOWN);
		assert_true(veth_ip("link set %s up", FAR));
		await_event(events, 2 * i + 2, RTE_ETH_LINK_UP);
	}
	/* packets come as before */
	{
		int epfd = listen_to(port, 1), far = veth_socket(FAR);

		drain(port, 0);
		enable(port, 0);
		put_on_wire(far, 1);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_true(drain(port, 0) > 0);
		close(far);
		close(epfd);
	}
	forget_link(port, events);
}

static const struct CMUnitTest tests[] = {
	vdev_test(with_eof_the_link_goes_down_when_the_file_has_been_received),
	vdev_test(with_eof_and_interrupts_the_link_goes_down_when_the_file_has_been_received),
	vdev_test(with_eof_the_link_is_down_when_a_poll_comes_back_empty),
	vdev_test(with_eof_loans_that_are_out_do_not_hold_the_link_up),
	vdev_test(with_eof_the_link_stays_up_until_the_last_file_ends),
	vdev_test(without_eof_the_link_stays_up),
	vdev_test(link_events_are_told_only_to_those_who_asked),
	vdev_test(the_carrier_of_an_interface_is_the_link),
};

VDEV_VETH_MAIN(tests)
