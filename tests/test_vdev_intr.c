/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Receive interrupts (claim 8): each queue has its own, and none is lost. */

#include "intr_util.h"

#define NEAR2 "dbtest2"
#define FAR2 "dbtest3"

#if DUALBUF_RACED
#define CYCLES 5000
#else
#define CYCLES 100000
#endif

static void
disable(uint16_t port, uint16_t queue)
{
	assert_int_equal(rte_eth_dev_rx_intr_disable(port, queue), 0);
}

/* Until the model's thread has written something to the ring. */
static void
await_write_back(uint16_t port, uint16_t queue)
{
	double since = 0;

	while (rte_eth_rx_descriptor_status(port, queue, 0) != RTE_ETH_RX_DESC_DONE)
		assert_true(vdev_wait(&since));
}

/* Queues are told apart ------------------------------------------------------------------------ */

static void
each_queue_has_an_event_of_its_own(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null", capture_of("uniform"),
			capture_of("imix"));
	uint16_t q;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 2);
	await_write_back(port, 0);
	await_write_back(port, 1);
	/* both have packets, and nobody wants to know */
	assert_int_equal(wait_for(epfd, 0), -1);
	for (q = 0; q < 2; q++) {
		enable(port, q);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), q);
		/* one enable is answered once */
		assert_int_equal(wait_for(epfd, 0), -1);
	}
	/* both at once are two events */
	enable(port, 0);
	enable(port, 1);
	q = wait_for(epfd, PATIENCE_MS);
	assert_int_equal(wait_for(epfd, PATIENCE_MS), 1 - q);
	assert_int_equal(wait_for(epfd, 0), -1);

	/* a queue that was taken out is silent, the other one is not */
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(port, 0, epfd, RTE_INTR_EVENT_DEL, NULL), 0);
	enable(port, 0);
	enable(port, 1);
	assert_int_equal(wait_for(epfd, PATIENCE_MS), 1);
	assert_int_equal(wait_for(epfd, 0), -1);
	close(epfd);
}

static void
live_queues_wake_for_their_own_packets(void **state)
{
	int far[2], epfd;
	uint16_t port, q;
	unsigned int i;

	(void)state;
	need_veth();
	assert_true(veth_ip("link add %s type veth peer name %s", NEAR2, FAR2));
	assert_true(veth_ip("link set %s up", NEAR2));
	assert_true(veth_ip("link set %s up", FAR2));
	port = vdev_plug("rx_iface_in=%s,rx_iface_in=%s,tx_pcap=/dev/null", NEAR, NEAR2);
	far[0] = veth_socket(FAR);
	far[1] = veth_socket(FAR2);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 2);
	enable(port, 0);
	enable(port, 1);
	for (i = 0; i < 200; i++) {
		q = i * 7 / 3 % 2;
		put_on_wire(far[q], i);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), q);
		assert_int_equal(drain(port, q), 1);
		assert_int_equal(drain(port, 1 - q), 0);
		enable(port, q);
	}
	assert_int_equal(wait_for(epfd, 0), -1);
	close(epfd);
	close(far[0]);
	close(far[1]);
}

/* Nothing is lost ------------------------------------------------------------------------------ */

static void
a_packet_that_came_before_the_enable_wakes_at_once(void **state)
{
	uint16_t port = vdev_plug(
			"rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1", capture_of("uniform"));
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;
	uint16_t nb;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	for (i = 0; i < 1000; i++) {
		await_write_back(port, 0);
		enable(port, 0);
		/*
		 * The ring may be full, so that nothing more can come. The event is there already,
		 * or the model has taken the request and is about to write it.
		 */
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
		assert_true(nb > 0);
		rte_pktmbuf_free_bulk(m, nb);
	}
	close(epfd);
}

static void
a_disabled_interrupt_is_silent(void **state)
{
	unsigned int i;
	uint16_t port;
	int epfd, far;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s", NEAR);
	far = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	for (i = 0; i < 20; i++) {
		enable(port, 0);
		disable(port, 0);
		put_on_wire(far, i);
		await_write_back(port, 0);
		assert_int_equal(wait_for(epfd, 1), -1);
		assert_int_equal(drain(port, 0), 1);
	}
	close(epfd);
	close(far);
}

/*
 * The model's thread is woken by the doorbell of each burst, and writes while the application finds
 * the ring empty and enables. The file never ends, so every enable has to be answered.
 */
static void
a_hundred_thousand_enables_race_a_file_and_lose_no_wake_up(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1",
			capture_make("uniform", 1000));
	struct rte_mbuf *m[NB_DESC];
	unsigned int i, tries, empty = 0;
	uint32_t seed = 1;
	uint16_t nb;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	for (i = 0; i < CYCLES; i++) {
		for (tries = 0; tries < 8; tries++) {
			nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
			rte_pktmbuf_free_bulk(m, nb);
			if (nb == 0)
				break;
		}
		empty += nb == 0;
		dither(&seed, 4000);
		enable(port, 0);
		if (seed % 16 == 0) {
			/* changed its mind; an interrupt that was on its way may still come */
			disable(port, 0);
			wait_for(epfd, 0);
			enable(port, 0);
		}
		if (wait_for(epfd, PATIENCE_MS) != 0)
			fail_msg("enable %u: no interrupt, though there are packets", i);
		if (seed % 3 == 0)
			disable(port, 0);
	}
	/* the race was run: many enables came after an empty burst */
	assert_true(empty > CYCLES / 20);
	close(epfd);
}

static void
arrivals_that_race_the_enable_lose_no_wake_up(void **state)
{
	struct sender sender = { .nb = CYCLES / 5 };
	uint32_t seed = 1, i, wakes = 0;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s", NEAR);
	sender.fd = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	assert_int_equal(pthread_create(&sender.thread, NULL, send_on_demand, &sender), 0);
	for (i = 0; i < sender.nb; i++) {
		__atomic_store_n(&sender.wanted, i + 1, __ATOMIC_RELEASE);
		wakes += sleep_until_packet(port, epfd, i, &seed);
	}
	pthread_join(sender.thread, NULL);
	assert_true(wakes > sender.nb / 20);
	assert_int_equal(vdev_stats(port).imissed, 0);
	close(epfd);
	close(sender.fd);
}

/* Moderation ----------------------------------------------------------------------------------- */

#define GAP_MS 10
#define NB_MODERATED 40

static void
moderation_keeps_interrupts_apart(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1,intr_us=%u",
			capture_of("uniform"), GAP_MS * 1000);
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;
	uint16_t nb;
	double took;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	took = -vdev_now();
	for (i = 0; i < NB_MODERATED; i++) {
		/* there are always packets: enabled before they came, or after */
		if (i % 2 == 0)
			await_write_back(port, 0);
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
		assert_true(nb > 0);
		rte_pktmbuf_free_bulk(m, nb);
	}
	took += vdev_now();
	print_message("%u interrupts in %.0f ms\n", NB_MODERATED, took * 1e3);
	assert_true(took >= (NB_MODERATED - 1) * GAP_MS / 1e3);
	close(epfd);
}

static void
a_packet_that_moderation_held_back_is_not_forgotten(void **state)
{
	unsigned int i;
	uint16_t port;
	double took;
	int epfd, far;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s,intr_us=%u", NEAR, GAP_MS * 1000);
	far = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	took = -vdev_now();
	for (i = 0; i < NB_MODERATED; i++) {
		if (i % 2 == 0)
			enable(port, 0);
		put_on_wire(far, i);
		if (i % 2 == 1)
			enable(port, 0);
		/* nothing else arrives: this one packet has to do */
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_int_equal(drain(port, 0), 1);
	}
	took += vdev_now();
	assert_true(took >= (NB_MODERATED - 1) * GAP_MS / 1e3);
	close(epfd);
	close(far);
}

static const struct CMUnitTest tests[] = {
	vdev_test(each_queue_has_an_event_of_its_own),
	vdev_test(live_queues_wake_for_their_own_packets),
	vdev_test(a_packet_that_came_before_the_enable_wakes_at_once),
	vdev_test(a_disabled_interrupt_is_silent),
	vdev_test(a_hundred_thousand_enables_race_a_file_and_lose_no_wake_up),
	vdev_test(arrivals_that_race_the_enable_lose_no_wake_up),
	vdev_test(moderation_keeps_interrupts_apart),
	vdev_test(a_packet_that_moderation_held_back_is_not_forgotten),
};

VDEV_VETH_MAIN(tests)
