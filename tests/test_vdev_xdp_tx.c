/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP: mbufs of all kinds go out, and what does not is counted. */

#include "vdev_xdp_util.h"

#define NB_DESC 64

struct tx_world {
	uint16_t port;
	int far;
};

static struct tx_world
enter(void)
{
	struct tx_world world = { .far = veth_socket(FAR), .port = xdp_plug("") };

	vdev_start(world.port, .nb_tx_desc = NB_DESC, .tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
	return world;
}

static void
leave(struct tx_world *world)
{
	xdp_stop(world->port);
	vdev_unplug(world->port);
	close(world->far);
}

/* A frame of its number in segments of a pool. */
static struct rte_mbuf *
make(struct rte_mempool *mp, uint32_t len, uint32_t number, uint32_t max_seg)
{
	uint8_t frame[UINT16_MAX];
	const struct packet packet = { .data = frame, .len = len };

	xdp_frame_make(frame, len, number);
	return mbuf_of(mp, &packet, max_seg);
}

static void
send_one(uint16_t port, struct rte_mbuf *m)
{
	double since = 0;

	while (rte_eth_tx_burst(port, 0, &m, 1) == 0)
		assert_true(vdev_wait(&since));
}

static void
send_and_assert(const struct tx_world *world, struct rte_mbuf *m, uint32_t len, uint32_t number)
{
	send_one(world->port, m);
	xdp_assert_far(world->far, len, number);
}

/* Kinds of mbufs --------------------------------------------------------------------------------- */

static void
chains_go_out_in_one_piece(void **state)
{
	struct tx_world world = enter();
	uint32_t i;

	(void)state;
	for (i = 0; i < 300; i++)
		send_and_assert(&world, make(vdev.pools[0], 60 + i * 4, i, 30 + i % 200),
				60 + i * 4, i);
	assert_int_equal(vdev_stats(world.port).opackets, 300);
	leave(&world);
}

static void
mbufs_of_foreign_pools_go_out_and_home(void **state)
{
	struct rte_mempool *other = xdp_pool(64, 128, 3000);
	struct tx_world world = enter();
	uint32_t i;

	(void)state;
	for (i = 0; i < 300; i++)
		send_and_assert(&world, make(other, 60 + i * 4, i, UINT32_MAX), 60 + i * 4, i);
	leave(&world);
	assert_pool_full(other);
}

static void
clones_go_out_as_often_as_there_are(void **state)
{
	struct rte_mempool *clones = xdp_pool(64, 0, 0);
	struct tx_world world = enter();
	struct rte_mbuf *m = make(vdev.pools[0], 700, 5, UINT32_MAX);
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		send_and_assert(&world, rte_pktmbuf_clone(m, clones), 700, 5);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	rte_pktmbuf_free(m);
	leave(&world);
	assert_pool_full(clones);
}

static void
let_go(void *addr, void *arg)
{
	(void)addr;
	++*(uint32_t *)arg;
}

static void
external_memory_goes_out_and_is_let_go(void **state)
{
	static uint8_t memory[4096];
	struct tx_world world = enter();
	struct rte_mbuf_ext_shared_info *shared;
	uint32_t i, nb_let_go = 0;
	struct rte_mbuf *m;
	uint16_t len;

	(void)state;
	for (i = 0; i < 100; i++) {
		len = sizeof(memory);
		shared = rte_pktmbuf_ext_shinfo_init_helper(memory, &len, let_go, &nb_let_go);
		m = rte_pktmbuf_alloc(vdev.pools[0]);
		rte_pktmbuf_attach_extbuf(m, memory, RTE_BAD_IOVA, len, shared);
		xdp_frame_make((uint8_t *)rte_pktmbuf_append(m, 1000), 1000, i);
		send_and_assert(&world, m, 1000, i);
	}
	leave(&world);
	assert_int_equal(nb_let_go, 100);
}

/* Full bursts of all kinds; the far end reads afterwards. */
static void
bursts_of_all_kinds_go_out_in_order(void **state)
{
	struct rte_mempool *other = xdp_pool(256, 0, RTE_MBUF_DEFAULT_BUF_SIZE);
	struct tx_world world = enter();
	struct batch batch = { 0 };
	uint32_t i, round, number = 0;

	(void)state;
	for (round = 0; round < 50; round++) {
		for (i = 0; i < 100; i++, number++)
			batch_add(&batch,
					make(number % 3 == 0 ? other : vdev.pools[0], 200, number,
							number % 5 == 0 ? 70 : UINT32_MAX));
		send_all(world.port, 0, &batch);
		for (i = 0; i < 100; i++)
			xdp_assert_far(world.far, 200, number - 100 + i);
	}
	assert_int_equal(vdev_stats(world.port).opackets, 5000);
	assert_int_equal(vdev_stats(world.port).obytes, 5000 * 200);
	leave(&world);
}

/* What does not go out --------------------------------------------------------------------------- */

static void
assert_lost(uint16_t port, uint64_t nb, uint64_t sent)
{
	const struct rte_eth_stats stats = vdev_stats(port);

	assert_int_equal(stats.oerrors, nb);
	assert_int_equal(stats.opackets, sent);
	assert_int_equal(vdev_tx_xstat(port, 0, "errors"), nb);
}

static void
frames_that_are_too_short_or_too_long_are_errors(void **state)
{
	struct rte_mempool *big = xdp_pool(64, 0, 9000);
	struct tx_world world = enter();
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++) {
		send_one(world.port, make(big, 2049, i, UINT32_MAX));
		send_one(world.port, make(vdev.pools[0], 18, i, UINT32_MAX));
		xdp_assert_far(world.far, 18, i);
	}
	assert_lost(world.port, 100, 100);
	assert_int_equal(vdev_stats(world.port).obytes, 100 * 18);
	leave(&world);
	assert_pool_full(big);
}

/* The kernel takes frames and drops them: it says so, and they are no packets that were sent. */
static void
what_the_kernel_drops_is_an_error(void **state)
{
	struct tx_world world = enter();
	struct batch batch = { 0 };
	uint32_t i;

	(void)state;
	assert_true(veth_ip("link set " FAR " down"));
	for (i = 0; i < 300; i++)
		batch_add(&batch, make(vdev.pools[0], 100, i, UINT32_MAX));
	send_all(world.port, 0, &batch);
	assert_lost(world.port, 300, 0);
	assert_int_equal(vdev_stats(world.port).obytes, 0);
	assert_true(veth_ip("link set " FAR " up"));
	close(world.far);
	world.far = veth_socket(FAR);
	send_and_assert(&world, make(vdev.pools[0], 100, 1, UINT32_MAX), 100, 1);
	assert_lost(world.port, 300, 1);
	leave(&world);
}

/* While the interface is down the ring fills; what is in it when the port stops is lost, and counted. */
static void
what_is_not_sent_at_the_stop_is_an_error(void **state)
{
	struct tx_world world = enter();
	struct rte_mbuf *m[2 * NB_DESC];
	uint16_t sent;
	uint32_t i;

	(void)state;
	send_and_assert(&world, make(vdev.pools[0], 100, 1, UINT32_MAX), 100, 1);
	assert_true(veth_ip("link set " NEAR " down"));
	for (i = 0; i < RTE_DIM(m); i++)
		m[i] = make(vdev.pools[0], 100, i, UINT32_MAX);
	sent = rte_eth_tx_burst(world.port, 0, m, RTE_DIM(m));
	assert_true(sent > 0 && sent < RTE_DIM(m));
	assert_int_equal(rte_eth_tx_burst(world.port, 0, m + sent, RTE_DIM(m) - sent), 0);
	rte_pktmbuf_free_bulk(m + sent, RTE_DIM(m) - sent);
	xdp_stop(world.port);
	assert_lost(world.port, sent, 1);
	assert_int_equal(vdev_stats(world.port).obytes, 100);
	assert_true(veth_ip("link set " NEAR " up"));
	leave(&world);
}

/* It comes up again meanwhile: what waited goes out. */
static void
what_waited_while_the_interface_was_down_goes_out(void **state)
{
	struct tx_world world = enter();
	struct batch batch = { 0 };
	uint32_t i;

	(void)state;
	assert_true(veth_ip("link set " NEAR " down"));
	for (i = 0; i < 20; i++)
		batch_add(&batch, make(vdev.pools[0], 100, i, UINT32_MAX));
	send_all(world.port, 0, &batch);
	assert_true(veth_ip("link set " NEAR " up"));
	close(world.far);
	world.far = veth_socket(FAR);
	send_one(world.port, make(vdev.pools[0], 100, 20, UINT32_MAX));
	for (i = 0; i < 21; i++)
		xdp_assert_far(world.far, 100, i);
	assert_lost(world.port, 0, 21);
	leave(&world);
}

/* The same, and nobody sends any more. */
static void
what_has_gone_out_is_freed_on_demand(void **state)
{
	struct tx_world world = enter();
	unsigned int before = rte_mempool_avail_count(vdev.pools[0]);
	struct batch batch = { 0 };
	uint32_t i;

	(void)state;
	assert_int_equal(rte_eth_tx_done_cleanup(world.port, 0, 0), 0);
	assert_true(veth_ip("link set " NEAR " down"));
	for (i = 0; i < 20; i++)
		batch_add(&batch, make(vdev.pools[0], 100, i, UINT32_MAX));
	send_all(world.port, 0, &batch);
	assert_int_equal(rte_eth_tx_done_cleanup(world.port, 0, 0), 0);
	assert_int_equal(rte_mempool_avail_count(vdev.pools[0]), before - 20);
	assert_true(veth_ip("link set " NEAR " up"));
	assert_int_equal(rte_eth_tx_done_cleanup(world.port, 0, 5), 5);
	assert_int_equal(rte_eth_tx_done_cleanup(world.port, 0, 0), 15);
	assert_int_equal(rte_mempool_avail_count(vdev.pools[0]), before);
	leave(&world);
}

static void
mbufs_go_home_by_fast_free(void **state)
{
	struct tx_world world = { .far = veth_socket(FAR), .port = xdp_plug("") };
	unsigned int before, round;
	struct batch batch;
	uint32_t i;

	(void)state;
	vdev_start(world.port, .mp = vdev.pools[0],
			.tx_offloads = RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE);
	before = rte_mempool_avail_count(vdev.pools[0]);
	for (round = 0; round < 50; round++) {
		memset(&batch, 0, sizeof(batch));
		for (i = 0; i < 32; i++)
			batch_add(&batch, make(vdev.pools[0], 100, i, UINT32_MAX));
		send_all(world.port, 0, &batch);
		for (i = 0; i < 32; i++)
			xdp_assert_far(world.far, 100, i);
	}
	rte_eth_tx_done_cleanup(world.port, 0, 0);
	assert_int_equal(rte_mempool_avail_count(vdev.pools[0]), before);
	leave(&world);
}

/* Requests that nothing here fulfils. */
static void
offloads_are_refused_by_prepare(void **state)
{
	static const uint64_t requests[] = { RTE_MBUF_F_TX_VLAN, RTE_MBUF_F_TX_IP_CKSUM,
		RTE_MBUF_F_TX_UDP_CKSUM, RTE_MBUF_F_TX_TCP_SEG };
	struct tx_world world = enter();
	struct rte_mbuf *m = make(vdev.pools[0], 100, 1, UINT32_MAX);
	unsigned int i;

	(void)state;
	assert_int_equal(rte_eth_tx_prepare(world.port, 0, &m, 1), 1);
	for (i = 0; i < RTE_DIM(requests); i++) {
		m->ol_flags = requests[i] | RTE_MBUF_F_TX_IPV4;
		assert_int_equal(rte_eth_tx_prepare(world.port, 0, &m, 1), 0);
		assert_true(rte_errno == ENOTSUP || rte_errno == EINVAL);
	}
	rte_pktmbuf_free(m);
	leave(&world);
}

static int
set_up(void **state)
{
	int ret = vdev_set_up(state);

	vdev_pool(1024);
	return ret;
}

#define tx_test(name) cmocka_unit_test_setup_teardown(name, set_up, vdev_tear_down)

static const struct CMUnitTest tests[] = {
	tx_test(chains_go_out_in_one_piece),
	tx_test(mbufs_of_foreign_pools_go_out_and_home),
	tx_test(clones_go_out_as_often_as_there_are),
	tx_test(external_memory_goes_out_and_is_let_go),
	tx_test(bursts_of_all_kinds_go_out_in_order),
	tx_test(frames_that_are_too_short_or_too_long_are_errors),
	tx_test(what_the_kernel_drops_is_an_error),
	tx_test(what_is_not_sent_at_the_stop_is_an_error),
	tx_test(what_waited_while_the_interface_was_down_goes_out),
	tx_test(what_has_gone_out_is_freed_on_demand),
	tx_test(mbufs_go_home_by_fast_free),
	tx_test(offloads_are_refused_by_prepare),
};

VDEV_XDP_MAIN(tests)
