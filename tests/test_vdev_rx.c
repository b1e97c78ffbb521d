/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include <ethdev_driver.h>

#include "dualbuf_ethdev.h"
#include "rte_pmd_dualbuf.h"
#include "vnic_model.h"

/*
 * The claims, seen from an application: what is in the ring while it holds packets, and how often
 * the driver flipped and copied. Frames of 60 bytes take one descriptor each, in order.
 */

#define NB_DESC 32
#define NB_PACKETS 1000

static struct dualbuf_rxq *
rxq_of(uint16_t port, uint16_t queue)
{
	return rte_eth_devices[port].data->rx_queues[queue];
}

static uint64_t
buffer_address(const struct rte_mbuf *m)
{
	return (uint64_t)(uintptr_t)m->buf_addr + RTE_PKTMBUF_HEADROOM;
}

/* The side of a descriptor that an mbuf is bound to; -1 for none. */
static int
side_of(const struct dualbuf_ring *ring, uint32_t pos, const struct rte_mbuf *m)
{
	uint32_t side;

	for (side = 0; side < ring->nb_bufs; side++)
		if (ring->slots.buf[dualbuf_ring_slot(ring, side, pos)] == m)
			return side;
	return -1;
}

/* The side whose buffer the hardware descriptor names; -1 for none. */
static int
side_in_descriptor(const struct dualbuf_rxq *rxq, uint32_t pos)
{
	uint64_t addr = rte_le_to_cpu_64(rxq->desc[pos].read.addr);
	const struct dualbuf_ring *ring = rxq->ring;
	const struct rte_mbuf *m;
	uint32_t side;

	for (side = 0; side < ring->nb_bufs; side++) {
		m = ring->slots.buf[dualbuf_ring_slot(ring, side, pos)];
		if (m != NULL && addr == buffer_address(m))
			return side;
	}
	return -1;
}

/* Every descriptor has a buffer of its own for the device, and nothing that is unread. */
static void
assert_ring_full(const struct dualbuf_rxq *rxq)
{
	uint32_t pos;

	assert_int_equal(dualbuf_ring_armed_count(rxq->ring), rxq->ring->nb_desc);
	assert_int_equal(*rxq->tail_reg, dualbuf_ring_tail(rxq->ring));
	for (pos = 0; pos < rxq->ring->nb_desc; pos++) {
		assert_int_equal(rxq->desc[pos].read.reserved, 0);
		assert_int_equal(side_in_descriptor(rxq, pos), rxq->ring->armed[pos]);
	}
}

/* Claim 1 -------------------------------------------------------------------------------------- */

struct observer {
	unsigned int nb_seen;
	unsigned int nb_wrong;
};

static uint16_t
observe(uint16_t port, uint16_t queue, struct rte_mbuf *pkts[], uint16_t nb_pkts,
		uint16_t max_pkts __rte_unused, void *arg)
{
	const struct dualbuf_rxq *rxq = rxq_of(port, queue);
	struct observer *observer = arg;
	uint32_t pos;
	uint16_t i;
	int named;

	for (i = 0; i < nb_pkts; i++) {
		pos = observer->nb_seen++ % rxq->ring->nb_desc;
		named = side_in_descriptor(rxq, pos);
		if (rxq->desc[pos].read.reserved != 0 || named < 0 ||
				side_of(rxq->ring, pos, pkts[i]) < 0 ||
				side_of(rxq->ring, pos, pkts[i]) == named)
			observer->nb_wrong++;
	}
	return nb_pkts;
}

static void
in_an_rx_callback_the_descriptor_names_the_alternate_buffer(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_make("uniform", NB_PACKETS));
	struct observer observer = { 0 };
	const struct rte_eth_rxtx_callback *callback;
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	callback = rte_eth_add_rx_callback(port, 0, observe, &observer);
	assert_non_null(callback);
	while (receive_up_to(port, 0, &batch, 7) > 0)
		batch_free(&batch);
	assert_int_equal(observer.nb_seen, NB_PACKETS);
	assert_int_equal(observer.nb_wrong, 0);
	assert_int_equal(rte_eth_remove_rx_callback(port, 0, callback), 0);
	rte_free((void *)(uintptr_t)callback);
}

/* Claim 3 -------------------------------------------------------------------------------------- */

static void
a_consumer_that_never_frees_gets_ten_thousand_packets_by_copies(void **state)
{
	const char *path = capture_make("uniform", 10000);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct packets packets = capture_read(path);
	struct rte_mempool *mp = vdev_pool(10400);
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &packets);
	assert_int_equal(batch.nb, 10000);
	assert_int_equal(vdev_xstat(port, 0, "flips"), VDEV_DESC);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 10000 - VDEV_DESC);
	assert_int_equal(vdev_xstat(port, 0, "nombuf"), 0);
	assert_int_equal(vdev_xstat(port, 0, "bound"), 2 * VDEV_DESC);
	assert_int_equal(vdev_xstat(port, 0, "home"), VDEV_DESC);
	assert_ring_full(rxq_of(port, 0));

	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "home"), 2 * VDEV_DESC);
	vdev_unplug(port);
	assert_pool_full(mp);
}

/* Claims 2 and 9: any number of buffers, any pattern of holding -------------------------------- */

/* A consumer: how many packets later does it free packet k? */
typedef unsigned int (*hold_pattern)(unsigned int k);

static unsigned int
hold_nothing(unsigned int k __rte_unused)
{
	return 0;
}

static unsigned int
hold_for_a_round(unsigned int k __rte_unused)
{
	return NB_DESC;
}

static unsigned int
hold_for_three_rounds(unsigned int k __rte_unused)
{
	return 3 * NB_DESC + 1;
}

static unsigned int
hold_every_other(unsigned int k)
{
	return k % 2 == 0 ? 5 * NB_DESC : 0;
}

/* Packets of the even rounds stay out until the odd ones are over, last one first. */
static unsigned int
hold_in_reverse(unsigned int k)
{
	return 2 * (2 * NB_DESC - 1 - k % (2 * NB_DESC));
}

static unsigned int
hold_at_random(unsigned int k)
{
	return (k * 2654435761u >> 16) % (9 * NB_DESC);
}

static unsigned int
hold_for_ever(unsigned int k __rte_unused)
{
	return NB_PACKETS;
}

/* What ought to happen: a count of the buffers that are out, for each descriptor. */
struct model {
	unsigned int nb_bufs;
	unsigned int nb_out[NB_DESC];
	unsigned int flips;
	unsigned int copies;
	bool is_bound[NB_PACKETS];
};

static void
model_receive(struct model *model, unsigned int k)
{
	model->is_bound[k] = model->nb_out[k % NB_DESC] < model->nb_bufs - 1;
	model->nb_out[k % NB_DESC] += model->is_bound[k];
	model->flips += model->is_bound[k];
	model->copies += !model->is_bound[k];
}

static void
model_free(struct model *model, unsigned int k)
{
	model->nb_out[k % NB_DESC] -= model->is_bound[k];
}

static void
assert_as_model(uint16_t port, const struct model *model)
{
	unsigned int i, out = 0;

	for (i = 0; i < NB_DESC; i++)
		out += model->nb_out[i];
	assert_int_equal(vdev_xstat(port, 0, "flips"), model->flips);
	assert_int_equal(vdev_xstat(port, 0, "copies"), model->copies);
	assert_int_equal(vdev_xstat(port, 0, "nombuf"), 0);
	assert_int_equal(vdev_xstat(port, 0, "bound"), model->nb_bufs * NB_DESC);
	assert_int_equal(vdev_xstat(port, 0, "home"), model->nb_bufs * NB_DESC - out);
	assert_ring_full(rxq_of(port, 0));
}

/* Free what the pattern says is due when packet k was the last. */
static void
free_what_is_due(struct model *model, struct batch *batch, hold_pattern hold, unsigned int k)
{
	unsigned int i;

	for (i = 0; i <= k; i++) {
		if (batch->m[i] == NULL || i + hold(i) > k)
			continue;
		rte_pktmbuf_free(batch->m[i]);
		batch->m[i] = NULL;
		model_free(model, i);
	}
}

static void
run_pattern(unsigned int nb_bufs, hold_pattern hold, unsigned int burst)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug("rx_pcap=%s,buffers=%u", path, nb_bufs);
	struct packets packets = capture_read(path);
	struct model *model = vdev_alloc(sizeof(*model));
	struct batch batch = { 0 };
	unsigned int k = 0;

	model->nb_bufs = nb_bufs;
	vdev_start(port, .nb_rx_desc = NB_DESC);
	while (receive_up_to(port, 0, &batch, burst) > 0) {
		for (; k < batch.nb; k++) {
			model_receive(model, k);
			assert_packet(batch.m[k], &packets.all[k], k);
		}
		free_what_is_due(model, &batch, hold, k - 1);
		if (k / burst % 16 == 0)
			assert_as_model(port, model);
	}
	assert_int_equal(batch.nb, NB_PACKETS);
	assert_as_model(port, model);
	for (k = 0; k < batch.nb; k++)
		rte_pktmbuf_free(batch.m[k]);
	assert_int_equal(vdev_xstat(port, 0, "home"), nb_bufs * NB_DESC);
	vdev_unplug(port);
}

static void
run_all_patterns(unsigned int nb_bufs)
{
	static const hold_pattern patterns[] = {
		hold_nothing,
		hold_for_a_round,
		hold_for_three_rounds,
		hold_every_other,
		hold_in_reverse,
		hold_at_random,
		hold_for_ever,
	};
	static const unsigned int bursts[] = { 1, 7, 32 };
	unsigned int i, j;

	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(patterns); i++)
		for (j = 0; j < RTE_DIM(bursts); j++)
			run_pattern(nb_bufs, patterns[i], bursts[j]);
}

static void
two_buffers_flip_and_copy_exactly_as_held(void **state)
{
	(void)state;
	run_all_patterns(2);
}

static void
three_buffers_flip_and_copy_exactly_as_held(void **state)
{
	(void)state;
	run_all_patterns(3);
}

static void
four_buffers_flip_and_copy_exactly_as_held(void **state)
{
	(void)state;
	run_all_patterns(4);
}

static void
eight_buffers_flip_and_copy_exactly_as_held(void **state)
{
	(void)state;
	run_all_patterns(8);
}

/* When nothing is left to copy into ------------------------------------------------------------ */

/* Of 96 mbufs, 32 are bound to descriptors, half of the rest as alternates; 32 are temporaries. */
#define POOL_OF_32_TEMPORARIES 96

/* The paths that this CPU has. */
static const char *const bursts[] = { "scalar", "sse", "avx2", "avx512" };

static bool
has_burst(const char *burst)
{
	uint16_t port;

	if (DUALBUF_RACED && strcmp(burst, "scalar") != 0)
		return false;
	if (vdev_try_plug("net_dualbuf", vdev_text("tx_pcap=/dev/null,burst=%s", burst), &port) !=
			0)
		return false;
	vdev_unplug(port);
	return true;
}

/* A pool, and how many packets come up while the application frees none, of 200. */
struct lean_pool {
	unsigned int size;
	unsigned int nb_held;
};

/*
 * Every packet comes up as long as a buffer is left; then the file waits, and goes on when packets are
 * freed. The descriptor that the device never has keeps one buffer.
 */
static void
assert_lean_pool_serves(const struct lean_pool *t, const char *burst, const char *copy)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug_args(
			"net_dualbuf", vdev_text("rx_pcap=%s,burst=%s,copy=%s", path, burst, copy));
	struct packets packets = capture_read(path);
	struct rte_mempool *mp = vdev_pool(t->size);
	struct batch batch = { 0 };
	struct rte_mbuf *m[64];
	unsigned int i, nb = 0, n;

	vdev_start(port, .mp = mp, .nb_rx_desc = 2048);
	do {
		n = rte_eth_rx_burst(port, 0, m, RTE_MIN(64u, t->nb_held - nb));
		for (i = 0; i < n; i++)
			batch_add(&batch, m[i]);
		nb += n;
	} while (n > 0 && nb < t->nb_held);
	if (nb != t->nb_held)
		fail_msg("%u of %u packets, pool of %u, burst=%s, copy=%s", nb, t->nb_held, t->size,
				burst, copy);
	for (i = 0; i < nb; i++)
		assert_packet(batch.m[i], &packets.all[i], i);
	batch_free(&batch);
	for (; nb < NB_PACKETS; nb += n) {
		n = rte_eth_rx_burst(port, 0, m, 64);
		assert_int_not_equal(n, 0);
		for (i = 0; i < n; i++)
			assert_packet(m[i], &packets.all[nb + i], nb + i);
		rte_pktmbuf_free_bulk(m, n);
	}
	assert_int_equal(vdev_stats(port).ipackets, NB_PACKETS);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(vdev_stats(port).ierrors, 0);
	vdev_unplug(port);
	assert_pool_full(mp);
	vdev_free_pool(mp);
}

static void
a_pool_without_a_spare_mbuf_does_not_starve_the_port(void **state)
{
	static const struct lean_pool pools[] = { { 2048, 200 }, { 2056, 200 }, { 2112, 200 },
		{ 4096, 200 }, { 2048, 1000 }, { 300, 200 } };
	unsigned int b, i;

	(void)state;
	for (b = 0; b < RTE_DIM(bursts); b++) {
		if (!has_burst(bursts[b]))
			continue;
		for (i = 0; i < RTE_DIM(pools); i++) {
			assert_lean_pool_serves(&pools[i], bursts[b], "inline");
			assert_lean_pool_serves(&pools[i], bursts[b], "deferred");
		}
	}
}

/* As DPDK's own test of net_pcap does it: 1,024 mbufs for 4 queues of 256. */
static void
a_pool_of_1024_mbufs_serves_four_queues_of_256(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug(
			"rx_pcap=%s,rx_pcap=%s,rx_pcap=%s,rx_pcap=%s", path, path, path, path);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t q;

	(void)state;
	vdev_pool(1024);
	vdev_start(port, .nb_rx_desc = 256);
	for (q = 0; q < 4; q++)
		while (batch.nb < (q + 1) * 200u) {
			struct rte_mbuf *m;

			assert_int_equal(rte_eth_rx_burst(port, q, &m, 1), 1);
			batch_add(&batch, m);
		}
	for (i = 0; i < batch.nb; i++)
		assert_packet(batch.m[i], &packets.all[i % 200], i % 200);
	batch_free(&batch);
}

static void
an_exhausted_pool_lends_the_last_buffers_and_then_the_file_waits(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	vdev_pool(POOL_OF_32_TEMPORARIES);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	for (i = 0; i < 200; i++)
		if (rte_eth_rx_burst(port, 0, &m, 1) == 1)
			batch_add(&batch, m);
	/* all mbufs but the one of the descriptor that the device never has */
	assert_int_equal(batch.nb, POOL_OF_32_TEMPORARIES - 1);
	for (i = 0; i < batch.nb; i++)
		assert_packet(batch.m[i], &packets.all[i], i);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 32);
	assert_int_equal(vdev_xstat(port, 0, "loans"), NB_DESC - 1);
	assert_int_equal(vdev_xstat(port, 0, "waiting"), NB_DESC - 1);
	assert_int_equal(vdev_xstat(port, 0, "nombuf"), NB_DESC - 1);
	assert_int_equal(vdev_stats(port).rx_nombuf, NB_DESC - 1);
	assert_int_equal(vdev_stats(port).ipackets, batch.nb);
	assert_int_equal(vdev_stats(port).ierrors, 0);
	for (i = 0; i < batch.nb; i++)
		assert_false(rte_pmd_dualbuf_is_loan(batch.m[i]));
	i = batch.nb;
	batch_free(&batch);
	for (; i < NB_PACKETS; i++) {
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		assert_packet(m, &packets.all[i], i);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(vdev_xstat(port, 0, "waiting"), 0);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 32);
}

static void
a_chain_that_finds_no_temporary_comes_up_whole(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("jumbo"));
	struct packets packets = capture_read(capture_of("jumbo"));
	struct batch batch = { 0 };
	unsigned int i, nb = 0;

	(void)state;
	vdev_pool(POOL_OF_32_TEMPORARIES);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	while (nb < packets.nb) {
		receive_all(port, 0, &batch);
		assert_true(batch.nb > 0);
		for (i = 0; i < batch.nb; i++, nb++)
			assert_packet(batch.m[i], &packets.all[nb], nb);
		batch_free(&batch);
	}
	assert_true(vdev_xstat(port, 0, "loans") > 0);
	assert_int_equal(vdev_stats(port).ierrors, 0);
}

/* For ever ------------------------------------------------------------------------------------- */

/* Receive so many packets of a file that repeats, freeing each 10 packets later. */
static void
assert_repeats(uint16_t port, const struct packets *packets, unsigned int nb)
{
	struct rte_mbuf *held[10] = { 0 };
	struct rte_mbuf *m;
	unsigned int i;

	for (i = 0; i < nb; i++) {
		assert_int_equal(rte_eth_rx_burst(port, 0, &m, 1), 1);
		assert_packet(m, &packets->all[i % packets->nb], i);
		rte_pktmbuf_free(held[i % RTE_DIM(held)]);
		held[i % RTE_DIM(held)] = m;
	}
	rte_pktmbuf_free_bulk(held, RTE_DIM(held));
}

static void
infinite_rx_repeats_a_file_with_fewer_mbufs_than_packets(void **state)
{
	const char *path = capture_make("imix", NB_PACKETS);
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", path);
	struct packets packets = capture_read(path);

	(void)state;
	vdev_pool(POOL_OF_32_TEMPORARIES);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_repeats(port, &packets, 20 * NB_PACKETS + 7);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 0);
}

static void
infinite_rx_repeats_chains_too(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", capture_of("jumbo"));
	struct packets packets = capture_read(capture_of("jumbo"));

	(void)state;
	vdev_pool(512);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_repeats(port, &packets, 20 * packets.nb);
}

static void
infinite_rx_repeats_a_single_packet_and_starts_anew_with_the_port(void **state)
{
	const char *path = capture_make("vlan", 1);
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", path);
	struct packets packets = capture_read(path);

	(void)state;
	vdev_start(port);
	assert_repeats(port, &packets, 500);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_repeats(port, &packets, 500);
}

/* Looking into the ring ------------------------------------------------------------------------ */

static void
descriptor_status_and_queue_count_tell_what_the_device_has_written(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_make("uniform", NB_PACKETS));
	struct batch batch = { 0 };
	uint16_t i;

	(void)state;
	vdev_pool(2048);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	receive_up_to(port, 0, &batch, 20);
	assert_int_equal(rte_eth_rx_queue_count(port, 0), 0);
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue, 15), 15);
	assert_int_equal(rte_eth_rx_queue_count(port, 0), 15);
	for (i = 0; i < 15; i++)
		assert_int_equal(rte_eth_rx_descriptor_status(port, 0, i), RTE_ETH_RX_DESC_DONE);
	for (; i < NB_DESC - 1; i++)
		assert_int_equal(rte_eth_rx_descriptor_status(port, 0, i), RTE_ETH_RX_DESC_AVAIL);
	assert_int_equal(rte_eth_rx_descriptor_status(port, 0, i), RTE_ETH_RX_DESC_UNAVAIL);
	assert_int_equal(rte_eth_rx_descriptor_status(port, 0, NB_DESC), -EINVAL);
	batch_free(&batch);
	receive_all(port, 0, &batch);
	assert_int_equal(batch.nb, NB_PACKETS - 20);
	assert_int_equal(rte_eth_rx_queue_count(port, 0), 0);
	batch_free(&batch);
}

static void
a_file_waits_when_every_descriptor_is_written(void **state)
{
	const char *path = capture_make("uniform", NB_PACKETS);
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct packets packets = capture_read(path);
	struct batch batch = { 0 };

	(void)state;
	vdev_pool(2048);
	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue, 1000), NB_DESC - 1);
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue, 1000), 0);
	assert_int_equal(rte_eth_rx_queue_count(port, 0), NB_DESC - 1);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &packets);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(vdev_xstat(port, 0, "missed"), 0);
	batch_free(&batch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(in_an_rx_callback_the_descriptor_names_the_alternate_buffer),
		vdev_test(a_consumer_that_never_frees_gets_ten_thousand_packets_by_copies),
		vdev_test(two_buffers_flip_and_copy_exactly_as_held),
		vdev_test(three_buffers_flip_and_copy_exactly_as_held),
		vdev_test(four_buffers_flip_and_copy_exactly_as_held),
		vdev_test(eight_buffers_flip_and_copy_exactly_as_held),
		vdev_test(a_pool_without_a_spare_mbuf_does_not_starve_the_port),
		vdev_test(a_pool_of_1024_mbufs_serves_four_queues_of_256),
		vdev_test(an_exhausted_pool_lends_the_last_buffers_and_then_the_file_waits),
		vdev_test(a_chain_that_finds_no_temporary_comes_up_whole),
		vdev_test(infinite_rx_repeats_a_file_with_fewer_mbufs_than_packets),
		vdev_test(infinite_rx_repeats_chains_too),
		vdev_test(infinite_rx_repeats_a_single_packet_and_starts_anew_with_the_port),
		vdev_test(descriptor_status_and_queue_count_tell_what_the_device_has_written),
		vdev_test(a_file_waits_when_every_descriptor_is_written),
	};

	return vdev_run(tests);
}
