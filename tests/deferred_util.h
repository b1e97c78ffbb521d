/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DEFERRED_UTIL_H_
#define _DEFERRED_UTIL_H_

/*
 * copy=deferred, seen from an application (claims 5 and 6). With two buffers to a descriptor, a
 * consumer that keeps everything gets NB_DESC packets by flips and then NB_DESC - 1 as loans: the
 * device never has the last descriptor. After that the ring stands still.
 */

#define VDEV_LCORES "(0,1)"
#include "packet_util.h"

#include <pthread.h>

#include "rte_pmd_dualbuf.h"
#include "rxq_util.h"

#define NB_DESC 32
#define NB_LOANS (NB_DESC - 1)
#define NB_STUCK (NB_DESC + NB_LOANS)
#define NB_PACKETS 1000

static inline struct rte_pmd_dualbuf_queue_state
state_of(uint16_t port)
{
	struct rte_pmd_dualbuf_queue_state state;

	memset(&state, 0xff, sizeof(state));
	assert_int_equal(rte_pmd_dualbuf_queue_state(port, 0, &state), 0);
	return state;
}

/* Two ways to count the buffers agree. */
static inline void
assert_buffers(uint16_t port, uint32_t home, uint32_t waiting, uint64_t loans)
{
	const struct rte_pmd_dualbuf_queue_state state = state_of(port);

	assert_int_equal(state.nb_desc, NB_DESC);
	assert_int_equal(state.home, home);
	assert_int_equal(state.out, state.bound - home);
	assert_int_equal(state.waiting, waiting);
	assert_int_equal(state.loans, loans);
	assert_int_equal(vdev_xstat(port, 0, "bound"), state.bound);
	assert_int_equal(vdev_xstat(port, 0, "home"), home);
	assert_int_equal(vdev_xstat(port, 0, "waiting"), waiting);
	assert_int_equal(vdev_xstat(port, 0, "loans"), loans);
	assert_int_equal(vdev_xstat(port, 0, "copies"), 0);
	assert_int_equal(vdev_xstat(port, 0, "nombuf"), 0);
}

static inline unsigned int
count_loans(const struct batch *batch)
{
	unsigned int i, nb = 0;

	for (i = 0; i < batch->nb; i++)
		nb += rte_pmd_dualbuf_is_loan(batch->m[i]);
	return nb;
}

/* Settling, somewhere else -------------------------------------------------------------------- */

struct settling {
	struct rte_mbuf **pkts;
	uint16_t nb;
	struct rte_mempool *pool;
	uint16_t left;
	pthread_t thread;
};

static inline int
settle_on_lcore(void *arg)
{
	struct settling *settling = arg;

	settling->thread = pthread_self();
	settling->left = rte_pmd_dualbuf_copy_loans(settling->pkts, settling->nb, settling->pool);
	return 0;
}

static inline void *
settle_on_thread(void *arg)
{
	settle_on_lcore(arg);
	return NULL;
}

static inline uint16_t
on_worker_lcore(struct settling *settling)
{
	unsigned int lcore = rte_get_next_lcore(-1, 1, 0);

	assert_true(lcore < RTE_MAX_LCORE);
	assert_int_equal(rte_eal_remote_launch(settle_on_lcore, settling, lcore), 0);
	assert_int_equal(rte_eal_wait_lcore(lcore), 0);
	return settling->left;
}

static inline uint16_t
on_plain_thread(struct settling *settling)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, settle_on_thread, settling), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return settling->left;
}

static inline uint16_t
here(struct settling *settling)
{
	settle_on_lcore(settling);
	return settling->left;
}

static inline uint16_t
settle_from(struct batch *batch, unsigned int first, struct rte_mempool *pool,
		uint16_t (*where)(struct settling *))
{
	struct settling settling = {
		.pkts = batch->m + first,
		.nb = batch->nb - first,
		.pool = pool,
	};
	uint16_t left = where(&settling);

	assert_int_equal(pthread_equal(settling.thread, pthread_self()) != 0, where == here);
	return left;
}

/* A port whose ring stands still, because the test has all of its buffers but one. */
static inline uint16_t
get_stuck(struct batch *batch, const char *path)
{
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);

	vdev_start(port, .nb_rx_desc = NB_DESC);
	assert_buffers(port, 2 * NB_DESC, 0, 0);
	assert_int_equal(receive_all(port, 0, batch), NB_STUCK);
	assert_buffers(port, 1, NB_LOANS, NB_LOANS);
	return port;
}

#endif /* _DEFERRED_UTIL_H_ */
