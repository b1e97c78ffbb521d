/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which packets are refused before they are sent. */

#include "dualbuf_test.h"
#include "l4_util.h"
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
	m[3]->ol_flags |= RTE_MBUF_F_TX_MACSEC;
	assert_int_equal(format->prepare(&txq, m, 2), 2);
	assert_int_equal(format->prepare(&txq, m, 4), 2);
	assert_int_equal(rte_errno, EINVAL);
	assert_int_equal(format->prepare(&txq, &m[3], 1), 0);
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
	assert_int_equal(format->prepare(&txq, m, 3), 3);
	dualbuf_txq_limit(&txq, 1018);
	assert_int_equal(format->prepare(&txq, m, 3), 2);
	assert_int_equal(rte_errno, EINVAL);
	m[1]->ol_flags |= RTE_MBUF_F_TX_VLAN;
	assert_int_equal(format->prepare(&txq, m, 3), 1);
	dualbuf_txq_limit(&txq, 1022);
	assert_int_equal(format->prepare(&txq, m, 3), 3);
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
	assert_int_equal(format->prepare(&txq, &m[1], 1), taken ? 1 : 0);
	assert_int_equal(format->prepare(&txq, m, 3), taken ? 3 : 1);
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
	if (!DUALBUF_TXC_HAS_SCTP)
		assert_prepared(RTE_MBUF_F_TX_SCTP_CKSUM | RTE_MBUF_F_TX_IPV4, false);
}

/* Requests for headers ------------------------------------------------------------------------- */

/* Of each format: bytes of headers that a context can tell of, and what is segmented. */
#ifdef _DUALBUF_DESC_ADV_H_
#define MAX_HEADERS 512
#define MIN_MSS 1
#define MAX_PAYLOAD 0x3ffff
#else
#define MAX_HEADERS 255
#define MIN_MSS 17
#define MAX_PAYLOAD 0xfffff
#endif

/* A frame of a kind in an mbuf, which asks for its sums. */
static struct rte_mbuf *
frame_of(const struct l4_kind *kind)
{
	struct rte_mbuf *m = test_alloc(app);

	m->data_len = l4_put(kind, rte_pktmbuf_mtod(m, uint8_t *));
	m->pkt_len = m->data_len;
	l4_ask(kind, m);
	return m;
}

static struct rte_mbuf *
frame_of_tso(void)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 1000 };
	struct rte_mbuf *m = frame_of(&kind);

	l4_ask_tso(&kind, m, 100);
	return m;
}

static int
error_of(struct rte_mbuf *m)
{
	rte_errno = 0;
	if (format->prepare(&txq, &m, 1) == 1)
		assert_int_equal(rte_errno, 0);
	else
		assert_int_not_equal(rte_errno, 0);
	rte_pktmbuf_free(m);
	return rte_errno;
}

/* The device adds the rest to it; nothing else is written. */
static void
prepare_puts_the_sum_of_the_pseudo_header_in_place(void **state)
{
	uint8_t wanted[L4_MAX_HEADERS + 100], *l3, *l4;
	struct l4_kind kind;
	struct rte_mbuf *m;
	unsigned int i;
	uint16_t sum;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (i = 0; i < L4_KINDS; i++) {
		kind = l4_kind_of(i, 100);
		m = frame_of(&kind);
		memcpy(wanted, rte_pktmbuf_mtod(m, void *), m->data_len);
		l3 = wanted + m->l2_len;
		l4 = l3 + m->l3_len;
		sum = kind.is_ipv6 ? rte_ipv6_phdr_cksum((struct rte_ipv6_hdr *)l3, 0) :
				     rte_ipv4_phdr_cksum((struct rte_ipv4_hdr *)l3, 0);
		memcpy(l4 + (kind.is_tcp ? 16 : 6), &sum, sizeof(sum));
		if (!kind.is_ipv6)
			memset(l3 + 10, 0, 2);
		assert_int_equal(format->prepare(&txq, &m, 1), 1);
		assert_memory_equal(rte_pktmbuf_mtod(m, void *), wanted, m->data_len);
		rte_pktmbuf_free(m);
	}
}

/* Each frame that is made of the packet has a length of its own. */
static void
for_segmentation_that_sum_is_without_the_length(void **state)
{
	struct rte_mbuf *m = frame_of_tso();
	const struct rte_ipv4_hdr *ip4 = rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, 14);
	uint16_t sum;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_int_equal(format->prepare(&txq, &m, 1), 1);
	memcpy(&sum, rte_pktmbuf_mtod_offset(m, void *, 34 + 16), sizeof(sum));
	assert_int_equal(sum, rte_ipv4_phdr_cksum(ip4, RTE_MBUF_F_TX_TCP_SEG));
	rte_pktmbuf_free(m);
}

/* One field of a good request is set to a value. */
#define assert_refused(make, field, value, error) \
	do { \
		struct rte_mbuf *_m = (make); \
\
		_m->field = (value); \
		assert_int_equal(error_of(_m), error); \
	} while (0)

static void
prepare_refuses_lengths_that_are_missing_or_lie(void **state)
{
	static const struct l4_kind tcp4 = { .is_tcp = true, .payload = 600 };
	static const struct l4_kind udp4 = { .payload = 0 };
	static const struct l4_kind udp6 = { .is_ipv6 = true, .payload = 200 };

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_refused(frame_of(&tcp4), l2_len, 14, 0);
	assert_refused(frame_of(&tcp4), l2_len, 0, EINVAL);
	assert_refused(frame_of(&tcp4), l2_len, 13, EINVAL);
	assert_refused(frame_of(&tcp4), l3_len, 0, EINVAL);
	assert_refused(frame_of(&tcp4), l3_len, 19, EINVAL);
	assert_refused(frame_of(&udp6), l3_len, 39, EINVAL);
	assert_refused(frame_of(&udp6), l3_len, 40, 0);
	/* all that a context can tell of */
	assert_refused(frame_of(&tcp4), l3_len, MAX_HEADERS - 14 - 20, 0);
	assert_refused(frame_of(&tcp4), l3_len, MAX_HEADERS + 1 - 14 - 20, EINVAL);
	assert_refused(frame_of(&tcp4), l3_len, 511, EINVAL);
	/* a header that the packet has no room for */
	assert_refused(frame_of(&udp4), l3_len, 20, 0);
	assert_refused(frame_of(&udp4), l3_len, 21, EINVAL);
	/* the length of a TCP header is of no use but to segment */
	assert_refused(frame_of(&tcp4), l4_len, 0, 0);
}

/* A frame whose IP header begins so far from its beginning, as in a tunnel, and whose headers end there. */
static struct rte_mbuf *
frame_deep(uint32_t l3, uint32_t end)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 600 };
	struct rte_mbuf *m = frame_of(&kind);

	m->ol_flags |= RTE_MBUF_F_TX_OUTER_IPV4;
	m->outer_l2_len = 14;
	m->outer_l3_len = l3 - 14 - m->l2_len;
	m->l3_len = end - l3 - 20;
	return m;
}

/* The advanced format has the length of what is before the IP header, in 7 bits; and room for a tag to come. */
static void
prepare_refuses_headers_that_are_too_deep(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_int_equal(error_of(frame_deep(127, 180)), 0);
	assert_int_equal(error_of(frame_deep(128, 180)), DUALBUF_TXC_HAS_TAG ? EINVAL : 0);
	m = frame_deep(60, MAX_HEADERS - 4);
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	assert_int_equal(error_of(m), 0);
	m = frame_deep(60, MAX_HEADERS);
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	assert_int_equal(error_of(m), DUALBUF_TXC_HAS_TAG ? EINVAL : 0);
}

/* A sum over the whole packet has the place of the sum in it, as 0. */
static void
prepare_clears_the_sum_of_sctp(void **state)
{
	static const struct l4_kind kind = { .payload = 60 };
	uint8_t wanted[L4_MAX_HEADERS + 60];
	struct rte_mbuf *m;

	(void)state;
	if (!DUALBUF_TXC_HAS_SCTP)
		skip();
	make_txq(NB_DESC, 1, 8, false);
	m = frame_of(&kind);
	m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_SCTP_CKSUM;
	memset(rte_pktmbuf_mtod_offset(m, void *, 34 + 8), 0xa5, 4);
	memcpy(wanted, rte_pktmbuf_mtod(m, void *), m->data_len);
	memset(wanted + 34 + 8, 0, 4);
	assert_int_equal(format->prepare(&txq, &m, 1), 1);
	assert_memory_equal(rte_pktmbuf_mtod(m, void *), wanted, m->data_len);
	/* its header has 12 bytes */
	m->l3_len = m->pkt_len - 14 - 12;
	assert_int_equal(format->prepare(&txq, &m, 1), 1);
	m->l3_len++;
	assert_int_equal(error_of(m), EINVAL);
}

static void
prepare_refuses_flags_that_do_not_go_together(void **state)
{
	static const struct l4_kind tcp4 = { .is_tcp = true };
	static const struct l4_kind tcp6 = { .is_tcp = true, .is_ipv6 = true };

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_refused(frame_of(&tcp4), ol_flags, RTE_MBUF_F_TX_TCP_CKSUM, EINVAL);
	assert_refused(frame_of(&tcp4), ol_flags, RTE_MBUF_F_TX_IP_CKSUM, EINVAL);
	assert_refused(frame_of(&tcp6), ol_flags, RTE_MBUF_F_TX_IPV6 | RTE_MBUF_F_TX_IP_CKSUM,
			EINVAL);
	assert_refused(frame_of_tso(), ol_flags, RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_TCP_SEG,
			EINVAL);
	assert_refused(frame_of_tso(), ol_flags,
			RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_SEG, 0);
	assert_refused(frame_of_tso(), ol_flags,
			RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_TCP_SEG |
					RTE_MBUF_F_TX_TUNNEL_VXLAN,
			ENOTSUP);
}

static void
prepare_refuses_segmentation_that_the_hardware_cannot_do(void **state)
{
	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	assert_refused(frame_of_tso(), tso_segsz, 0, EINVAL);
	assert_refused(frame_of_tso(), tso_segsz, MIN_MSS - 1, EINVAL);
	assert_refused(frame_of_tso(), tso_segsz, MIN_MSS, 0);
	assert_refused(frame_of_tso(), tso_segsz, 9230 - 54, 0);
	assert_refused(frame_of_tso(), tso_segsz, 9231 - 54, EINVAL);
	assert_refused(frame_of_tso(), l4_len, 19, EINVAL);
	assert_refused(frame_of_tso(), l4_len, 255 - 34, 0);
	assert_refused(frame_of_tso(), pkt_len, 54, EINVAL);
	assert_refused(frame_of_tso(), pkt_len, 55, 0);
	assert_refused(frame_of_tso(), pkt_len, 54 + MAX_PAYLOAD, 0);
	assert_refused(frame_of_tso(), pkt_len, 54 + MAX_PAYLOAD + 1, EINVAL);
}

/* Headers are written to, which may not be done beyond the first segment. */
static void
prepare_takes_headers_in_the_first_segment_alone(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 60 };
	struct rte_mbuf *m;
	uint16_t first;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (first = 33; first < 60; first++) {
		m = frame_of(&kind);
		m->next = test_alloc_chain(app, 1, m->pkt_len - first);
		m->nb_segs = 2;
		m->data_len = first;
		assert_int_equal(error_of(m), first < 54 ? ENOTSUP : 0);
	}
}

/* A context has a descriptor of its own. */
static void
a_packet_that_needs_a_context_may_have_one_segment_less(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true };
	struct rte_mbuf *m;
	unsigned int nb_segs;

	(void)state;
	make_txq(NB_DESC, 1, 8, false);
	for (nb_segs = NB_DESC - 2; nb_segs <= NB_DESC; nb_segs++) {
		m = test_alloc_chain(app, nb_segs, 60);
		assert_int_equal(error_of(m), nb_segs < NB_DESC ? 0 : EINVAL);
		m = test_alloc_chain(app, nb_segs, 60);
		m->ol_flags |= RTE_MBUF_F_TX_VLAN;
		assert_int_equal(error_of(m), nb_segs < NB_DESC - DUALBUF_TXC_HAS_TAG ? 0 : EINVAL);
		m = test_alloc_chain(app, nb_segs, 60);
		l4_put(&kind, rte_pktmbuf_mtod(m, uint8_t *));
		l4_ask(&kind, m);
		assert_int_equal(error_of(m), nb_segs < NB_DESC - 1 ? 0 : EINVAL);
	}
}

static const struct CMUnitTest tests[] = {
	with_pools(prepare_stops_at_what_cannot_be_sent),
	with_pools(prepare_stops_at_a_packet_longer_than_the_limit),
	with_pools(prepare_takes_flags_that_only_say_what_a_packet_is),
	with_pools(prepare_refuses_every_flag_that_asks_for_what_is_not_offered),
	with_pools(prepare_puts_the_sum_of_the_pseudo_header_in_place),
	with_pools(for_segmentation_that_sum_is_without_the_length),
	with_pools(prepare_refuses_lengths_that_are_missing_or_lie),
	with_pools(prepare_refuses_headers_that_are_too_deep),
	with_pools(prepare_clears_the_sum_of_sctp),
	with_pools(prepare_refuses_flags_that_do_not_go_together),
	with_pools(prepare_refuses_segmentation_that_the_hardware_cannot_do),
	with_pools(prepare_takes_headers_in_the_first_segment_alone),
	with_pools(a_packet_that_needs_a_context_may_have_one_segment_less),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
