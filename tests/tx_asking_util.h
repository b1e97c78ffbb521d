/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _TX_ASKING_UTIL_H_
#define _TX_ASKING_UTIL_H_

/* Packets that ask for something by a context. Include after tx_util.h. */

#include "l4_util.h"
#include "tx_told_util.h"

#define DATA (DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS)

static const struct l4_kind tcp4 = { .is_tcp = true }, udp4 = { .is_tcp = false };
static const struct l4_kind tcp6 = { .is_tcp = true, .is_ipv6 = true };

/* Nobody reads a packet's bytes here. */
static inline struct rte_mbuf *
asking(const struct l4_kind *kind, unsigned int nb_segs)
{
	struct rte_mbuf *m = test_alloc_chain(app, nb_segs, 100);

	l4_ask(kind, m);
	return m;
}

static inline struct rte_mbuf *
segmented(unsigned int nb_segs, uint16_t mss)
{
	struct rte_mbuf *m = test_alloc_chain(app, nb_segs, 100);

	l4_ask_tso(&tcp4, m, mss);
	return m;
}

static inline struct rte_mbuf *
tagged(struct rte_mbuf *m, uint16_t tag)
{
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	m->vlan_tci = tag;
	return m;
}

/* Send a packet; says whether it got a context, and looks that the ring has no more than that of it. */
static inline bool
sends_context(struct rte_mbuf *m)
{
	uint16_t first = txq.next, nb_segs = m->nb_segs;

	send_one(m);
	assert_ptr_equal(has_context(first) ? NULL : m, txq.mbufs[first]);
	assert_int_equal((txq.next + NB_DESC - first) % NB_DESC, nb_segs + has_context(first));
	return has_context(first);
}

#endif /* _TX_ASKING_UTIL_H_ */
