/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Several queues of an interface by AF_XDP, in one port or in two, each with a thread of its own. */

#include <pthread.h>

#include "vdev_xdp_util.h"

#define MANY "dbmany0"
#define FAR_MANY "dbmany1"
#define NB_QUEUES 4
#define NB_FRAMES 4000
#define FLOW_LEN 100

/* Frames that the kernel spreads: of UDP, with a port for each number. */
static void
put_flow(int fd, uint32_t number)
{
	static const uint8_t head[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 8, 0,
		0x45, 0, 0, FLOW_LEN - 14, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2 };
	uint8_t frame[FLOW_LEN] = { 0 };

	memcpy(frame, head, sizeof(head));
	memcpy(frame + sizeof(head), &number, 4);
	memcpy(frame + sizeof(head) + 8, &number, 4);
	while (send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		if (errno != ENOBUFS && errno != EINTR)
			abort();
}

static uint32_t
number_of_flow(const uint8_t *frame)
{
	uint32_t number;

	memcpy(&number, frame + 42, 4);
	return number;
}

/* A queue's consumer, which sends back by the queue of the same number. */
struct consumer {
	pthread_t thread;
	uint16_t port;
	uint16_t queue;
	bool *enough;
	uint32_t nb;
	uint32_t nb_wrong; /* not after the one before */
	int64_t last;
};

static void
look_at(struct consumer *consumer, const struct rte_mbuf *m)
{
	int64_t number = number_of_flow(rte_pktmbuf_mtod(m, const uint8_t *));

	consumer->nb_wrong += number <= consumer->last || m->pkt_len != FLOW_LEN;
	consumer->last = number;
	__atomic_add_fetch(&consumer->nb, 1, __ATOMIC_RELAXED);
}

static void *
consume(void *arg)
{
	struct consumer *consumer = arg;
	struct rte_mbuf *m[32];
	uint16_t n, sent, i;

	consumer->last = -1;
	while (!__atomic_load_n(consumer->enough, __ATOMIC_ACQUIRE)) {
		n = rte_eth_rx_burst(consumer->port, consumer->queue, m, 32);
		for (i = 0; i < n; i++)
			look_at(consumer, m[i]);
		for (sent = 0; sent < n;)
			sent += rte_eth_tx_burst(
					consumer->port, consumer->queue, m + sent, n - sent);
	}
	return NULL;
}

static uint32_t
nb_consumed(struct consumer *consumers, unsigned int nb)
{
	uint32_t total = 0;
	unsigned int i;

	for (i = 0; i < nb; i++)
		total += __atomic_load_n(&consumers[i].nb, __ATOMIC_RELAXED);
	return total;
}

/* Send frames as far as they are consumed, and count what comes back. */
static uint32_t
feed(struct consumer *consumers, unsigned int nb)
{
	uint8_t frame[256];
	uint32_t i, nb_back = 0;
	double since = 0;
	int far = veth_socket(FAR_MANY);

	for (i = 0; i < NB_FRAMES; i++) {
		while (i - nb_consumed(consumers, nb) >= XDP_WINDOW)
			assert_true(vdev_wait(&since));
		since = 0;
		put_flow(far, i);
		while (recv(far, frame, sizeof(frame), MSG_DONTWAIT) > 0)
			nb_back++;
	}
	while (nb_back < NB_FRAMES && veth_receive(far, frame, sizeof(frame)) > 0)
		nb_back++;
	close(far);
	return nb_back;
}

static void
run_consumers(struct consumer *consumers, unsigned int nb)
{
	bool enough = false;
	unsigned int i;
	uint32_t back;

	for (i = 0; i < nb; i++) {
		consumers[i].enough = &enough;
		assert_int_equal(pthread_create(&consumers[i].thread, NULL, consume, &consumers[i]),
				0);
	}
	back = feed(consumers, nb);
	__atomic_store_n(&enough, true, __ATOMIC_RELEASE);
	for (i = 0; i < nb; i++)
		pthread_join(consumers[i].thread, NULL);
	assert_int_equal(back, NB_FRAMES);
	assert_int_equal(nb_consumed(consumers, nb), NB_FRAMES);
	for (i = 0; i < nb; i++) {
		assert_true(consumers[i].nb > 0);
		assert_int_equal(consumers[i].nb_wrong, 0);
		assert_int_equal(vdev_xstat(consumers[i].port, consumers[i].queue, "packets"),
				consumers[i].nb);
	}
}

static void
make_many(unsigned int nb)
{
	assert_true(veth_ip("link add " MANY " numrxqueues %u numtxqueues %u type veth peer "
			    "name " FAR_MANY " numrxqueues %u numtxqueues %u",
			nb, nb, nb, nb));
	assert_true(veth_ip("link set " MANY " up") && veth_ip("link set " FAR_MANY " up"));
}

static int
remove_many(void **state)
{
	int ret;

	ret = vdev_tear_down(state);
	veth_ip("link del " MANY);
	return ret;
}

/* Ports ------------------------------------------------------------------------------------------ */

static void
assert_queues_serve(unsigned int nb, bool own_pools)
{
	struct consumer consumers[NB_QUEUES] = { 0 };
	uint16_t port, i;

	make_many(nb);
	port = vdev_plug("iface=" MANY ",live=xdp,queue_count=%u", nb);
	vdev_set_up_queues(port, &(const struct vdev_config){ .mp = vdev_pool(2048) });
	for (i = 1; own_pools && i < nb; i++)
		assert_int_equal(rte_eth_rx_queue_setup(port, i, VDEV_DESC, SOCKET_ID_ANY, NULL,
						 vdev_pool(512)),
				0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (i = 0; i < nb; i++)
		consumers[i] = (struct consumer){ .port = port, .queue = i };
	run_consumers(consumers, nb);
	assert_int_equal(vdev_stats(port).imissed, 0);
	vdev_unplug(port);
}

static void
two_queues_share_a_pool(void **state)
{
	(void)state;
	assert_queues_serve(2, false);
}

static void
four_queues_share_a_pool(void **state)
{
	(void)state;
	assert_queues_serve(4, false);
}

static void
four_queues_have_a_pool_each(void **state)
{
	(void)state;
	assert_queues_serve(4, true);
}

static void
two_ports_share_an_interface(void **state)
{
	struct consumer consumers[NB_QUEUES] = { 0 };
	struct rte_mempool *mp = vdev_pool(2048);
	uint16_t ports[2], i;

	(void)state;
	make_many(4);
	ports[0] = vdev_plug("iface=" MANY ",live=xdp,queue_count=2");
	ports[1] = vdev_plug("iface=" MANY ",live=xdp,start_queue=2,queue_count=2");
	for (i = 0; i < 2; i++)
		vdev_start(ports[i], .mp = mp);
	for (i = 0; i < 4; i++)
		consumers[i] = (struct consumer){ .port = ports[i / 2], .queue = i % 2 };
	run_consumers(consumers, 4);
	assert_int_equal(rte_eth_dev_stop(ports[0]), 0);
	assert_true(xdp_is_attached(MANY));
	assert_int_equal(rte_eth_dev_stop(ports[1]), 0);
	assert_false(xdp_is_attached(MANY));
}

/* A start that fails at its second queue leaves nothing of its first. */
static void
a_start_that_fails_half_way_leaves_nothing(void **state)
{
	struct rte_mempool *mp = vdev_pool(2048);
	uint16_t one, both;

	(void)state;
	make_many(2);
	one = vdev_plug("iface=" MANY ",live=xdp,start_queue=1");
	both = vdev_plug("iface=" MANY ",live=xdp,queue_count=2");
	vdev_start(one, .mp = mp);
	vdev_set_up_queues(both, &(const struct vdev_config){ .mp = mp });
	assert_int_equal(rte_eth_dev_start(both), -EBUSY);
	assert_int_equal(rte_eth_dev_stop(one), 0);
	assert_false(xdp_is_attached(MANY));
	assert_int_equal(rte_eth_dev_start(both), 0);
	assert_int_equal(rte_eth_dev_stop(both), 0);
	assert_false(xdp_is_attached(MANY));
}

/* Queues that stop alone -------------------------------------------------------------------------- */

static void
a_queue_stops_alone_in_its_order_and_its_packets_go_to_the_kernel(void **state)
{
	uint16_t port = xdp_plug("");
	int far = veth_socket(FAR), near = veth_socket(NEAR), i;
	struct log_capture log;

	(void)state;
	vdev_start(port);
	for (i = 0; i < 5; i++) {
		xdp_bounce(port, far, 0, 50);
		log_capture_begin(&log);
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), -EBUSY);
		vdev_assert_logged(&log,
				"transmit queue 0 sends by the socket of receive queue 0; it "
				"has to be stopped first");
		xdp_bounce(port, far, 0, 50);
		assert_int_equal(rte_eth_dev_tx_queue_stop(port, 0), 0);
		xdp_put(far, 100, 1);
		rte_pktmbuf_free(xdp_take(port, 100, 1));
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
		close(near);
		near = veth_socket(NEAR);
		xdp_put(far, 100, 2);
		xdp_assert_far(near, 100, 2);
		log_capture_begin(&log);
		assert_true(rte_eth_dev_tx_queue_start(port, 0) < 0);
		vdev_assert_logged(&log, "which has to be started first");
		assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(port, 0), 0);
	}
	xdp_bounce(port, far, 0, 50);
	xdp_stop(port);
	close(far);
	close(near);
}

static void
queues_start_later_and_are_set_up_anew_while_the_port_runs(void **state)
{
	const struct rte_eth_rxconf rxconf = { .rx_deferred_start = 1 };
	const struct rte_eth_txconf txconf = { .tx_deferred_start = 1 };
	uint16_t port = xdp_plug("");
	struct rte_eth_conf conf = { 0 };
	int far = veth_socket(FAR);
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	vdev_pool(1024);
	assert_int_equal(rte_eth_dev_configure(port, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(port, 0, 64, 0, &rxconf, vdev.pools[0]), 0);
	assert_int_equal(rte_eth_tx_queue_setup(port, 0, 64, 0, &txconf), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	xdp_put(far, 100, 1);
	assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 0);
	for (i = 0; i < 10; i++) {
		assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(port, 0), 0);
		xdp_bounce(port, far, 0, 50);
		assert_int_equal(rte_eth_dev_tx_queue_stop(port, 0), 0);
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
		assert_int_equal(rte_eth_rx_queue_setup(
						 port, 0, 32 << i % 4, 0, &rxconf, vdev_pool(1024)),
				0);
		assert_int_equal(rte_eth_tx_queue_setup(port, 0, 256 >> i % 4, 0, &txconf), 0);
		vdev_free_pool(vdev.pools[0]);
	}
	xdp_stop(port);
	close(far);
}

#define many_test(name) cmocka_unit_test_setup_teardown(name, vdev_set_up, remove_many)

static const struct CMUnitTest tests[] = {
	many_test(two_queues_share_a_pool),
	many_test(four_queues_share_a_pool),
	many_test(four_queues_have_a_pool_each),
	many_test(two_ports_share_an_interface),
	many_test(a_start_that_fails_half_way_leaves_nothing),
	vdev_test(a_queue_stops_alone_in_its_order_and_its_packets_go_to_the_kernel),
	vdev_test(queues_start_later_and_are_set_up_anew_while_the_port_runs),
};

VDEV_XDP_MAIN(tests)
