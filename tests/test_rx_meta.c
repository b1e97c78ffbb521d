/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The fields of a received mbuf. */

#include "dualbuf_test.h"
#include "rx_util.h"

#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>

struct offload_case {
	uint32_t status;
	uint32_t mrq;
	uint64_t flags;
	uint32_t ptype;
};

static const struct offload_case offload_cases[] = {
	{ 0, 0, 0, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_IPCS, 0, RTE_MBUF_F_RX_IP_CKSUM_GOOD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE, 0, RTE_MBUF_F_RX_IP_CKSUM_BAD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_L4CS, 0, RTE_MBUF_F_RX_L4_CKSUM_GOOD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E, 0, RTE_MBUF_F_RX_L4_CKSUM_BAD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E, 0,
			RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_BAD,
			RTE_PTYPE_L2_ETHER },
	/* errors count only where the device looked */
	{ DUALBUF_RXD_IPE | DUALBUF_RXD_L4E, 0, 0, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_VP, 0, RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, RTE_PTYPE_L2_ETHER },
	{ 0, DUALBUF_RXD_RSS_IPV4, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN },
	{ 0, DUALBUF_RXD_RSS_TCP4, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP },
	{ 0, DUALBUF_RXD_RSS_IPV6, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN },
	{ 0, DUALBUF_RXD_RSS_TCP6, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_TCP },
	{ DUALBUF_RXD_VP | DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS, DUALBUF_RXD_RSS_TCP4,
			RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_RSS_HASH |
					RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP },
};

static void
assert_offload(const struct offload_case *t)
{
	uint32_t pos = device_head;
	struct rte_mbuf *m;

	device_writes_part(sent++, 0, 64, DUALBUF_RXD_EOP | t->status);
	/* other bits of this word are none of ours */
	rxq.desc[pos].wb.mrq = rte_cpu_to_le_32(0x7ff0u | t->mrq);
	rxq.desc[pos].wb.rss = rte_cpu_to_le_32(0x51ccc178);
	rxq.desc[pos].wb.vlan = rte_cpu_to_le_16(0xa123);
	m = receive_one();
	assert_next_frame(m, 64);
	assert_int_equal(m->ol_flags, t->flags);
	assert_int_equal(m->packet_type, t->ptype);
	if (t->flags & RTE_MBUF_F_RX_VLAN)
		assert_int_equal(m->vlan_tci, 0xa123);
	if (t->flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(m->hash.rss, 0x51ccc178);
	rte_pktmbuf_free(m);
}

static void
what_the_device_found_is_in_the_mbuf_and_nothing_of_the_last(void **state)
{
	unsigned int i;

	(void)state;
	/* twice round, so that each mbuf has been every other case */
	for (i = 0; i < 7 * NB_DESC; i++)
		assert_offload(&offload_cases[i * 5 % RTE_DIM(offload_cases)]);
}

static void
types_of_hash_that_nobody_defined_do_no_harm(void **state)
{
	const struct offload_case unknown = { .flags = RTE_MBUF_F_RX_RSS_HASH };
	struct offload_case t = unknown;
	unsigned int type;

	(void)state;
	/* what the 82574L does not define has no packet type */
	for (type = 6; type <= DUALBUF_RXD_RSS_MASK; type++) {
		t.mrq = type;
		assert_offload(&t);
	}
}

/* Is this type among those that are announced when the device hashes these? */
static bool
is_announced(uint64_t rss_types, uint32_t ptype)
{
	const uint32_t *types = dualbuf_rx_ptypes(rss_types);

	while (*types != RTE_PTYPE_UNKNOWN && *types != ptype)
		types++;
	return *types == ptype;
}

/* A type is announced when every packet to which it applies would carry it, and only then. */
static void
types_are_announced_by_what_is_hashed(void **state)
{
	const uint64_t bits[] = { RTE_ETH_RSS_IPV4, RTE_ETH_RSS_NONFRAG_IPV4_TCP, RTE_ETH_RSS_IPV6,
		RTE_ETH_RSS_NONFRAG_IPV6_TCP };
	unsigned int set, i;
	uint64_t types;

	(void)state;
	for (set = 0; set < 16; set++) {
		types = 0;
		for (i = 0; i < 4; i++)
			types |= set >> i & 1 ? bits[i] : 0;
		assert_true(is_announced(types, RTE_PTYPE_L2_ETHER));
		assert_int_equal(is_announced(types, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN), set & 1);
		assert_int_equal(is_announced(types, RTE_PTYPE_L3_IPV6_EXT_UNKNOWN), set >> 2 & 1);
		assert_int_equal(is_announced(types, RTE_PTYPE_L4_TCP), set == 15);
	}
}

static void
a_long_packet_has_its_findings_from_the_last_descriptor(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	device_writes_part(sent, 0, BUF_SIZE, DUALBUF_RXD_VP | DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE);
	device_writes_part(sent++, BUF_SIZE, 20, DUALBUF_RXD_EOP | DUALBUF_RXD_L4CS);
	rxq.desc[1].wb.mrq = rte_cpu_to_le_32(DUALBUF_RXD_RSS_IPV4);
	rxq.desc[1].wb.rss = rte_cpu_to_le_32(77);
	m = receive_one();
	assert_next_frame(m, BUF_SIZE + 20);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_RX_L4_CKSUM_GOOD | RTE_MBUF_F_RX_RSS_HASH);
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
	assert_int_equal(
			dualbuf_rx_burst_with(&dualbuf_rx_ext, path, RX_TIMESTAMP)(&rxq, &m, 1), 1);
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
	assert_int_equal(dualbuf_rx_burst_with(&dualbuf_rx_ext, path, RX_PTYPE)(&rxq, m, 1), 1);
	assert_int_equal(m[0]->packet_type, ptypes[1]);
	assert_next_frame(m[0], BUF_SIZE + 1);
	rte_pktmbuf_free(m[0]);
	for (i = 0; i < 2; i++) {
		device_writes_frames(8);
		assert_int_equal(dualbuf_rx_burst_with(&dualbuf_rx_ext, path, features[i])(
						 &rxq, m, 8),
				8);
		for (frame = 0; frame < 8; frame++)
			assert_int_equal(m[frame]->packet_type, ptypes[2 + 8 * i + frame]);
		rte_pktmbuf_free_bulk(m, 8);
	}
}

static const struct CMUnitTest tests[] = {
	with_rxq(what_the_device_found_is_in_the_mbuf_and_nothing_of_the_last),
	with_rxq(types_of_hash_that_nobody_defined_do_no_harm),
	with_rxq(types_are_announced_by_what_is_hashed),
	with_rxq(a_long_packet_has_its_findings_from_the_last_descriptor),
	with_rxq(an_empty_frame_is_a_packet),
	with_rxq(mbufs_are_fresh_whatever_was_done_to_them),
	with_rxq(each_packet_has_the_stamp_of_its_last_descriptor),
	with_rxq(each_packet_has_the_type_of_its_last_descriptor),
};

RX_MAIN(tests)
