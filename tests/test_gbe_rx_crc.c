/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packets that the device has left their CRC: it stands behind their ends. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <rte_eal.h>
#include <rte_mbuf.h>

#include "gbe_rx_crc.h"

#define MAX_SEGS 4

static struct rte_mempool *mp;

/* A packet of segments of these lengths, up to a 0. */
static struct rte_mbuf *
packet_of(const uint16_t lens[MAX_SEGS])
{
	struct rte_mbuf *pkt = NULL, *m;
	unsigned int i;

	for (i = 0; i < MAX_SEGS && (i == 0 || lens[i] != 0); i++) {
		m = rte_pktmbuf_alloc(mp);
		assert_non_null(m);
		assert_non_null(rte_pktmbuf_append(m, lens[i]));
		if (pkt == NULL)
			pkt = m;
		else
			assert_int_equal(rte_pktmbuf_chain(pkt, m), 0);
	}
	return pkt;
}

static void
assert_hidden(const uint16_t lens[MAX_SEGS], const uint16_t left[MAX_SEGS])
{
	struct rte_mbuf *pkt = packet_of(lens);
	const struct rte_mbuf *m;
	uint32_t total = 0;
	const char *reason;
	unsigned int i = 0;

	gbe_rx_hide_crc(pkt);
	for (m = pkt; m != NULL; m = m->next, i++) {
		assert_int_equal(m->data_len, left[i]);
		total += m->data_len;
	}
	assert_true(i == MAX_SEGS || left[i] == 0 || i == 1);
	assert_int_equal(pkt->pkt_len, total);
	assert_int_equal(pkt->nb_segs, i);
	assert_int_equal(rte_mbuf_check(pkt, 1, &reason), 0);
	rte_pktmbuf_free(pkt);
	assert_int_equal(rte_mempool_avail_count(mp), mp->size);
}

#define HIDDEN(...) assert_hidden((const uint16_t[MAX_SEGS])__VA_ARGS__)

static void
the_end_of_a_packet_of_one_buffer_is_before_the_crc(void **state)
{
	(void)state;
	HIDDEN({ 64 }, (const uint16_t[MAX_SEGS]){ 60 });
	HIDDEN({ 5 }, (const uint16_t[MAX_SEGS]){ 1 });
}

static void
a_crc_may_lie_in_two_buffers_and_one_of_its_own(void **state)
{
	(void)state;
	HIDDEN({ 256, 100 }, (const uint16_t[MAX_SEGS]){ 256, 96 });
	HIDDEN({ 256, 5 }, (const uint16_t[MAX_SEGS]){ 256, 1 });
	HIDDEN({ 256, 4 }, (const uint16_t[MAX_SEGS]){ 256 });
	HIDDEN({ 256, 1 }, (const uint16_t[MAX_SEGS]){ 253 });
	HIDDEN({ 256, 256, 3 }, (const uint16_t[MAX_SEGS]){ 256, 255 });
}

/* No device does that; what one says is not trusted. */
static void
less_than_a_crc_is_an_empty_packet(void **state)
{
	(void)state;
	HIDDEN({ 4 }, (const uint16_t[MAX_SEGS]){ 0 });
	HIDDEN({ 3 }, (const uint16_t[MAX_SEGS]){ 0 });
	HIDDEN({ 1, 1, 1 }, (const uint16_t[MAX_SEGS]){ 0 });
}

static int
set_up_group(void **state)
{
	char *argv[] = { (char *)(uintptr_t) "test", (char *)(uintptr_t) "--no-huge",
		(char *)(uintptr_t) "--no-pci", (char *)(uintptr_t) "--no-shconf",
		(char *)(uintptr_t) "--no-telemetry", (char *)(uintptr_t) "-m64" };

	(void)state;
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		return -1;
	mp = rte_pktmbuf_pool_create("packets", 63, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	return mp == NULL ? -1 : 0;
}

static int
tear_down_group(void **state)
{
	(void)state;
	rte_mempool_free(mp);
	return rte_eal_cleanup();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_of_a_packet_of_one_buffer_is_before_the_crc),
		cmocka_unit_test(a_crc_may_lie_in_two_buffers_and_one_of_its_own),
		cmocka_unit_test(less_than_a_crc_is_an_empty_packet),
	};

	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
