/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Batches that have descriptors without an mbuf. */

#include "dualbuf_test.h"
#include "tx_util.h"

/* A batch of so many descriptors; four of them, both ends and two in its middle, have no mbuf. */
#define GAPPED_DESCS 9
#define GAPPED_PACKETS 4

/* As a descriptor is that tells the device something else than where a packet lies. */
static void
take_mbuf_away(struct dualbuf_tx_batch *batch, uint32_t pos)
{
	rte_pktmbuf_free(txq.mbufs[pos]);
	txq.mbufs[pos] = NULL;
	batch->mixed = true;
	batch->packets--;
}

/* The batch begins so many descriptors from the ring's beginning; one of its packets is a chain. */
static void
send_gapped(uint16_t begin, bool fast_free)
{
	static const uint16_t gaps[] = { 0, 3, 4, 8 };
	struct rte_mbuf *m[8];
	unsigned int i;

	make_txq(NB_DESC, 1, 8, fast_free);
	for (i = 0; i < begin; i++) {
		send_burst(1);
		device_reads(1);
		assert_int_equal(format->done_cleanup(&txq, 0), 1);
	}
	for (i = 0; i < RTE_DIM(m); i++)
		m[i] = test_alloc_chain(app, i == 5 ? 2 : 1, 60);
	assert_int_equal(send_all(m, RTE_DIM(m)), RTE_DIM(m));
	for (i = 0; i < RTE_DIM(gaps); i++)
		take_mbuf_away(&txq.batches[begin], (begin + gaps[i]) % NB_DESC);
	assert_int_equal(txq.batches[begin].packets, GAPPED_PACKETS);
	assert_int_equal(test_pool_missing(app), GAPPED_PACKETS + 1);
}

static void
assert_all_freed(void)
{
	assert_int_equal(test_pool_missing(app), 0);
	assert_int_equal(txq.nb_free, NB_DESC - 1);
	assert_int_equal(txq.clean, txq.next);
	free_txq();
}

static void
descriptors_without_an_mbuf_are_done_with_their_batch(void **state)
{
	uint16_t begin;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		send_gapped(begin, begin % 2);
		assert_statuses(GAPPED_DESCS);
		device_reads(GAPPED_DESCS - 1);
		assert_statuses(GAPPED_DESCS);
		assert_int_equal(format->done_cleanup(&txq, 0), 0);
		device_reads(1);
		assert_statuses(0);
		assert_int_equal(format->done_cleanup(&txq, 0), GAPPED_PACKETS);
		assert_all_freed();
	}
}

/* A burst that finds few descriptors free looks for those that are done. */
static void
a_burst_frees_a_batch_that_has_descriptors_without_an_mbuf(void **state)
{
	uint16_t begin;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		send_gapped(begin, begin % 2);
		device_reads(NO_LIMIT);
		txq.free_thresh = NB_DESC - 1;
		assert_int_equal(send_all(NULL, 0), 0);
		assert_all_freed();
	}
}

static void
done_cleanup_with_a_limit_counts_no_descriptor_without_an_mbuf(void **state)
{
	uint16_t begin;
	uint32_t limit, left, n;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		for (limit = 1; limit <= GAPPED_PACKETS + 1; limit++) {
			send_gapped(begin, begin % 2);
			device_reads(NO_LIMIT);
			for (left = GAPPED_PACKETS; left > 0; left -= n) {
				n = RTE_MIN(left, limit);
				assert_int_equal(format->done_cleanup(&txq, limit), n);
				/* the third packet has two segments */
				assert_int_equal(
						test_pool_missing(app), left - n + (left - n >= 2));
				assert_statuses(0);
			}
			assert_all_freed();
		}
	}
}

static void
restart_passes_over_descriptors_without_an_mbuf(void **state)
{
	uint16_t begin;

	(void)state;
	for (begin = 0; begin < NB_DESC; begin++) {
		send_gapped(begin, begin % 2);
		device_reads(begin % GAPPED_DESCS);
		format->restart(&txq);
		assert_all_freed();
	}
}

static const struct CMUnitTest tests[] = {
	with_pools(descriptors_without_an_mbuf_are_done_with_their_batch),
	with_pools(a_burst_frees_a_batch_that_has_descriptors_without_an_mbuf),
	with_pools(done_cleanup_with_a_limit_counts_no_descriptor_without_an_mbuf),
	with_pools(restart_passes_over_descriptors_without_an_mbuf),
};

TEST_EAL_MAIN(tests, dualbuf_pool_register())
