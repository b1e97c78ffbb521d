/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The doorbell, the state of a receive queue, its restart, and which instance of the path it has. */

#include "dualbuf_test.h"
#include "rx_util.h"

#include <rte_ethdev.h>
#include <rte_vect.h>

static void
the_doorbell_rings_once_a_burst_and_never_for_nothing(void **state)
{
	struct rte_mbuf *m[8];

	(void)state;
	doorbell = DOORBELL_UNTOUCHED;
	assert_int_equal(burst(m, 8), 0);
	device_writes_frames(5);
	assert_int_equal(burst(m, 0), 0);
	assert_int_equal(doorbell, DOORBELL_UNTOUCHED);
	assert_int_equal(burst(m, 3), 3);
	assert_int_equal(doorbell, 2);
	rte_pktmbuf_free_bulk(m, 3);
	assert_int_equal(burst(m, 8), 2);
	assert_int_equal(doorbell, 4);
	rte_pktmbuf_free_bulk(m, 2);
	doorbell = DOORBELL_UNTOUCHED;
	assert_int_equal(burst(m, 8), 0);
	assert_int_equal(doorbell, DOORBELL_UNTOUCHED);
}

/* A dropped packet gives its descriptor back, too. */
static void
the_doorbell_rings_for_what_is_dropped(void **state)
{
	(void)state;
	device_writes_part(99, 0, 64, DUALBUF_RXD_EOP | DUALBUF_RXD_RXE);
	doorbell = DOORBELL_UNTOUCHED;
	assert_nothing_received();
	assert_int_equal(doorbell, 0);
}

static void
a_burst_takes_no_more_than_asked_for(void **state)
{
	struct rte_mbuf *m[20];
	unsigned int i;

	(void)state;
	device_writes_frames(20);
	assert_int_equal(test_format->queue_count(&rxq), 20);
	assert_int_equal(burst(m, 7), 7);
	assert_int_equal(test_format->queue_count(&rxq), 13);
	assert_int_equal(burst(m + 7, 13), 13);
	assert_int_equal(test_format->queue_count(&rxq), 0);
	for (i = 0; i < 20; i++)
		assert_next_frame(m[i], 60 + i);
	rte_pktmbuf_free_bulk(m, 20);
}

static void
assert_statuses(uint16_t nb_done)
{
	uint16_t offset;
	int expected;

	assert_int_equal(test_format->queue_count(&rxq), nb_done);
	for (offset = 0; offset < NB_DESC; offset++) {
		expected = RTE_ETH_RX_DESC_AVAIL;
		if (offset < nb_done)
			expected = RTE_ETH_RX_DESC_DONE;
		else if (offset == NB_DESC - 1)
			expected = RTE_ETH_RX_DESC_UNAVAIL;
		assert_int_equal(test_format->descriptor_status(&rxq, offset), expected);
	}
	assert_int_equal(test_format->descriptor_status(&rxq, NB_DESC), -EINVAL);
	assert_int_equal(test_format->descriptor_status(&rxq, UINT16_MAX), -EINVAL);
}

static void
the_status_of_every_descriptor_is_known_wherever_the_ring_stands(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int round;

	(void)state;
	for (round = 0; round < 2 * NB_DESC; round++) {
		assert_statuses(0);
		device_writes_frames(9);
		assert_statuses(9);
		assert_int_equal(burst(m, 4), 4);
		assert_statuses(5);
		assert_int_equal(burst(m + 4, 5), 5);
		rte_pktmbuf_free_bulk(m, 9);
	}
	device_writes_frames(NB_DESC - 1);
	assert_statuses(NB_DESC - 1);
	assert_int_equal(burst(m, NB_DESC), NB_DESC - 1);
	rte_pktmbuf_free_bulk(m, NB_DESC - 1);
}

static void
restart_forgets_half_a_packet_and_arms_every_descriptor(void **state)
{
	struct rte_mbuf *held;

	(void)state;
	device_writes(64);
	held = receive_one();
	assert_next_frame(held, 64);
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, BUF_SIZE, 0);
	assert_nothing_received();
	device_writes_frames(3);
	assert_int_equal(test_queue_out(&queue), 3);
	test_format->restart(&rxq);
	dualbuf_rx_doorbell(&rxq);
	assert_int_equal(test_queue_out(&queue), 1);
	assert_int_equal(doorbell, NB_DESC - 1);
	assert_all_armed();
	assert_nothing_received();
	device_head = 0;
	received = sent;
	device_writes(64);
	receive_and_free(64);
	rte_pktmbuf_free(held);
}

static void
restart_forgets_that_it_was_dropping(void **state)
{
	(void)state;
	write_back(device_head, DUALBUF_RXD_DD, BUF_SIZE + 1);
	assert_nothing_received();
	assert_true(rxq.dropping);
	test_format->restart(&rxq);
	device_head = 0;
	device_writes(64);
	receive_and_free(64);
}

static void
the_path_is_what_was_asked_for_or_the_widest_that_eal_allows(void **state)
{
	static const struct {
		uint16_t bits;
		const char *info;
	} paths[] = {
		[DUALBUF_BURST_SCALAR] = { RTE_VECT_SIMD_DISABLED, "Scalar" },
		[DUALBUF_BURST_SSE] = { RTE_VECT_SIMD_128, "Vector SSE" },
		[DUALBUF_BURST_AVX2] = { RTE_VECT_SIMD_256, "Vector AVX2" },
		[DUALBUF_BURST_AVX512] = { RTE_VECT_SIMD_512, "Vector AVX512" },
	};
	uint16_t bits = rte_vect_get_max_simd_bitwidth();

	(void)state;
	assert_string_equal(dualbuf_rx_path_info(path), paths[path].info);
	assert_int_equal(rte_vect_set_max_simd_bitwidth(paths[path].bits), 0);
	assert_int_equal(dualbuf_rx_path_choose(DUALBUF_BURST_AUTO), path);
	if (path > DUALBUF_BURST_SCALAR) {
		assert_int_equal(rte_vect_set_max_simd_bitwidth(paths[path - 1].bits), 0);
		assert_int_equal(dualbuf_rx_path_choose(DUALBUF_BURST_AUTO), path - 1);
	}
	assert_int_equal(dualbuf_rx_path_choose(path), path);
	assert_int_equal(rte_vect_set_max_simd_bitwidth(bits), 0);
}

static const struct CMUnitTest tests[] = {
	with_rxq(the_doorbell_rings_once_a_burst_and_never_for_nothing),
	with_rxq(the_doorbell_rings_for_what_is_dropped),
	with_rxq(a_burst_takes_no_more_than_asked_for),
	with_rxq(the_status_of_every_descriptor_is_known_wherever_the_ring_stands),
	with_rxq(restart_forgets_half_a_packet_and_arms_every_descriptor),
	with_rxq(restart_forgets_that_it_was_dropping),
	cmocka_unit_test(the_path_is_what_was_asked_for_or_the_widest_that_eal_allows),
};

RX_MAIN(tests)
