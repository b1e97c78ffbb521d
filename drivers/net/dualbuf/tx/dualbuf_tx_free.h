/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_FREE_H_
#define _DUALBUF_TX_FREE_H_

/* Freeing the mbufs of descriptors that the device has read. */

#include <rte_mbuf.h>

/* How many mbufs of one pool are put back together. */
#define TX_FREE_BATCH 64

/*
 * Free segments one by one, in groups of one pool each; as rte_pktmbuf_free_bulk() does for chains.
 * gaps: there may be descriptors without an mbuf. A constant.
 */
static __rte_always_inline void
tx_free_segments(struct rte_mbuf **mbufs, uint16_t n, const bool gaps)
{
	void *group[TX_FREE_BATCH];
	struct rte_mempool *pool = NULL;
	unsigned int len = 0;
	struct rte_mbuf *m;
	uint16_t i;

	for (i = 0; i < n; i++) {
		if (gaps && mbufs[i] == NULL)
			continue;
		m = rte_pktmbuf_prefree_seg(mbufs[i]);
		if (m == NULL)
			continue;
		if (len == TX_FREE_BATCH || (len > 0 && m->pool != pool)) {
			rte_mempool_put_bulk(pool, group, len);
			len = 0;
		}
		pool = m->pool;
		group[len++] = m;
	}
	if (len > 0)
		rte_mempool_put_bulk(pool, group, len);
}

/* With fast free nobody else holds these mbufs, so a chain may be taken apart and put back whole. */
static inline void
tx_fast_free_segments(struct rte_mbuf **mbufs, uint16_t n, bool chained)
{
	uint16_t i;

	for (i = 0; chained && i < n; i++) {
		mbufs[i]->next = NULL;
		mbufs[i]->nb_segs = 1;
	}
	rte_mempool_put_bulk(mbufs[0]->pool, (void **)mbufs, n);
}

#endif /* _DUALBUF_TX_FREE_H_ */
