/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_loan.h"
#include "dualbuf_stats.h"
#include "rte_pmd_dualbuf.h"

static bool
is_loan(const struct rte_mbuf *m, uint64_t flag)
{
	for (; m != NULL; m = m->next)
		if (m->ol_flags & flag)
			return true;
	return false;
}

/* rte_pktmbuf_copy() refuses a packet of no bytes: to it, there is nothing at offset 0. */
static struct rte_mbuf *
copy_of_nothing(const struct rte_mbuf *m, struct rte_mempool *pool)
{
	struct rte_mbuf *copy = rte_pktmbuf_alloc(pool);

	if (copy != NULL) {
		__rte_pktmbuf_copy_hdr(copy, m);
		copy->ol_flags = m->ol_flags & ~(RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
	}
	return copy;
}

/* A copy of a packet, of mbufs that are no loans; NULL for want of memory. */
static struct rte_mbuf *
copy_of(const struct rte_mbuf *m, struct rte_mempool *pool, uint64_t flag)
{
	struct rte_mbuf *copy = m->pkt_len > 0 ? rte_pktmbuf_copy(m, pool, 0, UINT32_MAX) :
						 copy_of_nothing(m, pool);
	struct rte_mbuf *seg;

	for (seg = copy; seg != NULL; seg = seg->next)
		seg->ol_flags &= ~flag;
	return copy;
}

RTE_EXPORT_EXPERIMENTAL_SYMBOL(rte_pmd_dualbuf_is_loan, 22.11)
int
rte_pmd_dualbuf_is_loan(const struct rte_mbuf *m)
{
	return is_loan(m, dualbuf_loan_flag());
}

RTE_EXPORT_EXPERIMENTAL_SYMBOL(rte_pmd_dualbuf_copy_loans, 22.11)
uint16_t
rte_pmd_dualbuf_copy_loans(struct rte_mbuf **pkts, uint16_t nb_pkts, struct rte_mempool *pool)
{
	uint64_t flag = dualbuf_loan_flag();
	struct rte_mbuf *copy;
	uint16_t i, left = 0;

	for (i = 0; i < nb_pkts; i++) {
		if (!is_loan(pkts[i], flag))
			continue;
		copy = copy_of(pkts[i], pool, flag);
		if (copy == NULL) {
			left++;
			continue;
		}
		rte_pktmbuf_free(pkts[i]);
		pkts[i] = copy;
	}
	return left;
}

RTE_EXPORT_EXPERIMENTAL_SYMBOL(rte_pmd_dualbuf_queue_state, 22.11)
int
rte_pmd_dualbuf_queue_state(
		uint16_t port_id, uint16_t queue_id, struct rte_pmd_dualbuf_queue_state *state)
{
	const struct dualbuf_rxq *rxq = NULL;
	const struct rte_eth_dev *dev;
	struct dualbuf_port *port;

	if (!rte_eth_dev_is_valid_port(port_id))
		return -ENODEV;
	dev = &rte_eth_devices[port_id];
	if (!dualbuf_is_port(dev))
		return -ENODEV;
	if (state == NULL || queue_id >= DUALBUF_MAX_QUEUES)
		return -EINVAL;
	port = dualbuf_port(dev);
	dualbuf_queues_lock(port);
	rxq = port->rxqs[queue_id];
	if (rxq != NULL) {
		state->nb_desc = rxq->ring->nb_desc;
		dualbuf_ring_count_buffers(rxq->ring, &state->bound, &state->home);
		state->out = state->bound - state->home;
		state->waiting = dualbuf_ring_waiting(rxq->ring);
		state->loans = dualbuf_stats_rxq(dev, queue_id).driver.loans;
	}
	dualbuf_queues_unlock(port);
	return rxq == NULL ? -EINVAL : 0;
}
