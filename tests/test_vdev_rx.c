/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The claims, seen from an application: what is in the ring while it holds packets, and how often
 * the driver flipped and copied. Frames of 60 bytes take one descriptor each, in order.
 */

#include "packet_util.h"
#include "rte_pmd_dualbuf.h"
#include "rxq_util.h"
#include "vnic.h"

#define NB_DESC 32
#define NB_PACKETS 1000

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

/* The expected count of the buffers that are out, for each descriptor. */
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
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue,
					 vnic_ends_of[port]->sources[0], 15),
			15);
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
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue,
					 vnic_ends_of[port]->sources[0], 1000),
			NB_DESC - 1);
	assert_int_equal(vnic_rx_process(rxq_of(port, 0)->device_queue,
					 vnic_ends_of[port]->sources[0], 1000),
			0);
	assert_int_equal(rte_eth_rx_queue_count(port, 0), NB_DESC - 1);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &packets);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(vdev_xstat(port, 0, "missed"), 0);
	batch_free(&batch);
}

static const struct CMUnitTest tests[] = {
	vdev_test(in_an_rx_callback_the_descriptor_names_the_alternate_buffer),
	vdev_test(a_consumer_that_never_frees_gets_ten_thousand_packets_by_copies),
	vdev_test(two_buffers_flip_and_copy_exactly_as_held),
	vdev_test(three_buffers_flip_and_copy_exactly_as_held),
	vdev_test(four_buffers_flip_and_copy_exactly_as_held),
	vdev_test(eight_buffers_flip_and_copy_exactly_as_held),
	vdev_test(descriptor_status_and_queue_count_tell_what_the_device_has_written),
	vdev_test(a_file_waits_when_every_descriptor_is_written),
};

VDEV_MAIN(tests)
