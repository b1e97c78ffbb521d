/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The receive path with damaged frames, and with a device that writes values that it may not. */

#include "dualbuf_test.h"
#include "rx_util.h"

static void
the_rest_of_a_dropped_packet_may_come_in_later_bursts(void **state)
{
	unsigned int i;

	(void)state;
	device_writes_part(99, 0, BUF_SIZE, 0);
	write_back(device_head, DUALBUF_RXD_DD, BUF_SIZE + 1);
	device_head = next_pos(device_head);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	for (i = 0; i < 5; i++) {
		device_writes_part(99, 0, BUF_SIZE, 0);
		assert_nothing_received();
		assert_all_armed();
	}
	device_writes_part(99, 0, BUF_SIZE, DUALBUF_RXD_EOP);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	assert_int_equal(test_queue_out(&queue), 0);
	device_writes(100);
	receive_and_free(100);
}

static void
a_length_beyond_the_buffer_is_an_error(void **state)
{
	static const uint16_t lengths[] = { BUF_SIZE + 1, 2048, 0x8000, UINT16_MAX };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lengths); i++) {
		write_back(device_head, GOOD, lengths[i]);
		device_head = next_pos(device_head);
		assert_nothing_received();
		assert_int_equal(rxq.stats.errors, i + 1);
		assert_all_armed();
	}
	assert_int_equal(rxq.stats.flips, 0);
	device_writes(BUF_SIZE);
	receive_and_free(BUF_SIZE);
}

/* The limit is within one buffer. */
static void
a_packet_longer_than_the_limit_is_dropped_and_counted_by_cause(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;

	(void)state;
	dualbuf_rxq_limit(&rxq, 100);
	for (i = 0; i < 3 * 8; i++) {
		if (i % 8 == 5)
			device_writes_part(99, 0, 101, DUALBUF_RXD_EOP);
		else
			device_writes(100);
	}
	assert_int_equal(burst(m, NB_DESC), 21);
	for (i = 0; i < 21; i++)
		assert_next_frame(m[i], 100);
	rte_pktmbuf_free_bulk(m, 21);
	assert_int_equal(rxq.stats.errors, 3);
	assert_int_equal(rxq.stats.too_long, 3);
	assert_int_equal(rxq.stats.packets, 21);
	/* a first part that is too long goes with the rest */
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, 10, DUALBUF_RXD_EOP);
	assert_nothing_received();
	assert_int_equal(rxq.stats.too_long, 4);
	device_writes_part(99, 0, 64, DUALBUF_RXD_EOP | DUALBUF_RXD_RXE);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 5);
	assert_int_equal(rxq.stats.too_long, 4);
	dualbuf_rxq_limit(&rxq, 101);
	device_writes(101);
	receive_and_free(101);
	assert_all_armed();
}

/* The limit is in the second of its buffers. */
static void
a_chain_longer_than_the_limit_is_dropped_whole(void **state)
{
	(void)state;
	dualbuf_rxq_limit(&rxq, BUF_SIZE + 10);
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, 11, DUALBUF_RXD_EOP);
	assert_nothing_received();
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, 1, DUALBUF_RXD_EOP);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 2);
	assert_int_equal(rxq.stats.too_long, 2);
	assert_int_equal(test_queue_out(&queue), 0);
	assert_all_armed();
	device_writes(BUF_SIZE + 10);
	receive_and_free(BUF_SIZE + 10);
}

static void
bytes_are_counted_without_the_crc_that_packets_have(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;

	(void)state;
	rxq.crc_len = 4;
	for (i = 0; i < 20; i++)
		device_writes(68);
	assert_int_equal(burst(m, NB_DESC), 20);
	for (i = 0; i < 20; i++)
		assert_next_frame(m[i], 68);
	rte_pktmbuf_free_bulk(m, 20);
	assert_int_equal(rxq.stats.packets, 20);
	assert_int_equal(rxq.stats.bytes, 20 * 64);
}

static void
damaged_frames_are_dropped_and_counted(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(test_damages); i++) {
		device_writes_part(99, 0, 64, DUALBUF_RXD_EOP | test_damages[i]);
		assert_nothing_received();
		assert_int_equal(rxq.stats.errors, i + 1);
		assert_all_armed();
	}
	device_writes(64);
	receive_and_free(64);
	assert_int_equal(rxq.stats.packets, 1);
}

static void
damage_that_is_reported_last_drops_the_whole_packet(void **state)
{
	(void)state;
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, 10, DUALBUF_RXD_EOP | DUALBUF_RXD_RXE);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	assert_int_equal(test_queue_out(&queue), 0);
	device_writes(64);
	receive_and_free(64);
}

static void
a_packet_without_end_is_dropped_after_a_round(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 5 * NB_DESC; i++) {
		device_writes_part(99, 0, BUF_SIZE, 0);
		assert_nothing_received();
		assert_all_armed();
		assert_int_equal(rxq.stats.errors, i < NB_DESC ? 0 : 1);
	}
	assert_int_equal(test_queue_out(&queue), 0);
	device_writes_part(99, 0, BUF_SIZE, DUALBUF_RXD_EOP);
	assert_nothing_received();
	device_writes(64);
	receive_and_free(64);
	assert_int_equal(rxq.stats.errors, 1);
}

static void
a_burst_goes_round_the_ring_once_at_the_most(void **state)
{
	struct rte_mbuf *m[4 * NB_DESC];
	unsigned int round;
	uint32_t pos;

	(void)state;
	for (round = 0; round < 100; round++) {
		for (pos = 0; pos < NB_DESC; pos++)
			write_back(pos, GOOD, 64);
		assert_int_equal(burst(m, 4 * NB_DESC), NB_DESC);
		assert_all_armed();
		rte_pktmbuf_free_bulk(m, NB_DESC);
	}
	assert_int_equal(test_queue_out(&queue), 0);
}

/* The device writes anywhere and anything, and whatever comes up is freed now or later. */
static void
write_anything(uint64_t *seed)
{
	uint32_t n = test_random_below(seed, NB_DESC + 1), i, pos;
	struct test_wb wb;

	for (i = 0; i < n; i++) {
		pos = test_random_below(seed, 4) == 0 ? test_random_below(seed, NB_DESC) :
							(rxq.ring->next.pos + i) % NB_DESC;
		wb = (struct test_wb){
			.status = (uint32_t)test_random(seed) | DUALBUF_RXD_DD,
			.types = (uint32_t)test_random(seed),
			.rss = (uint32_t)test_random(seed),
			.length = (uint16_t)test_random(seed),
			.vlan = (uint16_t)test_random(seed),
		};
		if (test_random_below(seed, 4) != 0)
			wb.status &= ~DUALBUF_RXD_FRAME_ERRORS;
		if (test_random_below(seed, 5) != 0)
			wb.length %= BUF_SIZE;
		write_back_all(pos, &wb);
	}
}

static void
a_device_that_writes_anything_loses_no_buffer(void **state)
{
	struct rte_mbuf *held[256], *m[NB_DESC];
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned int nb_held = 0, i, j;
	uint16_t n;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)seed);
	for (i = 0; i < 50000; i++) {
		write_anything(&seed);
		n = burst(m, test_random_below(&seed, NB_DESC + 1));
		for (j = 0; j < n; j++) {
			if (nb_held < RTE_DIM(held) && test_random_below(&seed, 2) == 0)
				held[nb_held++] = m[j];
			else
				rte_pktmbuf_free(m[j]);
		}
		while (nb_held > 0 && test_random_below(&seed, 3) != 0)
			rte_pktmbuf_free(held[--nb_held]);
	}
	assert_true(rxq.stats.packets > 10000);
	assert_true(rxq.stats.errors > 10000);
	rte_pktmbuf_free_bulk(held, nb_held);
	test_format->restart(&rxq);
	dualbuf_rx_doorbell(&rxq);
	assert_all_armed();
}

static const struct CMUnitTest tests[] = {
	with_rxq(the_rest_of_a_dropped_packet_may_come_in_later_bursts),
	with_rxq(a_length_beyond_the_buffer_is_an_error),
	with_rxq(a_packet_longer_than_the_limit_is_dropped_and_counted_by_cause),
	with_rxq(a_chain_longer_than_the_limit_is_dropped_whole),
	with_rxq(bytes_are_counted_without_the_crc_that_packets_have),
	with_rxq(damaged_frames_are_dropped_and_counted),
	with_rxq(damage_that_is_reported_last_drops_the_whole_packet),
	with_rxq(a_packet_without_end_is_dropped_after_a_round),
	with_rxq(a_burst_goes_round_the_ring_once_at_the_most),
	with_rxq(a_device_that_writes_anything_loses_no_buffer),
};

RX_MAIN(tests)
