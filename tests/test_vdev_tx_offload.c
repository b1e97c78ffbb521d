/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Checksums and segments that are asked of the virtual NIC: what is in the file is right, byte by byte. */

#include <rte_gso.h>

#include "l4_util.h"
#include "out_util.h"

#define SUMS \
	(RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM | \
			RTE_ETH_TX_OFFLOAD_TCP_CKSUM)
#define ALL \
	(SUMS | RTE_ETH_TX_OFFLOAD_TCP_TSO | RTE_ETH_TX_OFFLOAD_VLAN_INSERT | \
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS)
#define TAG 0x6123
#define MSS 1300

static uint8_t frame[65536 + L4_MAX_HEADERS];

/* A packet of a kind, as an application has it. */
static struct rte_mbuf *
mbuf_of_kind(const struct l4_kind *kind, uint32_t max_seg)
{
	const struct packet packet = { .len = l4_put(kind, frame), .data = frame };

	return mbuf_of(vdev.pools[0], &packet, max_seg);
}

static void
ask_for_tag(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	m->vlan_tci = TAG;
}

/* What is in `frame` is wanted in the file, perhaps with a tag. */
static void
want(struct packets *wanted, uint32_t len, bool tagged)
{
	static const uint8_t tag[] = { 0x81, 0x00, TAG >> 8, TAG & 0xff };

	if (tagged) {
		memmove(frame + 16, frame + 12, len - 12);
		memcpy(frame + 12, tag, sizeof(tag));
		len += sizeof(tag);
	}
	packets_add(wanted, frame, len);
}

static void
send_prepared(uint16_t port, struct batch *batch)
{
	assert_int_equal(rte_eth_tx_prepare(port, 0, batch->m, batch->nb), batch->nb);
	send_all(port, 0, batch);
}

static void
add_kind(const struct l4_kind *kind, uint32_t max_seg, bool tagged, struct batch *batch,
		struct packets *wanted)
{
	struct rte_mbuf *m = mbuf_of_kind(kind, max_seg);
	uint32_t len = l4_put(kind, frame);

	l4_ask(kind, m);
	if (tagged)
		ask_for_tag(m);
	batch_add(batch, m);
	l4_put_sums(kind, frame);
	want(wanted, len, tagged);
}

static void
add_segmented(const struct l4_kind *kind, uint32_t max_seg, bool tagged, struct batch *batch,
		struct packets *wanted)
{
	struct rte_mbuf *m = mbuf_of_kind(kind, max_seg);
	unsigned int i;

	l4_ask_tso(kind, m, MSS);
	if (tagged)
		ask_for_tag(m);
	batch_add(batch, m);
	for (i = 0; i * MSS < kind->payload; i++)
		want(wanted, l4_put_segment(kind, MSS, i, frame), tagged);
}

/* Sums ----------------------------------------------------------------------------------------- */

static void
assert_sums(uint64_t offloads, uint32_t max_seg)
{
	static const uint32_t payloads[] = { 0, 1, 18, 333, 1446, 8999 };
	struct packets wanted = { 0 };
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	struct l4_kind kind;
	unsigned int i, k;

	vdev_start(port, .tx_offloads = offloads, .nb_tx_desc = 128);
	for (i = 0; i < L4_KINDS; i++) {
		for (k = 0; k < RTE_DIM(payloads); k++) {
			kind = l4_kind_of(i, payloads[k]);
			add_kind(&kind, max_seg, false, &batch, &wanted);
			add_kind(&kind, max_seg, true, &batch, &wanted);
		}
		send_prepared(port, &batch);
	}
	assert_int_equal(vdev_stats(port).opackets, wanted.nb);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	vdev_unplug(port);
	assert_file(out(), &wanted);
	assert_pool_full(vdev.pools[0]);
}

static void
sums_that_are_inserted_equal_those_of_the_library(void **state)
{
	(void)state;
	vdev_pool(4096);
	assert_sums(ALL, UINT32_MAX);
	assert_sums(ALL, 101);
	assert_sums(ALL | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE, 512);
}

static void
the_context_is_told_again_after_a_restart(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 99 };
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	unsigned int i;

	(void)state;
	vdev_pool(512);
	vdev_start(port, .tx_offloads = ALL);
	for (i = 0; i < 3; i++) {
		struct packets wanted = { 0 };

		add_kind(&kind, UINT32_MAX, false, &batch, &wanted);
		send_prepared(port, &batch);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_file(out(), &wanted);
		assert_int_equal(rte_eth_dev_start(port), 0);
	}
}

/* A clone of a prepared packet is sent, whose bytes are not the driver's alone. */
static void
send_clone(uint16_t port, struct batch *batch)
{
	static uint8_t before[2000];
	struct rte_mbuf *m = batch->m[0], *clone;
	uint32_t len = m->pkt_len;
	const void *data;

	batch->nb = 0;
	assert_int_equal(rte_eth_tx_prepare(port, 0, &m, 1), 1);
	assert_true(len <= sizeof(before));
	data = rte_pktmbuf_read(m, 0, len, before);
	if (data != before)
		memcpy(before, data, len);
	clone = rte_pktmbuf_clone(m, vdev.pools[0]);
	assert_non_null(clone);
	assert_int_equal(rte_eth_tx_burst(port, 0, &clone, 1), 1);
	assert_true(mbuf_equals(m, before, len));
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	rte_pktmbuf_free(m);
}

static void
packets_that_others_hold_stay_as_they_are(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = MSS + 500 };
	static const uint32_t max_segs[] = { 2000, 300 };
	struct packets wanted = { 0 };
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	unsigned int i, tagged;

	(void)state;
	vdev_pool(512);
	vdev_start(port, .tx_offloads = ALL);
	for (i = 0; i < RTE_DIM(max_segs); i++) {
		for (tagged = 0; tagged < 2; tagged++) {
			add_kind(&kind, max_segs[i], tagged, &batch, &wanted);
			send_clone(port, &batch);
			add_segmented(&kind, max_segs[i], tagged, &batch, &wanted);
			send_clone(port, &batch);
		}
	}
	vdev_unplug(port);
	assert_file(out(), &wanted);
	assert_pool_full(vdev.pools[0]);
}

/* Segments ------------------------------------------------------------------------------------- */

static uint64_t
bytes_of(const struct packets *packets)
{
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < packets->nb; i++)
		bytes += packets->all[i].len;
	return bytes;
}

/* Packets of all sorts between; statistics are of frames, as they are on the wire. */
static void
segments_are_right_in_every_byte_and_counted(void **state)
{
	static const uint32_t payloads[] = { 1, MSS, MSS + 1, 9999, 60000 };
	struct packets wanted = { 0 };
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	struct l4_kind kind;
	unsigned int i, k;

	(void)state;
	vdev_pool(4096);
	vdev_start(port, .tx_offloads = ALL, .nb_tx_desc = 256);
	for (i = 0; i < L4_KINDS; i += 2) {
		for (k = 0; k < RTE_DIM(payloads); k++) {
			kind = l4_kind_of(i, payloads[k]);
			add_segmented(&kind, 2000, false, &batch, &wanted);
			add_segmented(&kind, 999, true, &batch, &wanted);
			kind = l4_kind_of(i + 1, 100);
			add_kind(&kind, UINT32_MAX, true, &batch, &wanted);
		}
		send_prepared(port, &batch);
	}
	assert_int_equal(vdev_stats(port).opackets, wanted.nb);
	assert_int_equal(vdev_stats(port).obytes, bytes_of(&wanted));
	assert_int_equal(vdev_stats(port).oerrors, 0);
	vdev_unplug(port);
	assert_file(out(), &wanted);
	assert_pool_full(vdev.pools[0]);
}

/* What the library cuts, and the sums that it leaves to others. */
static void
want_by_gso(const struct l4_kind *kind, struct packets *wanted)
{
	const struct rte_gso_ctx ctx = {
		.direct_pool = vdev.pools[0],
		.indirect_pool = vdev.pools[0],
		.gso_types = RTE_ETH_TX_OFFLOAD_TCP_TSO,
		.gso_size = l4_headers_len(kind) + MSS,
	};
	struct rte_mbuf *m = mbuf_of_kind(kind, 2000), *segments[64];
	int nb, i;

	l4_ask_tso(kind, m, MSS);
	nb = rte_gso_segment(m, &ctx, segments, RTE_DIM(segments));
	assert_true(nb > 1);
	for (i = 0; i < nb; i++) {
		uint32_t len = segments[i]->pkt_len;
		const void *data = rte_pktmbuf_read(segments[i], 0, len, frame);

		assert_non_null(data);
		if (data != frame)
			memcpy(frame, data, len);
		l4_put_sums(kind, frame);
		want(wanted, len, false);
		rte_pktmbuf_free(segments[i]);
	}
	rte_pktmbuf_free(m);
}

/* It knows TCP over IPv4. */
static void
segments_equal_those_of_rte_gso(void **state)
{
	static const uint32_t payloads[] = { MSS + 1, 2 * MSS, 9999, 60000 };
	struct packets wanted = { 0 }, unused = { 0 };
	struct batch batch = { 0 };
	uint16_t port = plug_out();
	struct l4_kind kind;
	unsigned int i, k;

	(void)state;
	vdev_pool(4096);
	vdev_start(port, .tx_offloads = ALL, .nb_tx_desc = 256);
	for (i = 0; i < L4_KINDS; i += 2) {
		for (k = 0; k < RTE_DIM(payloads); k++) {
			kind = l4_kind_of(i, payloads[k]);
			if (kind.is_ipv6)
				continue;
			add_segmented(&kind, 2000, false, &batch, &unused);
			want_by_gso(&kind, &wanted);
		}
		send_prepared(port, &batch);
	}
	vdev_unplug(port);
	assert_file(out(), &wanted);
	assert_pool_full(vdev.pools[0]);
}

static const struct CMUnitTest tests[] = {
	vdev_test(sums_that_are_inserted_equal_those_of_the_library),
	vdev_test(the_context_is_told_again_after_a_restart),
	vdev_test(packets_that_others_hold_stay_as_they_are),
	vdev_test(segments_are_right_in_every_byte_and_counted),
	vdev_test(segments_equal_those_of_rte_gso),
};

VDEV_MAIN(tests)
