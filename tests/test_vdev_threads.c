/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include <pthread.h>

#include <rte_mbuf_pool_ops.h>

#include "rte_pmd_dualbuf.h"
#include "stack_util.h"

/*
 * Protocol threads (claim 7): a received mbuf may be handed to any thread, and its plain free there
 * makes the buffer available. This thread is the handler; it spreads packets over others, half of
 * which EAL knows. They look at every byte, write to every byte, keep packets for a while and free
 * them in random order, one by one, in bulk, as clones, with loans settled or not.
 *
 * This program also runs under ThreadSanitizer, which does not see what DPDK's own libraries do. So
 * packets go from thread to thread under mutexes, and the application's mempool is one of this
 * file, so that every order which the driver must not have made itself is in sight.
 */

#if DUALBUF_RACED
#define NB_PACKETS 3000
#else
#define NB_PACKETS 20000
#endif

#define NB_DESC 64
#define ROOM 512
#define MAX_LEN 1400
#define MIN_LEN 60
#define POOL_SIZE 4096
#define MAX_WORKERS 8
#define QUEUE_LEN 128
#define STASH_LEN 64

/* A mempool behind a mutex ------------------------------------------------------------------------ */

static int
stack_put(struct rte_mempool *mp, void *const *objs, unsigned int n)
{
	stack_push(mp, objs, n);
	return 0;
}

static const struct rte_mempool_ops stack_ops = {
	.name = "test_stack",
	.alloc = stack_alloc,
	.free = stack_free,
	.enqueue = stack_put,
	.dequeue = stack_get,
	.get_count = stack_count,
};

RTE_MEMPOOL_REGISTER_OPS(stack_ops);

/* Packets that know themselves -------------------------------------------------------------------- */

static uint8_t
byte_of(uint32_t number, uint32_t at)
{
	return (uint8_t)(number * 31 + at * 7);
}

static uint32_t
length_of(uint32_t number)
{
	return MIN_LEN + number * 2654435761u % (MAX_LEN - MIN_LEN);
}

/* Made once, and longer than capture_util.h can. */
static const char *
make_capture(void)
{
	const char *path = capture_name("numbered");
	struct pcap_pkthdr header = { 0 };
	uint8_t data[MAX_LEN];
	pcap_dumper_t *dumper;
	pcap_t *pcap;
	uint32_t i, at;

	if (access(path, R_OK) == 0)
		return path;
	pcap = pcap_open_dead(DLT_EN10MB, MAX_LEN);
	dumper = pcap_dump_open(pcap, path);
	assert_non_null(dumper);
	for (i = 0; i < NB_PACKETS; i++) {
		header.caplen = header.len = length_of(i);
		for (at = 0; at < header.len; at++)
			data[at] = byte_of(i, at);
		memcpy(data, &i, sizeof(i));
		pcap_dump((u_char *)dumper, &header, data);
	}
	pcap_dump_close(dumper);
	pcap_close(pcap);
	return path;
}

/* Workers -------------------------------------------------------------------------------------------- */

struct worker {
	pthread_t thread;
	struct crew *crew;
	unsigned int index;
	bool registered; /* as an lcore of EAL's */
	uint32_t seed;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct rte_mbuf *queue[QUEUE_LEN];
	unsigned int nb;
	bool end;

	struct rte_mbuf *stash[STASH_LEN];
	unsigned int nb_stashed;
	unsigned int nb_wrong, nb_loans, nb_settled, nb_clones, nb_freed;
};

struct crew {
	struct worker workers[MAX_WORKERS];
	unsigned int nb;
	struct rte_mempool *pool;
	pthread_barrier_t together;
	uint8_t seen[NB_PACKETS];
};

static uint32_t
below(struct worker *worker, uint32_t limit)
{
	worker->seed = worker->seed * 1664525 + 1013904223;
	return (worker->seed >> 12) % limit;
}

/* Read and change every byte. Returns whether all were as they had been sent. */
static bool
process(struct crew *crew, struct rte_mbuf *m)
{
	uint32_t number, at = 0;
	bool right;
	uint8_t *data;
	uint16_t i;

	memcpy(&number, rte_pktmbuf_mtod(m, uint8_t *), sizeof(number));
	right = number < NB_PACKETS && m->pkt_len == length_of(number);
	if (right)
		__atomic_add_fetch(&crew->seen[number], 1, __ATOMIC_RELAXED);
	for (; m != NULL; m = m->next) {
		data = rte_pktmbuf_mtod(m, uint8_t *);
		for (i = 0; i < m->data_len; i++, at++) {
			right &= at < sizeof(number) || data[i] == byte_of(number, at);
			data[i] ^= 0xff;
		}
	}
	return right;
}

static struct rte_mbuf *
unstash(struct worker *worker)
{
	unsigned int i = below(worker, worker->nb_stashed);
	struct rte_mbuf *m = worker->stash[i];

	worker->stash[i] = worker->stash[--worker->nb_stashed];
	worker->nb_freed++;
	return m;
}

static void
free_some(struct worker *worker)
{
	struct rte_mbuf *m[16] = { unstash(worker) }, *clone;
	unsigned int n = RTE_MIN(below(worker, RTE_DIM(m)), worker->nb_stashed) + 1, i;

	for (i = 1; i < n; i++)
		m[i] = unstash(worker);
	switch (below(worker, 3)) {
	case 0:
		rte_pktmbuf_free_bulk(m, n);
		return;
	case 1:
		/* the clone is what holds the buffer from here on, and is freed one day */
		clone = rte_pktmbuf_clone(m[0], m[0]->pool);
		if (clone != NULL) {
			worker->stash[worker->nb_stashed++] = clone;
			worker->nb_clones++;
		}
		break;
	}
	for (i = 0; i < n; i++)
		rte_pktmbuf_free(m[i]);
}

static void
keep(struct worker *worker, struct rte_mbuf **m, unsigned int nb)
{
	unsigned int i;

	for (i = 0; i < nb; i++)
		worker->nb_loans += rte_pmd_dualbuf_is_loan(m[i]);
	if (below(worker, 2) == 0) {
		worker->nb_settled += nb;
		if (rte_pmd_dualbuf_copy_loans(m, nb, worker->crew->pool) != 0)
			worker->nb_wrong++;
	}
	for (i = 0; i < nb; i++)
		worker->nb_wrong += !process(worker->crew, m[i]);
	if (below(worker, 4) == 0) {
		/* as they came, so that neighbours come home together */
		rte_pktmbuf_free_bulk(m, nb);
		return;
	}
	for (i = 0; i < nb; i++) {
		while (worker->nb_stashed > below(worker, STASH_LEN - 1))
			free_some(worker);
		worker->stash[worker->nb_stashed++] = m[i];
	}
}

/* Whoever has nothing to do frees what it kept, or the ring might wait for it for ever. */
static unsigned int
take(struct worker *worker, struct rte_mbuf **m)
{
	unsigned int nb;

	pthread_mutex_lock(&worker->lock);
	while (worker->nb == 0 && (worker->nb_stashed > 0 || !worker->end)) {
		if (worker->nb_stashed == 0) {
			pthread_cond_wait(&worker->changed, &worker->lock);
			continue;
		}
		pthread_mutex_unlock(&worker->lock);
		free_some(worker);
		pthread_mutex_lock(&worker->lock);
	}
	nb = worker->nb;
	memcpy(m, worker->queue, nb * sizeof(*m));
	worker->nb = 0;
	pthread_cond_signal(&worker->changed);
	pthread_mutex_unlock(&worker->lock);
	return nb;
}

static void *
work(void *arg)
{
	struct worker *worker = arg;
	struct rte_mbuf *m[QUEUE_LEN];
	struct rte_mempool_cache *cache;
	unsigned int nb;

	if (worker->registered && rte_thread_register() != 0)
		worker->nb_wrong++;
	if (worker->registered != (rte_lcore_id() != LCORE_ID_ANY))
		worker->nb_wrong++;
	/* an lcore's number has one owner as long as there are packets */
	pthread_barrier_wait(&worker->crew->together);
	while ((nb = take(worker, m)) > 0)
		keep(worker, m, nb);
	pthread_barrier_wait(&worker->crew->together);
	if (worker->registered) {
		/* what an lcore has cached, nobody gets before there is such an lcore again */
		cache = rte_mempool_default_cache(worker->crew->pool, rte_lcore_id());
		if (cache != NULL)
			rte_mempool_cache_flush(cache, worker->crew->pool);
		rte_thread_unregister();
	}
	return NULL;
}

static struct crew *
crew_start(unsigned int nb, struct rte_mempool *pool)
{
	struct crew *crew = vdev_alloc(sizeof(*crew));
	struct worker *worker;
	unsigned int i;

	crew->nb = nb;
	crew->pool = pool;
	pthread_barrier_init(&crew->together, NULL, nb);
	for (i = 0; i < nb; i++) {
		worker = &crew->workers[i];
		worker->crew = crew;
		worker->index = i;
		worker->seed = i + 1;
		worker->registered = i % 2 == 1;
		pthread_mutex_init(&worker->lock, NULL);
		pthread_cond_init(&worker->changed, NULL);
		assert_int_equal(pthread_create(&worker->thread, NULL, work, worker), 0);
	}
	return crew;
}

static void
hand_over(struct worker *worker, struct rte_mbuf *m)
{
	pthread_mutex_lock(&worker->lock);
	while (worker->nb == QUEUE_LEN)
		pthread_cond_wait(&worker->changed, &worker->lock);
	worker->queue[worker->nb++] = m;
	pthread_cond_signal(&worker->changed);
	pthread_mutex_unlock(&worker->lock);
}

static void
crew_join(struct crew *crew)
{
	struct worker *worker;
	unsigned int i;

	for (i = 0; i < crew->nb; i++) {
		worker = &crew->workers[i];
		pthread_mutex_lock(&worker->lock);
		worker->end = true;
		pthread_cond_signal(&worker->changed);
		pthread_mutex_unlock(&worker->lock);
	}
	for (i = 0; i < crew->nb; i++)
		assert_int_equal(pthread_join(crew->workers[i].thread, NULL), 0);
	pthread_barrier_destroy(&crew->together);
}

/* The outcome ------------------------------------------------------------------------------------------- */

static void
assert_all_is_well(uint16_t port, const struct crew *crew, bool deferred)
{
	unsigned int i, wrong = 0, loans = 0, clones = 0, settled = 0, not_once = 0;

	for (i = 0; i < crew->nb; i++) {
		wrong += crew->workers[i].nb_wrong;
		loans += crew->workers[i].nb_loans;
		clones += crew->workers[i].nb_clones;
		settled += crew->workers[i].nb_settled;
	}
	for (i = 0; i < NB_PACKETS; i++)
		not_once += crew->seen[i] != 1;
	assert_int_equal(wrong, 0);
	assert_int_equal(not_once, 0);
	assert_true(clones > 0 && settled > 0);
	assert_int_equal(vdev_stats(port).ipackets, NB_PACKETS);
	assert_int_equal(vdev_stats(port).rx_nombuf, 0);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(vdev_xstat(port, 0, "bound"), 2 * NB_DESC);
	assert_int_equal(vdev_xstat(port, 0, "home"), 2 * NB_DESC);
	/* buffers came home in time to be armed, and they did not */
	assert_true(vdev_xstat(port, 0, "flips") > 0);
	if (deferred)
		assert_true(loans > 0);
	else
		assert_true(vdev_xstat(port, 0, "copies") > 0);
	assert_int_equal(loans > 0, deferred);
}

/* threaded: the virtual NIC has a thread of its own, which writes while others free. */
static void
spread_over(unsigned int nb_threads, bool deferred, bool threaded)
{
	struct rte_mempool *mp = vdev_pool_with_room(POOL_SIZE, 32, ROOM + RTE_PKTMBUF_HEADROOM);
	uint16_t port = vdev_plug(
			"rx_pcap=%s,copy=%s", make_capture(), deferred ? "deferred" : "inline");
	struct rte_mbuf *m[32];
	uint32_t total = 0, i, seed = 1;
	struct crew *crew;
	double since = 0;
	uint16_t nb;

	vdev_start(port, .mp = mp, .nb_rx_desc = NB_DESC, .intr_rxq = threaded,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER);
	crew = crew_start(nb_threads, mp);
	while (total < NB_PACKETS) {
		nb = rte_eth_rx_burst(port, 0, m, 1 + seed % RTE_DIM(m));
		if (nb == 0) {
			/* all descriptors may wait, for as long as the others hold packets */
			if (!vdev_wait(&since))
				break;
			continue;
		}
		since = 0;
		for (i = 0; i < nb; i++) {
			seed = seed * 1664525 + 1013904223;
			hand_over(&crew->workers[(seed >> 16) % nb_threads], m[i]);
		}
		total += nb;
	}
	crew_join(crew);
	assert_int_equal(total, NB_PACKETS);
	assert_int_equal(rte_eth_rx_burst(port, 0, m, 1), 0);
	assert_all_is_well(port, crew, deferred);
	vdev_unplug(port);
	assert_pool_full(mp);
}

#define SPREAD(name, nb_threads, deferred, threaded) \
	static void name(void **state) \
	{ \
		(void)state; \
		spread_over(nb_threads, deferred, threaded); \
	}

SPREAD(one_thread_frees_what_was_copied_inline, 1, false, false)
SPREAD(two_threads_free_what_was_copied_inline, 2, false, false)
SPREAD(eight_threads_free_what_was_copied_inline, 8, false, false)
SPREAD(one_thread_frees_and_settles_loans, 1, true, false)
SPREAD(two_threads_free_and_settle_loans, 2, true, false)
SPREAD(eight_threads_free_and_settle_loans, 8, true, false)
SPREAD(one_thread_frees_while_the_nic_writes, 1, false, true)
SPREAD(two_threads_free_while_the_nic_writes, 2, false, true)
SPREAD(eight_threads_free_while_the_nic_writes, 8, false, true)
SPREAD(one_thread_settles_while_the_nic_writes, 1, true, true)
SPREAD(two_threads_settle_while_the_nic_writes, 2, true, true)
SPREAD(eight_threads_settle_while_the_nic_writes, 8, true, true)

/* Packets that are still with the threads when their queue goes --------------------------------- */

static void
give_up_the_port_early(bool deferred)
{
	struct rte_mempool *mp = vdev_pool_with_room(POOL_SIZE, 0, ROOM + RTE_PKTMBUF_HEADROOM);
	uint16_t port = vdev_plug(
			"rx_pcap=%s,copy=%s", make_capture(), deferred ? "deferred" : "inline");
	struct rte_mbuf *m[32];
	struct crew *crew;
	uint32_t total = 0;
	double since = 0;
	uint16_t nb, i;

	vdev_start(port, .mp = mp, .nb_rx_desc = NB_DESC,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER);
	crew = crew_start(4, mp);
	while (total < 500) {
		nb = rte_eth_rx_burst(port, 0, m, RTE_DIM(m));
		if (nb == 0 && !vdev_wait(&since))
			break;
		for (i = 0; i < nb; i++)
			hand_over(&crew->workers[total++ % crew->nb], m[i]);
	}
	/* while they free, or even settle */
	vdev_unplug(port);
	crew_join(crew);
	for (i = 0; i < crew->nb; i++)
		assert_int_equal(crew->workers[i].nb_wrong, 0);
	assert_pool_full(mp);
}

static void
threads_free_and_settle_while_the_queue_is_released(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++)
		give_up_the_port_early(i % 2 == 0);
}

static int
set_up_group(void **state)
{
	int ret = vdev_set_up_group(state);

	/* from here on, mempools are made with the operations above */
	return ret != 0 ? ret : rte_mbuf_set_user_mempool_ops("test_stack");
}

static const struct CMUnitTest tests[] = {
	vdev_test(one_thread_frees_what_was_copied_inline),
	vdev_test(two_threads_free_what_was_copied_inline),
	vdev_test(eight_threads_free_what_was_copied_inline),
	vdev_test(one_thread_frees_and_settles_loans),
	vdev_test(two_threads_free_and_settle_loans),
	vdev_test(eight_threads_free_and_settle_loans),
	vdev_test(one_thread_frees_while_the_nic_writes),
	vdev_test(two_threads_free_while_the_nic_writes),
	vdev_test(eight_threads_free_while_the_nic_writes),
	vdev_test(one_thread_settles_while_the_nic_writes),
	vdev_test(two_threads_settle_while_the_nic_writes),
	vdev_test(eight_threads_settle_while_the_nic_writes),
	vdev_test(threads_free_and_settle_while_the_queue_is_released),
};

TEST_MAIN_GROUP(tests, set_up_group, vdev_tear_down_group)
