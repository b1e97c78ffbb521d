/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_io.h>
#include <rte_mbuf.h>
#include <rte_prefetch.h>

#include "base_queue.h"

static const uint32_t rss_ptype[DUALBUF_RXD_RSS_MASK + 1] = {
	[DUALBUF_RXD_RSS_NONE] = RTE_PTYPE_L2_ETHER,
	[DUALBUF_RXD_RSS_TCP4] =
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP,
	[DUALBUF_RXD_RSS_IPV4] = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN,
	[DUALBUF_RXD_RSS_TCP6] =
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_TCP,
	[DUALBUF_RXD_RSS_IPV6] = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN,
};

/* Checksum flags by what was looked at (bits 0, 1: L4CS, IPCS) and failed (bits 2, 3: L4E, IPE). */
#define CK_L4(i) ((i)&4 ? RTE_MBUF_F_RX_L4_CKSUM_BAD : RTE_MBUF_F_RX_L4_CKSUM_GOOD)
#define CK_IP(i) ((i)&8 ? RTE_MBUF_F_RX_IP_CKSUM_BAD : RTE_MBUF_F_RX_IP_CKSUM_GOOD)
#define CK(i) (((i)&1 ? CK_L4(i) : 0) | ((i)&2 ? CK_IP(i) : 0))

static const uint16_t checksum_flags[16] = {
	CK(0), CK(1), CK(2), CK(3), CK(4), CK(5), CK(6), CK(7), //
	CK(8), CK(9), CK(10), CK(11), CK(12), CK(13), CK(14), CK(15), //
};

/* No branch on what the packets are like: they differ from one to the next. */
static inline uint64_t
scalar_flags(uint32_t status, uint32_t rss_type)
{
	uint64_t checksum = checksum_flags[(status >> 5 & 0x3) | (status >> 27 & 0xc)];
	uint64_t vlan = status & DUALBUF_RXD_VP ? RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED :
						  0;
	uint64_t rss = rss_type != DUALBUF_RXD_RSS_NONE ? RTE_MBUF_F_RX_RSS_HASH : 0;

	return checksum | vlan | rss;
}

/* A packet, or one segment of it, with everything that the write-back says. */
static inline void
scalar_fill(const struct base_queue *queue, struct rte_mbuf *m, const union dualbuf_rx_desc *desc,
		uint32_t status)
{
	uint32_t rss_type = rte_le_to_cpu_32(desc->wb.mrq) & DUALBUF_RXD_RSS_MASK;
	uint16_t len = rte_le_to_cpu_16(desc->wb.length);

	*(uint64_t *)&m->rearm_data = queue->rearm;
	m->ol_flags = scalar_flags(status, rss_type);
	m->packet_type = rss_ptype[rss_type];
	m->pkt_len = len;
	m->data_len = len;
	m->vlan_tci = rte_le_to_cpu_16(desc->wb.vlan);
	m->hash.rss = rte_le_to_cpu_32(desc->wb.rss);
}

/* As em and igb: a line of descriptors and one of mbuf pointers ahead, and the next mbuf. */
static inline void
scalar_prefetch(const struct base_queue *queue, uint32_t next)
{
	rte_prefetch0(queue->mbufs[next]);
	if ((next & 3) == 0) {
		rte_prefetch0(&queue->desc[next]);
		rte_prefetch0(&queue->mbufs[next]);
	}
}

/* Take the mbuf of a descriptor that was written back, and arm the descriptor with a new one. */
static inline struct rte_mbuf *
scalar_swap(struct base_queue *queue, uint32_t pos, struct rte_mbuf *fresh)
{
	struct rte_mbuf *m = queue->mbufs[pos];

	queue->mbufs[pos] = fresh;
	dualbuf_rx_desc_arm(&queue->desc[pos], rte_mbuf_data_iova_default(fresh));
	return m;
}

uint16_t
base_burst_scalar(void *rx_queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	struct base_queue *queue = rx_queue;
	uint32_t next = queue->next, nb_bare = queue->nb_bare;
	struct rte_mbuf *m, *fresh;
	union dualbuf_rx_desc desc;
	uint16_t nb_rx = 0;
	uint32_t status;

	while (nb_rx < nb_pkts) {
		status = dualbuf_rx_desc_status(&queue->desc[next]);
		if (!(status & DUALBUF_RXD_DD))
			break;
		desc.read.addr = queue->desc[next].read.addr;
		desc.read.reserved = queue->desc[next].read.reserved;
		fresh = rte_mbuf_raw_alloc(queue->pool);
		if (unlikely(fresh == NULL)) {
			queue->nombuf++;
			break;
		}
		m = scalar_swap(queue, next, fresh);
		next = next + 1 == queue->nb_desc ? 0 : next + 1;
		nb_bare++;
		scalar_prefetch(queue, next);
		scalar_fill(queue, m, &desc, status);
		pkts[nb_rx] = m;
		if (unlikely((status & (DUALBUF_RXD_EOP | DUALBUF_RXD_FRAME_ERRORS)) !=
						    DUALBUF_RXD_EOP ||
				    queue->first_seg != NULL || queue->dropping))
			nb_rx += base_assemble(queue, &pkts[nb_rx], &status, 1);
		else
			nb_rx++;
	}
	queue->next = next;
	if (nb_bare > RTE_MIN(BASE_HOLD, queue->nb_desc / 4)) {
		base_doorbell(queue, next);
		nb_bare = 0;
	}
	queue->nb_bare = nb_bare;
	return nb_rx;
}
