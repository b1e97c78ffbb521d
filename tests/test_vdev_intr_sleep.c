/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Who waits for packets sleeps: the application, and the thread of the model. */

#include "intr_util.h"

#define NB_NAPS 200
#define NAP_NS 2000000

static void
a_program_that_waits_for_packets_sleeps(void **state)
{
	struct sender sender = { .nb = NB_NAPS, .pause_ns = NAP_NS };
	struct account self, model, self_after, model_after;
	uint32_t i, wakes = 0;
	double begin, took;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s", NEAR);
	sender.fd = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	assert_int_equal(pthread_create(&sender.thread, NULL, send_on_demand, &sender), 0);
	self = account_of_this_thread();
	model = account_of_model(port);
	begin = vdev_now();
	for (i = 0; i < NB_NAPS; i++) {
		__atomic_store_n(&sender.wanted, i + 1, __ATOMIC_RELEASE);
		wakes += sleep_until_packet(port, epfd, i, NULL);
	}
	took = vdev_now() - begin;
	self_after = account_of_this_thread();
	model_after = account_of_model(port);
	pthread_join(sender.thread, NULL);

	assert_true(took > NB_NAPS * NAP_NS / 1e9);
	/*
	 * One wake-up for each packet, and each time both threads had slept; but on a busy machine a
	 * packet may be there before its receiver got to sleep.
	 */
	assert_between(wakes, NB_NAPS / 2, NB_NAPS + 5);
	assert_true(self_after.sleeps - self.sleeps >= NB_NAPS / 2);
	assert_true(model_after.sleeps - model.sleeps >= NB_NAPS / 2);
	print_message("%.0f ms: %.1f ms of CPU time here, %.1f ms in the model\n", took * 1e3,
			(self_after.cpu - self.cpu) * 1e3, (model_after.cpu - model.cpu) * 1e3);
	/* who polls is at 100 %, whatever the machine does besides */
	assert_true(self_after.cpu - self.cpu < took / 4);
	assert_true(model_after.cpu - model.cpu < took / 4);
	close(epfd);
	close(sender.fd);
}

static void
an_idle_port_uses_no_cpu(void **state)
{
	struct account self, model, self_after, model_after;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s,tx_iface=%s", NEAR, NEAR);
	vdev_start(port, .intr_rxq = true, .intr_lsc = true);
	epfd = listen_to(port, 1);
	drain(port, 0);
	enable(port, 0);
	self = account_of_this_thread();
	model = account_of_model(port);
	assert_int_equal(wait_for(epfd, 1000), -1);
	self_after = account_of_this_thread();
	model_after = account_of_model(port);
	assert_true(self_after.cpu - self.cpu < 0.02);
	assert_true(model_after.cpu - model.cpu < 0.02);
	assert_true(model_after.sleeps - model.sleeps < 50);
	close(epfd);
}

static void
an_interface_that_is_gone_does_not_keep_the_model_awake(void **state)
{
	struct account model, after;
	struct log_capture log;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	assert_true(veth_ip("link add dbgone0 type veth peer name dbgone1"));
	assert_true(veth_ip("link set dbgone0 up"));
	assert_true(veth_ip("link set dbgone1 up"));
	port = vdev_plug("rx_iface_in=%s", "dbgone0");
	vdev_start(port, .intr_rxq = true);
	epfd = listen_to(port, 1);
	enable(port, 0);
	log_capture_begin(&log);
	assert_true(veth_ip("link del dbgone0"));
	wait_for(epfd, 100);
	model = account_of_model(port);
	wait_for(epfd, 300);
	after = account_of_model(port);
	log_capture_end(&log);
	assert_true(after.cpu - model.cpu < 0.1);
	close(epfd);
}

static void
what_is_sent_is_out_when_the_burst_returns_and_wakes_nobody(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=/dev/null");
	const struct packet packet = { .len = FRAME_LEN, .data = (uint8_t[FRAME_LEN]){ 0 } };
	struct rte_mempool *mp = vdev_pool(1024);
	struct account before, after;
	struct rte_mbuf *m;
	unsigned int nb_free, i;

	(void)state;
	vdev_start(port, .intr_rxq = true);
	nb_free = rte_mempool_avail_count(mp);
	before = account_of_model(port);
	for (i = 0; i < 1000; i++) {
		m = mbuf_of(mp, &packet, UINT32_MAX);
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
		assert_int_equal(rte_eth_tx_descriptor_status(port, 0, VDEV_DESC - 1),
				RTE_ETH_TX_DESC_DONE);
		assert_int_equal(rte_mempool_avail_count(mp), nb_free);
	}
	after = account_of_model(port);
	assert_true(after.sleeps - before.sleeps < 50);
}

struct loan_holder {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct rte_mbuf *m[4096];
	unsigned int nb;
	bool end;
};

/* Takes its time with each packet, in the order in which they came. */
static void *
hold_and_free(void *arg)
{
	const struct timespec while_it_works = { .tv_nsec = 20000 };
	struct loan_holder *holder = arg;
	struct rte_mbuf *m;
	unsigned int at = 0;

	pthread_mutex_lock(&holder->lock);
	for (;;) {
		while (at == holder->nb && !holder->end)
			pthread_cond_wait(&holder->more, &holder->lock);
		if (at == holder->nb)
			break;
		m = holder->m[at++];
		pthread_mutex_unlock(&holder->lock);
		nanosleep(&while_it_works, NULL);
		rte_pktmbuf_free(m);
		pthread_mutex_lock(&holder->lock);
	}
	pthread_mutex_unlock(&holder->lock);
	return NULL;
}

/*
 * The handler sleeps when all descriptors wait. The device has no room for a packet and cannot
 * interrupt, and that the loans came home nobody tells the handler: it must wake all the same.
 */
static void
a_handler_that_sleeps_while_its_loans_are_out_is_woken(void **state)
{
	static struct loan_holder holder = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.more = PTHREAD_COND_INITIALIZER,
	};
	const unsigned int count = 2000;
	const char *path = capture_make("uniform", count);
	struct packets packets = capture_read(path);
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);
	struct account account, after;
	unsigned int total = 0, i;
	struct rte_mbuf *m[NB_DESC];
	pthread_t thread;
	double begin;
	uint16_t nb;
	int epfd;

	(void)state;
	holder.nb = 0;
	holder.end = false;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	assert_int_equal(pthread_create(&thread, NULL, hold_and_free, &holder), 0);
	account = account_of_this_thread();
	begin = vdev_now();
	while (total < count) {
		nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
		if (nb == 0) {
			enable(port, 0);
			if (wait_for(epfd, PATIENCE_MS) != 0)
				fail_msg("forgotten after %u packets", total);
			continue;
		}
		for (i = 0; i < nb; i++, total++)
			assert_packet(m[i], &packets.all[total], total);
		pthread_mutex_lock(&holder.lock);
		memcpy(holder.m + holder.nb, m, nb * sizeof(m[0]));
		holder.nb += nb;
		pthread_cond_signal(&holder.more);
		pthread_mutex_unlock(&holder.lock);
	}
	after = account_of_this_thread();
	print_message("%.0f ms, of which %.0f ms of CPU time\n", (vdev_now() - begin) * 1e3,
			(after.cpu - account.cpu) * 1e3);
	pthread_mutex_lock(&holder.lock);
	holder.end = true;
	pthread_cond_signal(&holder.more);
	pthread_mutex_unlock(&holder.lock);
	pthread_join(thread, NULL);
	assert_true(vdev_xstat(port, 0, "loans") > 0);
	/* nor did it poll meanwhile */
	assert_true(after.sleeps > account.sleeps);
	assert_true(after.cpu - account.cpu < (vdev_now() - begin) / 2);
	close(epfd);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_program_that_waits_for_packets_sleeps),
	vdev_test(an_idle_port_uses_no_cpu),
	vdev_test(an_interface_that_is_gone_does_not_keep_the_model_awake),
	vdev_test(what_is_sent_is_out_when_the_burst_returns_and_wakes_nobody),
	vdev_test(a_handler_that_sleeps_while_its_loans_are_out_is_woken),
};

VDEV_VETH_MAIN(tests)
