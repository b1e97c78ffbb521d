/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <ethdev_driver.h>
#include <rte_cpuflags.h>
#include <rte_errno.h>
#include <rte_mbuf_dyn.h>
#include <rte_memcpy.h>
#include <rte_vect.h>

#include "dualbuf_rxq.h"
#include "dualbuf_rx_burst.h"

int dualbuf_rx_timestamp_offset = -1;
uint64_t dualbuf_rx_timestamp_flag;

const uint32_t dualbuf_rx_rss_ptype[DUALBUF_RXD_RSS_MASK + 1] = {
	[DUALBUF_RXD_RSS_NONE] = RTE_PTYPE_L2_ETHER,
	[DUALBUF_RXD_RSS_TCP4] =
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP,
	[DUALBUF_RXD_RSS_IPV4] = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
	[DUALBUF_RXD_RSS_TCP6] =
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_TCP,
	[DUALBUF_RXD_RSS_IPV6] = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN,
};

const uint32_t *
dualbuf_rx_ptypes(uint64_t rss_types)
{
	static const uint32_t none[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_UNKNOWN };
	static const uint32_t ipv4[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
		RTE_PTYPE_UNKNOWN };
	static const uint32_t ipv6[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV6_EXT_UNKNOWN,
		RTE_PTYPE_UNKNOWN };
	static const uint32_t ip[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
		RTE_PTYPE_L3_IPV6_EXT_UNKNOWN, RTE_PTYPE_UNKNOWN };
	static const uint32_t tcp[] = { RTE_PTYPE_L2_ETHER, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
		RTE_PTYPE_L3_IPV6_EXT_UNKNOWN, RTE_PTYPE_L4_TCP, RTE_PTYPE_UNKNOWN };
	const uint64_t both_tcp = RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP;
	bool has_ipv4 = (rss_types & RTE_ETH_RSS_IPV4) != 0;
	bool has_ipv6 = (rss_types & RTE_ETH_RSS_IPV6) != 0;

	if (has_ipv4 && has_ipv6)
		return (rss_types & both_tcp) == both_tcp ? tcp : ip;
	return has_ipv4 ? ipv4 : has_ipv6 ? ipv6 : none;
}

void
dualbuf_rx_discard_partial(struct dualbuf_rxq *rxq)
{
	rte_pktmbuf_free(rxq->first_seg);
	rxq->first_seg = NULL;
	rxq->last_seg = NULL;
	rxq->dropping = false;
}

RX_INSTANCES(scalar, NULL);

static const struct {
	const char *name;
	const char *info;
	const struct dualbuf_rx_path *path;
	uint16_t bitwidth; /* of the vectors it uses */
	unsigned int nb_flags;
	enum rte_cpu_flag_t flags[2]; /* what the CPU has to have */
} rx_paths[] = {
	[DUALBUF_BURST_SCALAR] = { "scalar", "Scalar", &dualbuf_rx_scalar, 0, 0, { 0 } },
#ifdef DUALBUF_RX_VECTOR
	[DUALBUF_BURST_SSE] = { "sse", "Vector SSE", &dualbuf_rx_sse, RTE_VECT_SIMD_128, 1,
			{ RTE_CPUFLAG_SSE4_2 } },
	[DUALBUF_BURST_AVX2] = { "avx2", "Vector AVX2", &dualbuf_rx_avx2, RTE_VECT_SIMD_256, 1,
			{ RTE_CPUFLAG_AVX2 } },
#endif
#ifdef DUALBUF_RX_AVX512
	[DUALBUF_BURST_AVX512] = { "avx512", "Vector AVX512", &dualbuf_rx_avx512, RTE_VECT_SIMD_512,
			2, { RTE_CPUFLAG_AVX512F, RTE_CPUFLAG_AVX512BW } },
#endif
};

static bool
rx_path_is_possible(unsigned int i)
{
	unsigned int n;

	for (n = 0; n < rx_paths[i].nb_flags; n++)
		if (rte_cpu_get_flag_enabled(rx_paths[i].flags[n]) <= 0)
			return false;
	return rx_paths[i].path != NULL;
}

int
dualbuf_rx_path_check(enum dualbuf_burst burst)
{
	if (burst == DUALBUF_BURST_AUTO ||
			(burst < RTE_DIM(rx_paths) && rx_path_is_possible(burst)))
		return 0;
	return -ENOTSUP;
}

enum dualbuf_burst
dualbuf_rx_path_choose(enum dualbuf_burst wanted)
{
	unsigned int i;

	if (wanted != DUALBUF_BURST_AUTO)
		return wanted;
	for (i = RTE_DIM(rx_paths) - 1; i > DUALBUF_BURST_SCALAR; i--)
		if (rx_path_is_possible(i) &&
				rx_paths[i].bitwidth <= rte_vect_get_max_simd_bitwidth())
			break;
	return i;
}

const char *
dualbuf_rx_path_info(enum dualbuf_burst burst)
{
	return rx_paths[burst].info;
}

eth_rx_burst_t
dualbuf_rx_burst_of(enum dualbuf_burst burst, bool deferred, bool stamped)
{
	return rx_paths[burst]
			.path->burst[(deferred ? RX_DEFERRED : 0) | (stamped ? RX_TIMESTAMP : 0)];
}

/* Queues of one port that differ in what was asked of them. */
static uint16_t
rx_burst_by_queue(void *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	const struct dualbuf_rxq *rxq = queue;

	return rxq->burst(queue, pkts, nb_pkts);
}

eth_rx_burst_t
dualbuf_rx_burst_for(void *const *rx_queues, uint16_t nb_queues)
{
	eth_rx_burst_t burst = nb_queues == 0 ? rte_eth_pkt_burst_dummy :
						((const struct dualbuf_rxq *)rx_queues[0])->burst;
	uint16_t i;

	for (i = 1; i < nb_queues; i++)
		if (((const struct dualbuf_rxq *)rx_queues[i])->burst != burst)
			return rx_burst_by_queue;
	return burst;
}

int
dualbuf_rx_timestamp_register(void)
{
	return rte_mbuf_dyn_rx_timestamp_register(
			       &dualbuf_rx_timestamp_offset, &dualbuf_rx_timestamp_flag) == 0 ?
			0 :
			-rte_errno;
}

void
dualbuf_rx_restart(struct dualbuf_rxq *rxq)
{
	uint32_t pos;

	dualbuf_rx_discard_partial(rxq);
	dualbuf_ring_restart(rxq->ring);
	for (pos = 0; pos < rxq->ring->nb_desc; pos++)
		if (rxq->ring->armed[pos] != DUALBUF_NO_SIDE)
			rx_arm(rxq, pos);
}

int
dualbuf_rx_descriptor_status(void *queue, uint16_t offset)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct dualbuf_ring *ring = rxq->ring;
	struct dualbuf_cursor at;

	if (offset >= ring->nb_desc)
		return -EINVAL;
	if (offset >= dualbuf_ring_armed_count(ring))
		return RTE_ETH_RX_DESC_UNAVAIL;
	at = dualbuf_cursor_add(ring->next, offset, ring->nb_desc);
	if (dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_DD)
		return RTE_ETH_RX_DESC_DONE;
	/* The last armed descriptor is held back from the device: see dualbuf_ring_tail(). */
	if (offset + 1u == dualbuf_ring_armed_count(ring))
		return RTE_ETH_RX_DESC_UNAVAIL;
	return RTE_ETH_RX_DESC_AVAIL;
}

uint32_t
dualbuf_rx_queue_count(void *queue)
{
	const struct dualbuf_rxq *rxq = queue;
	const struct dualbuf_ring *ring = rxq->ring;
	struct dualbuf_cursor at = ring->next;
	uint32_t n;

	for (n = 0; n < dualbuf_ring_armed_count(ring); n++) {
		if (!(dualbuf_rx_desc_status(&rxq->desc[at.pos]) & DUALBUF_RXD_DD))
			break;
		at = dualbuf_cursor_add(at, 1, ring->nb_desc);
	}
	return n;
}
