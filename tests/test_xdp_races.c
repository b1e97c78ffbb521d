/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Other threads free packets while buffers are exchanged between descriptors. */

#include "dualbuf_test.h"
#include "handover_util.h"
#include "xdp_rx_util.h"

#define FRAMES 60000
#define NB_FREERS 2

struct freer {
	pthread_t thread;
	struct handover queue;
	uint32_t stop;
};

static struct freer freers[NB_FREERS];

/* In batches or one by one; a batch is of packets that may be neighbours in the ring. */
static void *
free_packets(void *arg)
{
	struct freer *freer = arg;
	struct rte_mbuf *m[32];
	unsigned int n, i;
	bool stop;

	do {
		stop = __atomic_load_n(&freer->stop, __ATOMIC_ACQUIRE);
		n = handover_get(&freer->queue, m, RTE_DIM(m));
		if (n == 0)
			sched_yield();
		if (n % 2 == 0) {
			rte_pktmbuf_free_bulk(m, n);
			continue;
		}
		for (i = 0; i < n; i++)
			rte_pktmbuf_free(m[i]);
	} while (!stop || n > 0);
	return NULL;
}

static void
receive_for(struct freer *freer)
{
	struct rte_mbuf *m[32];
	uint16_t n = burst(m, RTE_DIM(m)), i;

	for (i = 0; i < n; i++) {
		assert_next(m[i]);
		while (!handover_put(&freer->queue, m[i]))
			sched_yield();
	}
}

/* Packets come in order, whatever the order of buffers is, with the bytes that were written. */
static void
receive_while_others_free(uint64_t *seed)
{
	uint32_t n;

	while (sent < FRAMES) {
		kernel_takes();
		for (n = test_random_below(seed, nb_kernel_has + 1); n > 0; n--)
			kernel_receives_in(test_random_below(seed, nb_kernel_has));
		receive_for(&freers[test_random_below(seed, NB_FREERS)]);
	}
	while (received < sent)
		receive_for(&freers[0]);
}

/* Without copies: temporaries go by the rte_ring of a mempool, whose order a thread sanitizer does not see. */
static void
run(uint32_t nb_bufs)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned int i;

	make_xdp(32, nb_bufs);
	features = RX_DEFERRED;
	memset(freers, 0, sizeof(freers));
	for (i = 0; i < NB_FREERS; i++)
		assert_int_equal(pthread_create(&freers[i].thread, NULL, free_packets, &freers[i]),
				0);
	receive_while_others_free(&seed);
	for (i = 0; i < NB_FREERS; i++) {
		__atomic_store_n(&freers[i].stop, 1, __ATOMIC_RELEASE);
		assert_int_equal(pthread_join(freers[i].thread, NULL), 0);
	}
	assert_nothing_received();
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 32);
	assert_true(rx.exchanged > FRAMES / 4);
	assert_int_equal(rx.unknown, 0);
	end_xdp();
}

static void
packets_are_freed_while_buffers_are_exchanged(void **state)
{
	(void)state;
	run(8);
}

static void
loans_come_home_while_buffers_are_exchanged(void **state)
{
	(void)state;
	run(2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(packets_are_freed_while_buffers_are_exchanged),
	cmocka_unit_test(loans_come_home_while_buffers_are_exchanged),
};

XDP_RX_MAIN(tests)
