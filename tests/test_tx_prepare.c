/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which packets are refused before they are sent. */

#include "dualbuf_test.h"
#include "tx_util.h"

static void
prepare_stops_at_what_cannot_be_sent(void **state)
{
	struct rte_mbuf *m[4];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < 4; i++)
		m[i] = test_alloc_chain(app, i == 2 ? NB_DESC : 1, 60);
	m[0]->ol_flags |= RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_RX_RSS_HASH;
	m[3]->ol_flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 2), 2);
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 4), 2);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, &m[3], 1), 0);
	assert_int_equal(rte_errno, ENOTSUP);
	rte_pktmbuf_free_bulk(m, 4);
}

/* As long as it is on the wire, with the tag that is still to come. */
static void
prepare_stops_at_a_packet_longer_than_the_limit(void **state)
{
	struct rte_mbuf *m[3];
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < 3; i++)
		m[i] = test_alloc_chain(app, 2, 509 + (i == 2));
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 3), 3);
	dualbuf_txq_limit(&txq, 1018);
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 3), 2);
	assert_int_equal(rte_errno, EINVAL);
	m[1]->ol_flags |= RTE_MBUF_F_TX_VLAN;
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 3), 1);
	dualbuf_txq_limit(&txq, 1022);
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 3), 3);
	rte_pktmbuf_free_bulk(m, 3);
}

/* One packet of the flags, alone and between others that have none. */
static void
assert_prepared(uint64_t flags, bool taken)
{
	struct rte_mbuf *m[3];
	unsigned int i;

	for (i = 0; i < 3; i++)
		m[i] = test_alloc_chain(app, 1 + i, 60);
	m[1]->ol_flags |= flags;
	rte_errno = 0;
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, &m[1], 1), taken ? 1 : 0);
	assert_int_equal(dualbuf_tx_ext_prepare(&txq, m, 3), taken ? 3 : 1);
	assert_int_equal(rte_errno, taken ? 0 : ENOTSUP);
	rte_pktmbuf_free_bulk(m, 3);
}

static void
prepare_takes_flags_that_only_say_what_a_packet_is(void **state)
{
	static const uint64_t says[] = {
		RTE_MBUF_F_TX_IPV4,
		RTE_MBUF_F_TX_IPV6,
		RTE_MBUF_F_TX_OUTER_IPV4,
		RTE_MBUF_F_TX_OUTER_IPV6,
		RTE_MBUF_F_TX_TUNNEL_VXLAN,
		RTE_MBUF_F_TX_TUNNEL_GRE,
		RTE_MBUF_F_TX_TUNNEL_IPIP,
		RTE_MBUF_F_TX_TUNNEL_GENEVE,
		RTE_MBUF_F_TX_TUNNEL_MPLSINUDP,
		RTE_MBUF_F_TX_TUNNEL_VXLAN_GPE,
		RTE_MBUF_F_TX_TUNNEL_GTP,
		RTE_MBUF_F_TX_TUNNEL_ESP,
		RTE_MBUF_F_TX_TUNNEL_IP,
		RTE_MBUF_F_TX_TUNNEL_UDP,
	};
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < RTE_DIM(says); i++) {
		assert_prepared(says[i], true);
		assert_prepared(says[i] | RTE_MBUF_F_TX_VLAN, true);
	}
	assert_prepared(RTE_MBUF_F_TX_OUTER_IPV6 | RTE_MBUF_F_TX_TUNNEL_VXLAN | RTE_MBUF_F_TX_IPV4,
			true);
}

static void
prepare_refuses_every_flag_that_asks_for_what_is_not_offered(void **state)
{
	static const uint64_t asks[] = {
		RTE_MBUF_F_TX_IP_CKSUM,
		RTE_MBUF_F_TX_TCP_CKSUM,
		RTE_MBUF_F_TX_SCTP_CKSUM,
		RTE_MBUF_F_TX_UDP_CKSUM,
		RTE_MBUF_F_TX_TCP_SEG,
		RTE_MBUF_F_TX_UDP_SEG,
		RTE_MBUF_F_TX_OUTER_IP_CKSUM,
		RTE_MBUF_F_TX_OUTER_UDP_CKSUM,
		RTE_MBUF_F_TX_QINQ,
		RTE_MBUF_F_TX_IEEE1588_TMST,
		RTE_MBUF_F_TX_SEC_OFFLOAD,
		RTE_MBUF_F_TX_MACSEC,
	};
	unsigned int i;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < RTE_DIM(asks); i++) {
		assert_prepared(asks[i], false);
		assert_prepared(asks[i] | RTE_MBUF_F_TX_IPV4, false);
		assert_prepared(asks[i] | RTE_MBUF_F_TX_VLAN, false);
	}
}

static const struct CMUnitTest tests[] = {
	with_pools(prepare_stops_at_what_cannot_be_sent),
	with_pools(prepare_stops_at_a_packet_longer_than_the_limit),
	with_pools(prepare_takes_flags_that_only_say_what_a_packet_is),
	with_pools(prepare_refuses_every_flag_that_asks_for_what_is_not_offered),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
