/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Other threads free packets while buffers are exchanged between descriptors. */

#include "dualbuf_test.h"
#include "xdp_rx_util.h"

#include <rte_ring.h>

#define FRAMES 200000
#define NB_FREERS 2

static struct rte_ring *to_free;
static bool over;

/* In batches or one by one; a batch is of packets that may be neighbours in the ring. */
static void *
free_packets(void *arg)
{
	struct rte_mbuf *m[32];
	unsigned int n, i;
	bool stop;

	do {
		stop = __atomic_load_n(&over, __ATOMIC_ACQUIRE);
		n = rte_ring_dequeue_burst(to_free, (void **)m, RTE_DIM(m), NULL);
		if (n % 2 == 0) {
			rte_pktmbuf_free_bulk(m, n);
			continue;
		}
		for (i = 0; i < n; i++)
			rte_pktmbuf_free(m[i]);
	} while (!stop || n > 0);
	return arg;
}

/* Packets come in order, whatever the order of buffers is, and the bytes that were written. */
static void
receive_while_others_free(uint64_t *seed)
{
	struct rte_mbuf *m[32];
	uint16_t n, i;

	while (received < FRAMES) {
		kernel_takes();
		for (n = test_random_below(seed, nb_kernel_has + 1); n > 0; n--)
			kernel_receives_in(test_random_below(seed, nb_kernel_has));
		n = burst(m, RTE_DIM(m));
		for (i = 0; i < n; i++)
			assert_next(m[i]);
		while (rte_ring_enqueue_bulk(to_free, (void **)m, n, NULL) != n)
			sched_yield();
	}
	while (received < sent) {
		n = burst(m, RTE_DIM(m));
		for (i = 0; i < n; i++)
			assert_next(m[i]);
		rte_pktmbuf_free_bulk(m, n);
	}
}

static void
run(uint32_t run_features)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	pthread_t threads[NB_FREERS];
	unsigned int i;

	make_xdp(32, 2);
	features = run_features;
	over = false;
	for (i = 0; i < NB_FREERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, free_packets, NULL), 0);
	receive_while_others_free(&seed);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	for (i = 0; i < NB_FREERS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_nothing_received();
	assert_kernel_has_the_armed();
	assert_int_equal(nb_kernel_has, 31);
	assert_true(rx.exchanged > FRAMES / 4);
	assert_int_equal(rx.unknown, 0);
	end_xdp();
}

static void
packets_are_freed_while_buffers_are_exchanged(void **state)
{
	(void)state;
	run(0);
}

static void
loans_come_home_while_buffers_are_exchanged(void **state)
{
	(void)state;
	run(RX_DEFERRED);
}

static int
make_ring_of_packets(void **state)
{
	(void)state;
	to_free = rte_ring_create("to_free", 64, SOCKET_ID_ANY, 0);
	return to_free == NULL ? -1 : 0;
}

static int
free_ring_of_packets(void **state)
{
	(void)state;
	rte_ring_free(to_free);
	return 0;
}

#define race_test(name) \
	cmocka_unit_test_setup_teardown(name, make_ring_of_packets, free_ring_of_packets)

static const struct CMUnitTest tests[] = {
	race_test(packets_are_freed_while_buffers_are_exchanged),
	race_test(loans_come_home_while_buffers_are_exchanged),
};

XDP_RX_MAIN(tests)
