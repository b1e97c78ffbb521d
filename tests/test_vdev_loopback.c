/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* A device that receives what it sends. */

#include "intr_util.h"

#include <sched.h>

#include "wire_loop.h"

#define LEN 100

static struct rte_mbuf *
numbered(struct rte_mempool *mp, uint32_t number)
{
	uint8_t bytes[LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };
	const struct packet packet = { .len = LEN, .data = bytes };

	memcpy(bytes + 14, &number, sizeof(number));
	return mbuf_of(mp, &packet, UINT32_MAX);
}

/* Returns whether the port took it; else it is freed. */
static bool
send_number(uint16_t port, uint16_t queue, struct rte_mempool *mp, uint32_t number)
{
	struct rte_mbuf *m = numbered(mp, number);

	if (rte_eth_tx_burst(port, queue, &m, 1) == 1)
		return true;
	rte_pktmbuf_free(m);
	return false;
}

/* Returns whether the next packet came, which has to be that one. */
static bool
receive_number(uint16_t port, uint16_t queue, uint32_t number)
{
	struct rte_mbuf *m;
	uint32_t got;

	if (rte_eth_rx_burst(port, queue, &m, 1) == 0)
		return false;
	got = number_of(m);
	assert_int_equal(m->pkt_len, LEN);
	rte_pktmbuf_free(m);
	assert_int_equal(got, number);
	return true;
}

static void
what_a_queue_sends_comes_back_on_that_queue(void **state)
{
	static const char *const kinds[] = { "imix", "jumbo", "vlan", "edges" };
	uint16_t port = vdev_plug("loopback=4");
	struct batch batch = { 0 };
	struct packets packets;
	unsigned int i, k;
	uint16_t queue;

	(void)state;
	vdev_start(port, .mp = vdev_pool(8192), .tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	for (k = 0; k < RTE_DIM(kinds); k++) {
		queue = (k + 2) % 4;
		packets = capture_read(capture_of(kinds[k]));
		send_packets(port, queue, vdev.pools[0], &packets);
		for (i = 0; i < 4; i++)
			if (i != queue)
				assert_int_equal(receive_all(port, i, &batch), 0);
		receive_all(port, queue, &batch);
		assert_packets(&batch, &packets);
		batch_free(&batch);
	}
}

static void
it_has_as_many_queues_and_a_link_without_any_end(void **state)
{
	uint16_t port = vdev_plug("loopback=16");
	struct rte_eth_dev_info info;

	(void)state;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(info.max_rx_queues, 16);
	assert_int_equal(info.max_tx_queues, 16);
	vdev_start(port, .mp = vdev_pool(16384));
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
}

/* A sender that is ahead of its receiver is held back, as on a link with flow control. */
static void
a_loop_that_is_full_takes_no_more_and_loses_nothing(void **state)
{
	uint16_t port = vdev_plug("loopback=1");
	struct rte_mempool *mp = vdev_pool(1024);
	uint32_t nb = 0, i = 0;

	(void)state;
	vdev_start(port, .mp = mp);
	while (send_number(port, 0, mp, nb))
		nb++;
	assert_in_range(nb, WIRE_LOOP_FRAMES, WIRE_LOOP_FRAMES + VDEV_DESC);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	/* without a further burst of the sender */
	while (receive_number(port, 0, i))
		i++;
	assert_int_equal(i, nb);
	/* over the end, again and again */
	for (; nb < 4 * WIRE_LOOP_FRAMES; nb++) {
		assert_true(send_number(port, 0, mp, nb));
		assert_true(receive_number(port, 0, nb));
	}
	assert_int_equal(vdev_stats(port).opackets, nb);
	assert_int_equal(vdev_stats(port).ipackets, nb);
	assert_int_equal(vdev_stats(port).imissed, 0);
}

static void
a_stop_empties_it_and_counts_what_nobody_received(void **state)
{
	uint16_t port = vdev_plug("loopback=1");
	struct rte_mempool *mp = vdev_pool(1024);
	uint32_t nb = 0, lost;

	(void)state;
	vdev_start(port, .mp = mp);
	while (send_number(port, 0, mp, nb))
		nb++;
	assert_true(receive_number(port, 0, 0));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	lost = vdev_stats(port).imissed + vdev_stats(port).oerrors;
	assert_int_equal(lost, nb - 1);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_false(receive_number(port, 0, 0));
	assert_true(send_number(port, 0, mp, 7));
	assert_true(receive_number(port, 0, 7));
	assert_int_equal(vdev_stats(port).imissed + vdev_stats(port).oerrors, lost);
}

static void
what_is_sent_wakes_who_sleeps(void **state)
{
	uint16_t port = vdev_plug("loopback=2");
	struct rte_mempool *mp = vdev_pool(1024);
	uint32_t i;
	int epfd;

	(void)state;
	vdev_start(port, .mp = mp, .intr_rxq = true);
	epfd = listen_to(port, 1);
	for (i = 0; i < 1000; i++) {
		enable(port, 0);
		assert_true(send_number(port, 0, mp, i));
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_true(receive_number(port, 0, i));
	}
	close(epfd);
}

static void
with_interrupts_a_full_loop_loses_nothing_either(void **state)
{
	uint16_t port = vdev_plug("loopback=1");
	struct rte_mempool *mp = vdev_pool(1024);
	uint32_t nb = 0, i;
	double since = 0;

	(void)state;
	vdev_start(port, .mp = mp, .intr_rxq = true);
	while (nb < 2 * WIRE_LOOP_FRAMES && send_number(port, 0, mp, nb))
		nb++;
	assert_true(nb > WIRE_LOOP_FRAMES);
	for (i = 0; i < nb && vdev_wait(&since);)
		while (receive_number(port, 0, i))
			i++;
	assert_int_equal(i, nb);
}

#define NB_THREADED 100000

struct sending {
	uint16_t port;
	struct rte_mempool *mp;
};

static void *
send_all_numbers(void *arg)
{
	const struct sending *sending = arg;
	uint32_t i;

	for (i = 0; i < NB_THREADED;)
		if (send_number(sending->port, 0, sending->mp, i))
			i++;
		else
			sched_yield();
	return NULL;
}

static void
one_thread_may_send_while_another_one_receives(void **state)
{
	struct sending sending = { .port = vdev_plug("loopback=1"), .mp = vdev_pool(2048) };
	pthread_t thread;
	uint32_t i;

	(void)state;
	vdev_start(sending.port, .mp = sending.mp);
	assert_int_equal(pthread_create(&thread, NULL, send_all_numbers, &sending), 0);
	for (i = 0; i < NB_THREADED;)
		if (receive_number(sending.port, 0, i))
			i++;
		else
			sched_yield();
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(vdev_stats(sending.port).imissed, 0);
}

/* An application that asks for the loop of a NIC gets one where there is one, and is told where not. */
static void
lpbk_mode_asks_for_what_a_loop_is(void **state)
{
	const struct rte_eth_conf conf = { .lpbk_mode = 1 };
	uint16_t loop = vdev_plug("loopback=1"), file = vdev_plug("tx_pcap=/dev/null");
	struct log_capture logged;

	(void)state;
	log_capture_begin(&logged);
	assert_int_equal(rte_eth_dev_configure(loop, 1, 1, &conf), 0);
	assert_nothing_logged(&logged);
	assert_int_equal(rte_eth_dev_configure(file, 1, 1, &conf), 0);
	assert_logged(&logged, "lpbk_mode 1 makes no loop", "loopback=<N>");
	log_capture_end(&logged);
}

static const struct CMUnitTest tests[] = {
	vdev_test(what_a_queue_sends_comes_back_on_that_queue),
	vdev_test(it_has_as_many_queues_and_a_link_without_any_end),
	vdev_test(a_loop_that_is_full_takes_no_more_and_loses_nothing),
	vdev_test(a_stop_empties_it_and_counts_what_nobody_received),
	vdev_test(what_is_sent_wakes_who_sleeps),
	vdev_test(with_interrupts_a_full_loop_loses_nothing_either),
	vdev_test(one_thread_may_send_while_another_one_receives),
	vdev_test(lpbk_mode_asks_for_what_a_loop_is),
};

VDEV_MAIN(tests)
