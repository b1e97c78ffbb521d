/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Receive interrupts of an interface by AF_XDP (claim 8). */

#include "intr_util.h"
#include "vdev_xdp_util.h"

#define NB_RACES (DUALBUF_RACED ? 500 : 5000)

static uint16_t
start(const char *more)
{
	uint16_t port = xdp_plug(more);

	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	return port;
}

/* Each packet comes alone, at any moment around the enable. */
static void
no_packet_goes_unnoticed(void **state)
{
	struct sender sender = { .fd = veth_socket(FAR), .nb = NB_RACES };
	uint16_t port = start("");
	int epfd = listen_to(port, 1);
	unsigned int wakes = 0;
	uint32_t seed = 3, i;

	(void)state;
	assert_int_equal(pthread_create(&sender.thread, NULL, send_on_demand, &sender), 0);
	for (i = 0; i < NB_RACES; i++) {
		__atomic_store_n(&sender.wanted, i + 1, __ATOMIC_RELEASE);
		wakes += sleep_until_packet(port, epfd, i, &seed);
	}
	pthread_join(sender.thread, NULL);
	assert_true(wakes > 0);
	close(epfd);
	close(sender.fd);
}

static void
packets_that_came_before_the_enable_wake_at_once(void **state)
{
	uint16_t port = start("");
	int far = veth_socket(FAR), epfd = listen_to(port, 1);
	struct rte_mbuf *m;
	uint32_t i, left;

	(void)state;
	for (i = 0; i < 200; i++) {
		for (left = 0; left < 7; left++)
			put_on_wire(far, left);
		for (; left > 0; left--) {
			enable(port, 0);
			assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
			assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
			assert_int_equal(number_of(m), 7 - left);
			rte_pktmbuf_free(m);
		}
	}
	close(epfd);
	close(far);
}

static void
a_queue_that_is_disabled_is_silent(void **state)
{
	uint16_t port = start("");
	int far = veth_socket(FAR), epfd = listen_to(port, 1);
	unsigned int i;

	(void)state;
	put_on_wire(far, 0);
	assert_int_equal(wait_for(epfd, 20), -1);
	for (i = 0; i < 10; i++) {
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_int_equal(rte_eth_dev_rx_intr_disable(port, 0), 0);
		assert_int_equal(drain(port, 0), 1);
		put_on_wire(far, 0);
		assert_int_equal(wait_for(epfd, 20), -1);
	}
	close(epfd);
	close(far);
}

static void
who_waits_sleeps(void **state)
{
	uint16_t port = start("");
	int epfd = listen_to(port, 1);
	struct account before, after;

	(void)state;
	enable(port, 0);
	before = account_of_this_thread();
	assert_int_equal(wait_for(epfd, 500), -1);
	after = account_of_this_thread();
	assert_true(after.cpu - before.cpu < 0.1);
	assert_true(after.sleeps - before.sleeps < 20);
	close(epfd);
}

static void
an_enabled_queue_stays_enabled_across_stops(void **state)
{
	uint16_t port = start("");
	int far = veth_socket(FAR), epfd = listen_to(port, 1);
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		enable(port, 0);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(wait_for(epfd, 0), -1);
		assert_int_equal(rte_eth_dev_start(port), 0);
		put_on_wire(far, i);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_int_equal(drain(port, 0), 1);
	}
	/* enabled while the port is stopped */
	assert_int_equal(rte_eth_dev_rx_intr_disable(port, 0), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	enable(port, 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	put_on_wire(far, i);
	assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
	assert_int_equal(drain(port, 0), 1);
	close(epfd);
	close(far);
}

/* While the application has all buffers only a burst, after they came back, gives the kernel some. */
static void
a_starving_queue_wakes_until_its_buffers_are_back(void **state)
{
	uint16_t port = start(",copy=deferred");
	int far = veth_socket(FAR), epfd = listen_to(port, 1);
	struct batch kept = { 0 };
	unsigned int i, round;

	(void)state;
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 3 * NB_DESC; i++) {
			put_on_wire(far, i);
			receive_up_to(port, 0, &kept, 1);
		}
		assert_int_equal(kept.nb, 2 * NB_DESC);
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		batch_free(&kept);
		/* nothing comes until there are buffers: it has to be woken without a packet */
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_int_equal(drain(port, 0), 0);
		enable(port, 0);
		put_on_wire(far, i);
		do
			assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		while (drain(port, 0) == 0);
	}
	close(epfd);
	close(far);
}

static void
without_its_configuration_there_are_none(void **state)
{
	uint16_t port = xdp_plug("");

	(void)state;
	vdev_hush_ethdev();
	vdev_start(port);
	assert_int_equal(rte_eth_dev_rx_intr_enable(port, 0), -ENOTSUP);
	assert_int_equal(rte_eth_dev_rx_intr_disable(port, 0), -ENOTSUP);
}

static const struct CMUnitTest tests[] = {
	vdev_test(no_packet_goes_unnoticed),
	vdev_test(packets_that_came_before_the_enable_wake_at_once),
	vdev_test(a_queue_that_is_disabled_is_silent),
	vdev_test(who_waits_sleeps),
	vdev_test(an_enabled_queue_stays_enabled_across_stops),
	vdev_test(a_starving_queue_wakes_until_its_buffers_are_back),
	vdev_test(without_its_configuration_there_are_none),
};

VDEV_XDP_MAIN(tests)
