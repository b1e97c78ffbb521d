/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Write-backs of the advanced format that do not mean what they say. */

#include "dualbuf_test.h"
#include "rx_util.h"

#define BATCH 8

/* Receive a batch of such packets; the caller frees them. */
static void
receive_batch(const struct test_wb *wb, struct rte_mbuf **m)
{
	unsigned int i;

	for (i = 0; i < BATCH; i++) {
		write_back_all(device_head, wb);
		device_head = next_pos(device_head);
	}
	assert_int_equal(burst(m, BATCH), BATCH);
}

static void
assert_tags(uint32_t status, uint16_t tag, bool swapped)
{
	const struct test_wb wb = {
		.status = GOOD | DUALBUF_RXD_VP | status,
		.length = 100,
		.vlan = tag,
	};
	struct rte_mbuf *m[BATCH];
	unsigned int i;

	receive_batch(&wb, m);
	for (i = 0; i < BATCH; i++)
		assert_int_equal(m[i]->vlan_tci, swapped ? rte_bswap16(tag) : tag);
	rte_pktmbuf_free_bulk(m, BATCH);
}

/* Of the I350 and its virtual functions; what other controllers loop back has its tag as it should be. */
static void
tags_of_packets_from_the_device_itself_are_swapped_where_it_swaps_them(void **state)
{
	(void)state;
	assert_tags(0, 0x2301, false);
	assert_tags(DUALBUF_RXD_LB, 0x2301, false);
	rxq.tags_swapped = true;
	assert_tags(0, 0x2301, false);
	assert_tags(DUALBUF_RXD_LB, 0x2301, true);
	assert_tags(DUALBUF_RXD_LB | DUALBUF_RXD_IPCS, 0xf00a, true);
	assert_all_armed();
}

static void
assert_l4_flag(uint32_t type, uint32_t status, uint16_t len, uint64_t flag)
{
	const struct test_wb wb = {
		.status = GOOD | DUALBUF_RXD_L4CS | status,
		.types = DUALBUF_RXD_TYPE_IPV4 | type,
		.length = len,
	};
	struct rte_mbuf *m[BATCH];
	unsigned int i;

	receive_batch(&wb, m);
	for (i = 0; i < BATCH; i++)
		assert_int_equal(m[i]->ol_flags, flag);
	rte_pktmbuf_free_bulk(m, BATCH);
}

static void
checksums_of_the_shortest_sctp_packets_are_not_called_bad(void **state)
{
	const uint32_t sctp = DUALBUF_RXD_TYPE_SCTP, tcp = DUALBUF_RXD_TYPE_TCP;

	(void)state;
	assert_l4_flag(sctp, 0, 60, RTE_MBUF_F_RX_L4_CKSUM_GOOD);
	assert_l4_flag(sctp, DUALBUF_RXD_L4E, 60, RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN);
	/* with CRC */
	assert_l4_flag(sctp, DUALBUF_RXD_L4E, 64, RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN);
	assert_l4_flag(sctp, DUALBUF_RXD_L4E, 65, RTE_MBUF_F_RX_L4_CKSUM_BAD);
	assert_l4_flag(tcp, DUALBUF_RXD_L4E, 60, RTE_MBUF_F_RX_L4_CKSUM_BAD);
	assert_all_armed();
}

static const struct CMUnitTest tests[] = {
	with_rxq(tags_of_packets_from_the_device_itself_are_swapped_where_it_swaps_them),
	with_rxq(checksums_of_the_shortest_sctp_packets_are_not_called_bad),
};

RX_MAIN(tests)
