/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The fields of a received mbuf. */

#include "dualbuf_test.h"
#include "rx_util.h"

#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>

#define VLAN (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED)

/* What the device found, and the flags for it. Of L4 it sums up all but fragments, which have UDPCS alone. */
static const struct {
	uint32_t status;
	uint64_t flags;
} findings[] = {
	{ 0, 0 },
	{ DUALBUF_RXD_IPCS, RTE_MBUF_F_RX_IP_CKSUM_GOOD },
	{ DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE, RTE_MBUF_F_RX_IP_CKSUM_BAD },
	{ DUALBUF_RXD_L4CS, RTE_MBUF_F_RX_L4_CKSUM_GOOD },
	{ DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E, RTE_MBUF_F_RX_L4_CKSUM_BAD },
	{ DUALBUF_RXD_L4CS | DUALBUF_RXD_UDPCS, RTE_MBUF_F_RX_L4_CKSUM_GOOD },
	{ DUALBUF_RXD_UDPCS, 0 },
	{ DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E,
			RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_BAD },
	/* errors count only where the device looked */
	{ DUALBUF_RXD_IPE | DUALBUF_RXD_L4E, 0 },
#ifdef DUALBUF_RXD_IXSM
	{ DUALBUF_RXD_IXSM | DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS, 0 },
	{ DUALBUF_RXD_IXSM | DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS | DUALBUF_RXD_IPE |
					DUALBUF_RXD_L4E,
			0 },
#endif
	{ DUALBUF_RXD_VP, VLAN },
	{ DUALBUF_RXD_VP | DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS,
			VLAN | RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD },
};

/* A packet that the device says this of is this to an application. */
static void
assert_finding(uint32_t status, uint32_t types, uint64_t flags, uint32_t ptype)
{
	const struct test_wb wb = {
		.status = GOOD | status,
		.types = types,
		.rss = 0x51ccc178,
		.length = 100,
		.vlan = 0xa123,
	};
	uint32_t pos = device_head;
	struct rte_mbuf *m;

	device_writes_part(sent++, 0, 100, DUALBUF_RXD_EOP);
	write_back_all(pos, &wb);
	m = receive_one();
	assert_next_frame(m, 100);
	assert_int_equal(m->ol_flags, flags);
	assert_int_equal(m->packet_type, ptype);
	if (flags & RTE_MBUF_F_RX_VLAN)
		assert_int_equal(m->vlan_tci, 0xa123);
	if (flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(m->hash.rss, 0x51ccc178);
	rte_pktmbuf_free(m);
}

static void
what_the_device_found_is_in_the_mbuf_and_nothing_of_the_last(void **state)
{
	const struct test_types *t;
	unsigned int i, finding;

	(void)state;
	/* several times round, so that each mbuf has been every other case */
	for (i = 0; i < 23 * RTE_DIM(findings) * RTE_DIM(test_types); i++) {
		finding = i * 5 % RTE_DIM(findings);
		t = &test_types[i % RTE_DIM(test_types)];
		assert_finding(findings[finding].status, t->types,
				findings[finding].flags | t->flags, t->ptype);
	}
}

/* Is this type among those that are announced when the device hashes these? */
static bool
is_announced(uint64_t hashed, uint32_t ptype)
{
	const uint32_t *types = test_format->ptypes(hashed);

	while (*types != RTE_PTYPE_UNKNOWN && *types != ptype)
		types++;
	return *types == ptype;
}

/* A type is announced when every packet to which it applies would carry it, and only then. */
static void
types_are_announced_that_every_packet_has_to_which_they_apply(void **state)
{
	const uint64_t bits[] = { RTE_ETH_RSS_IPV4, RTE_ETH_RSS_NONFRAG_IPV4_TCP, RTE_ETH_RSS_IPV6,
		RTE_ETH_RSS_NONFRAG_IPV6_TCP };
	const uint32_t layers[] = { RTE_PTYPE_L2_MASK, RTE_PTYPE_L3_MASK, RTE_PTYPE_L4_MASK,
		RTE_PTYPE_TUNNEL_MASK, RTE_PTYPE_INNER_L2_MASK, RTE_PTYPE_INNER_L3_MASK,
		RTE_PTYPE_INNER_L4_MASK };
	unsigned int set, i, layer;
	uint64_t hashed;
	uint32_t ptype;

	(void)state;
	for (set = 0; set < 16; set++) {
		for (hashed = 0, i = 0; i < 4; i++)
			hashed |= set >> i & 1 ? bits[i] : 0;
		for (layer = 0; layer < RTE_DIM(layers); layer++) {
			for (i = 1; i < 16; i++) {
				ptype = i * (layers[layer] / 15);
				assert_int_equal(is_announced(hashed, ptype),
						test_is_announced(hashed, ptype));
			}
		}
	}
}

static void
a_long_packet_has_its_findings_from_the_last_descriptor(void **state)
{
	/* in formats with hashes the last in the list is hashed */
	const struct test_types *t = &test_types[RTE_DIM(test_types) - 1];
	const struct test_wb wb = {
		.status = GOOD | DUALBUF_RXD_L4CS,
		.types = t->types,
		.rss = 77,
		.length = 20,
	};
	struct rte_mbuf *m;

	(void)state;
	device_writes_part(sent, 0, BUF_SIZE, DUALBUF_RXD_VP | DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE);
	device_writes_part(sent++, BUF_SIZE, 20, DUALBUF_RXD_EOP);
	write_back_all(1, &wb);
	m = receive_one();
	assert_next_frame(m, BUF_SIZE + 20);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_RX_L4_CKSUM_GOOD | t->flags);
	assert_int_equal(m->packet_type, t->ptype);
	if (t->flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(m->hash.rss, 77);
	assert_int_equal(m->next->ol_flags, 0);
	rte_pktmbuf_free(m);
}

static void
an_empty_frame_is_a_packet(void **state)
{
	(void)state;
	device_writes(0);
	receive_and_free(0);
	assert_int_equal(rxq.stats.packets, 1);
}

static void
mbufs_are_fresh_whatever_was_done_to_them(void **state)
{
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	for (i = 0; i < 6 * NB_DESC; i++) {
		device_writes(64);
		m = receive_one();
		assert_next_frame(m, 64);
		assert_int_equal(m->ol_flags, 0);
		assert_int_equal(rte_mbuf_refcnt_read(m), 1);
		assert_null(m->next);
		m->port = 3;
		m->ol_flags = RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_TX_TCP_SEG;
		m->packet_type = UINT32_MAX;
		m->vlan_tci = 0xffff;
		if (i % 3 == 0)
			rte_pktmbuf_adj(m, 20);
		if (i % 3 == 1)
			rte_pktmbuf_prepend(m, 60);
		if (i % 3 == 2)
			m->data_off = 0;
		rte_pktmbuf_free(m);
	}
}

static void
each_packet_has_the_stamp_of_its_last_descriptor(void **state)
{
	uint64_t stamps[NB_DESC] = { 0 }, flag;
	struct rte_mbuf *m;
	int offset;

	(void)state;
	assert_int_equal(dualbuf_rx_timestamp_register(), 0);
	assert_int_equal(dualbuf_rx_timestamp_register(), 0);
	assert_int_equal(rte_mbuf_dyn_rx_timestamp_register(&offset, &flag), 0);
	rxq.timestamps = stamps;
	stamps[0] = 1;
	stamps[1] = 1700000000123456789;
	device_writes(BUF_SIZE + 1);
	assert_int_equal(dualbuf_rx_burst_with(test_format, path, RX_TIMESTAMP)(&rxq, &m, 1), 1);
	assert_next_frame(m, BUF_SIZE + 1);
	assert_int_equal(m->ol_flags, flag);
	assert_int_equal(*RTE_MBUF_DYNFIELD(m, offset, rte_mbuf_timestamp_t *), stamps[1]);
	rte_pktmbuf_free(m);
}

/* Of a device that gives packet types each packet has that of its last descriptor, whatever its hash says. */
static void
each_packet_has_the_type_of_its_last_descriptor(void **state)
{
	const uint32_t features[] = { RX_PTYPE, RX_PTYPE | RX_DEFERRED };
	uint32_t ptypes[NB_DESC], frame, i;
	struct rte_mbuf *m[8];

	(void)state;
	rxq.ptypes = ptypes;
	for (i = 0; i < NB_DESC; i++)
		ptypes[i] = 0x1000 * i + RTE_PTYPE_L2_ETHER_VLAN;
	device_writes(BUF_SIZE + 1);
	assert_int_equal(dualbuf_rx_burst_with(test_format, path, RX_PTYPE)(&rxq, m, 1), 1);
	assert_int_equal(m[0]->packet_type, ptypes[1]);
	assert_next_frame(m[0], BUF_SIZE + 1);
	rte_pktmbuf_free(m[0]);
	for (i = 0; i < 2; i++) {
		device_writes_frames(8);
		assert_int_equal(dualbuf_rx_burst_with(test_format, path, features[i])(&rxq, m, 8),
				8);
		for (frame = 0; frame < 8; frame++)
			assert_int_equal(m[frame]->packet_type, ptypes[2 + 8 * i + frame]);
		rte_pktmbuf_free_bulk(m, 8);
	}
}

static const struct CMUnitTest tests[] = {
	with_rxq(what_the_device_found_is_in_the_mbuf_and_nothing_of_the_last),
	with_rxq(types_are_announced_that_every_packet_has_to_which_they_apply),
	with_rxq(a_long_packet_has_its_findings_from_the_last_descriptor),
	with_rxq(an_empty_frame_is_a_packet),
	with_rxq(mbufs_are_fresh_whatever_was_done_to_them),
	with_rxq(each_packet_has_the_stamp_of_its_last_descriptor),
	with_rxq(each_packet_has_the_type_of_its_last_descriptor),
};

RX_MAIN(tests)
