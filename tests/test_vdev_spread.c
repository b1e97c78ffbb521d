/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* One source and one sink between several queues: nothing is lost, and each queue keeps its order. */

#include <signal.h>

#include "flow_util.h"
#include "intr_util.h"
#include "limit_util.h"

#if DUALBUF_RACED
#define NB_FRAMES 600
#define ROUNDS 5
#else
#define NB_FRAMES 700
#define ROUNDS 100
#endif

#define FILL_FRAMES (VDEV_DESC * 40)

static struct packets flows;

static uint16_t
plug(const char *args)
{
	flows = flow_packets(NB_FRAMES);
	vdev_pool(4096);
	return vdev_plug("rx_pcap=%s,queues=%u%s", capture_write("flows", &flows), NB_QUEUES, args);
}

/* A queue and who polls it. */
struct poller {
	pthread_t thread;
	uint16_t port, queue;
	uint32_t *total; /* of all pollers */
	uint32_t wanted;
	uint32_t nb; /* frames received */
	uint32_t wrong; /* of them those that were not next in this queue */
	uint16_t queues[NB_FRAMES]; /* by a frame's number */
};

/* The next frame that is for a queue, from this number on; the file begins anew each round. */
static uint32_t
poller_next(const struct poller *p, uint32_t number)
{
	while (p->queues[number % NB_FRAMES] != p->queue)
		number++;
	return number % NB_FRAMES;
}

static void
poller_take(struct poller *p, const struct rte_mbuf *m, uint32_t *next)
{
	*next = poller_next(p, *next);
	p->wrong += flow_number(m) != *next;
	(*next)++;
	p->nb++;
}

static void *
poller_run(void *arg)
{
	struct poller *p = arg;
	struct rte_mbuf *m[32];
	uint32_t next = 0;
	uint16_t nb, i;

	while (__atomic_load_n(p->total, __ATOMIC_ACQUIRE) < p->wanted) {
		nb = rte_eth_rx_burst(p->port, p->queue, m, RTE_DIM(m));
		for (i = 0; i < nb; i++)
			poller_take(p, m[i], &next);
		rte_pktmbuf_free_bulk(m, nb);
		__atomic_fetch_add(p->total, nb, __ATOMIC_ACQ_REL);
	}
	return NULL;
}

static void
queues_are_polled_by_threads_of_their_own_at_the_same_time(void **state)
{
	uint16_t port = plug(vdev_text(",loop=%u", ROUNDS)), q;
	static struct poller pollers[NB_QUEUES];
	uint32_t total = 0, expected[NB_QUEUES] = { 0 }, i;
	struct rss_util rss;

	(void)state;
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	assert_int_equal(rss_util_ask(port, &rss), 0);
	for (q = 0; q < NB_QUEUES; q++) {
		pollers[q] = (struct poller){
			.port = port, .queue = q, .total = &total, .wanted = ROUNDS * NB_FRAMES
		};
		for (i = 0; i < NB_FRAMES; i++)
			pollers[q].queues[i] = rss_util_queue(&rss, flows.all[i].data);
	}
	for (i = 0; i < NB_FRAMES; i++)
		expected[pollers[0].queues[i]] += ROUNDS;
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(pthread_create(&pollers[q].thread, NULL, poller_run, &pollers[q]),
				0);
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(pthread_join(pollers[q].thread, NULL), 0);
	for (q = 0; q < NB_QUEUES; q++) {
		assert_int_equal(pollers[q].wrong, 0);
		assert_int_equal(pollers[q].nb, expected[q]);
		assert_int_equal(vdev_xstat(port, q, "packets"), expected[q]);
	}
	assert_int_equal(vdev_stats(port).imissed, 0);
}

/* Receive from one queue while the others rest. */
static void
a_full_ring_holds_the_whole_file_and_nothing_is_lost(void **state)
{
	uint16_t port = plug(",loop=10"), q;
	unsigned int nb[NB_QUEUES] = { 0 }, total = 0;
	struct batch batch = { 0 };
	double since = 0;

	(void)state;
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	nb[1] = receive_all(port, 1, &batch);
	batch_free(&batch);
	assert_between(nb[1], 1, 10 * NB_FRAMES / 2);
	/* some ring of the others is full */
	for (q = 0; q < NB_QUEUES; q++)
		total += rte_eth_rx_queue_count(port, q) == VDEV_DESC - 1;
	assert_true(total > 0);
	for (total = nb[1]; total < 10 * NB_FRAMES && vdev_wait(&since);) {
		for (q = 0; q < NB_QUEUES; q++) {
			total += receive_up_to(port, q, &batch, 32);
			batch_free(&batch);
		}
	}
	assert_int_equal(total, 10 * NB_FRAMES);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(vdev_stats(port).ipackets, 10 * NB_FRAMES);
}

/* So does a queue that is stopped alone; with its start the file goes on with the frame that waits. */
static void
a_queue_that_is_stopped_holds_the_file_until_it_starts(void **state)
{
	uint16_t port = plug(",loop=10"), q;
	struct batch batch = { 0 };
	unsigned int total = 0;
	double since = 0;

	(void)state;
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	for (q = 0; q < NB_QUEUES; q += 3) {
		assert_int_equal(rte_eth_dev_rx_queue_stop(port, q), 0);
		total += receive_all(port, 1, &batch) + receive_all(port, 2, &batch);
		assert_between(total, 0, 10 * NB_FRAMES / 2);
		assert_int_equal(receive_all(port, 1, &batch), 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(port, q), 0);
	}
	while (total < 10 * NB_FRAMES && vdev_wait(&since)) {
		batch_free(&batch);
		for (q = 0; q < NB_QUEUES; q++)
			total += receive_up_to(port, q, &batch, 32);
	}
	batch_free(&batch);
	assert_int_equal(total + vdev_stats(port).imissed, 10 * NB_FRAMES);
	assert_between(vdev_stats(port).imissed, 0, 2 * VDEV_DESC);
}

/* A queue that has gone on with loans holds the others as one whose ring is full. */
static void
loans_hold_the_file_until_they_are_settled(void **state)
{
	uint16_t port = plug(",copy=deferred"), q;
	struct batch batch = { 0 };
	unsigned int total = 0;
	double since = 0;

	(void)state;
	vdev_start(port, .nb_rx_desc = 32, .rss_types = ALL_RSS_TYPES);
	while (total < NB_FRAMES && vdev_wait(&since)) {
		for (q = 0; q < NB_QUEUES; q++)
			total += receive_up_to(port, q, &batch, 100);
		batch_free(&batch);
	}
	assert_int_equal(total, NB_FRAMES);
}

static void
the_link_goes_down_when_every_queue_has_taken_its_last(void **state)
{
	uint16_t port = plug(",eof=1"), q;
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port, .nb_rx_desc = 2048, .mp = vdev_pool(20000), .rss_types = ALL_RSS_TYPES);
	for (q = NB_QUEUES; q-- > 0;) {
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		receive_all(port, q, &batch);
	}
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(batch.nb, NB_FRAMES);
	batch_free(&batch);
}

static int
count_event(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)port;
	(void)type;
	(void)ret;
	__atomic_fetch_add((uint32_t *)arg, 1, __ATOMIC_SEQ_CST);
	return 0;
}

/* All frames go to queue 0, and no other is polled: the end is told all the same, once. */
static void
the_end_is_told_where_a_queue_has_nothing(void **state)
{
	uint16_t port = plug(",eof=1");
	struct batch batch = { 0 };
	uint32_t nb_events = 0;
	double since = 0;

	(void)state;
	assert_int_equal(rte_eth_dev_callback_register(
					 port, RTE_ETH_EVENT_INTR_LSC, count_event, &nb_events),
			0);
	vdev_start(port, .intr_lsc = true);
	while (__atomic_load_n(&nb_events, __ATOMIC_SEQ_CST) == 0 && vdev_wait(&since))
		receive_all(port, 0, &batch);
	assert_int_equal(nb_events, 1);
	assert_packets(&batch, &flows);
	batch_free(&batch);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_callback_unregister(
					 port, RTE_ETH_EVENT_INTR_LSC, count_event, &nb_events),
			0);
}

static void
each_queue_interrupts_for_what_is_steered_to_it(void **state)
{
	uint16_t port = plug("");
	unsigned int total = 0, woken[NB_QUEUES] = { 0 };
	int epfd, q;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC, .rss_types = ALL_RSS_TYPES);
	epfd = listen_to(port, NB_QUEUES);
	for (q = 0; q < NB_QUEUES; q++)
		enable(port, q);
	while (total < NB_FRAMES) {
		q = wait_for(epfd, PATIENCE_MS);
		assert_true(q >= 0);
		woken[q]++;
		total += drain(port, q);
		enable(port, q);
	}
	assert_int_equal(total, NB_FRAMES);
	for (q = 0; q < NB_QUEUES; q++)
		assert_true(woken[q] > 0);
	close(epfd);
}

static void
each_frame_keeps_its_own_time(void **state)
{
	struct batch batch = { 0 };
	uint16_t port, q;
	uint64_t flag;
	unsigned int i;
	int offset;

	(void)state;
	assert_int_equal(rte_mbuf_dyn_rx_timestamp_register(&offset, &flag), 0);
	flows = flow_packets(NB_FRAMES);
	for (i = 0; i < flows.nb; i++)
		flows.all[i].stamp = 1700000000000000000 + i * 7919;
	vdev_pool(4096);
	port = vdev_plug("rx_pcap=%s,queues=%u", capture_write("timed", &flows), NB_QUEUES);
	vdev_start(port, .rss_types = ALL_RSS_TYPES, .rx_offloads = RTE_ETH_RX_OFFLOAD_TIMESTAMP);
	for (i = 0; i < 100; i++)
		for (q = 0; q < NB_QUEUES; q++)
			receive_up_to(port, q, &batch, 32);
	assert_int_equal(batch.nb, NB_FRAMES);
	for (i = 0; i < batch.nb; i++)
		assert_true(*RTE_MBUF_DYNFIELD(batch.m[i], offset, rte_mbuf_timestamp_t *) ==
				flows.all[flow_number(batch.m[i])].stamp);
	batch_free(&batch);
}

/* Sending -------------------------------------------------------------------------------------- */

struct queue_sender {
	pthread_t thread;
	struct rte_mempool *mp;
	uint16_t port, queue;
};

static void *
queue_sender_run(void *arg)
{
	const struct queue_sender *s = arg;
	uint8_t frame[60] = { 2 };
	struct rte_mbuf *m;
	uint32_t i;

	frame[12] = s->queue;
	for (i = 0; i < NB_FRAMES;) {
		m = rte_pktmbuf_alloc(s->mp);
		if (m == NULL)
			continue;
		memcpy(frame + 8, &i, sizeof(i));
		memcpy(rte_pktmbuf_append(m, sizeof(frame)), frame, sizeof(frame));
		if (rte_eth_tx_burst(s->port, s->queue, &m, 1) == 1)
			i++;
		else
			rte_pktmbuf_free(m);
	}
	return NULL;
}

static void
send_from_all(uint16_t port)
{
	struct queue_sender senders[NB_QUEUES];
	uint16_t q;

	for (q = 0; q < NB_QUEUES; q++) {
		senders[q] = (struct queue_sender){ .mp = vdev.pools[0], .port = port, .queue = q };
		assert_int_equal(pthread_create(&senders[q].thread, NULL, queue_sender_run,
						 &senders[q]),
				0);
	}
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(pthread_join(senders[q].thread, NULL), 0);
}

static void
threads_write_one_file_and_each_keeps_its_order(void **state)
{
	const char *path = capture_name("together.pcap");
	uint32_t next[NB_QUEUES] = { 0 }, number;
	struct packets packets;
	unsigned int i;
	uint16_t port, q;

	(void)state;
	vdev_pool(4096);
	port = vdev_plug("tx_pcap=%s,queues=%u", path, NB_QUEUES);
	vdev_start(port);
	send_from_all(port);
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(vdev_tx_xstat(port, q, "packets"), NB_FRAMES);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	packets = capture_read(path);
	assert_int_equal(packets.nb, NB_QUEUES * NB_FRAMES);
	for (i = 0; i < packets.nb; i++) {
		q = packets.all[i].data[12];
		assert_true(q < NB_QUEUES);
		memcpy(&number, packets.all[i].data + 8, sizeof(number));
		assert_int_equal(number, next[q]++);
	}
}

static void
what_a_full_disk_takes_no_more_is_counted_once(void **state)
{
	const char *path = capture_name("full.pcap");
	struct rte_eth_stats running, stats;
	struct log_capture log;
	uint16_t port;

	(void)state;
	vdev_pool(4096);
	port = vdev_plug("tx_pcap=%s,queues=%u", path, NB_QUEUES);
	vdev_start(port);
	signal(SIGXFSZ, SIG_IGN);
	log_capture_begin(&log);
	limit_files(10000);
	send_from_all(port);
	running = vdev_stats(port);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	limit_files(RLIM_INFINITY);
	vdev_assert_logged(&log, "full.pcap: File too large");
	stats = vdev_stats(port);
	assert_int_equal(running.opackets + running.oerrors, NB_QUEUES * NB_FRAMES);
	assert_int_equal(stats.opackets + stats.oerrors, NB_QUEUES * NB_FRAMES);
	assert_int_equal(stats.opackets, capture_count(path));
	assert_between(stats.opackets, 1, 10000 / 60);
	assert_int_equal(stats.obytes, stats.opackets * 60);
}

static void
a_direction_that_was_not_given_has_as_many_queues(void **state)
{
	uint16_t port = plug(""), q;
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	send_from_all(port);
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(vdev_tx_xstat(port, q, "packets"), NB_FRAMES);
	vdev_unplug(port);
	port = vdev_plug("tx_pcap=/dev/null,queues=%u", NB_QUEUES);
	vdev_start(port);
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(receive_all(port, q, &batch), 0);
}

/* Live interfaces ------------------------------------------------------------------------------ */

static void
a_live_source_drops_for_the_queue_whose_ring_is_full(void **state)
{
	uint64_t seed = 1, missed, came;
	uint8_t frame[FLOW_ROOM];
	struct batch batch = { 0 };
	double since = 0;
	uint16_t port, q;
	unsigned int i;
	int far;

	(void)state;
	need_veth();
	far = veth_socket(FAR);
	vdev_pool(4096);
	port = vdev_plug("iface=%s,queues=%u,rx_depth=8192", NEAR, NB_QUEUES);
	vdev_start(port, .rss_types = ALL_RSS_TYPES);
	for (i = 0; i < FILL_FRAMES; i++)
		assert_true(send(far, frame, flow_frame(frame, i, &seed), 0) > 0);
	do {
		/* one queue alone is served */
		receive_all(port, 0, &batch);
		batch_free(&batch);
		missed = vdev_stats(port).imissed;
		for (came = vdev_stats(port).ipackets, q = 1; q < NB_QUEUES; q++)
			came += rte_eth_rx_queue_count(port, q);
	} while (came + missed < FILL_FRAMES && vdev_wait(&since));
	assert_true(came + missed >= FILL_FRAMES);
	assert_int_equal(vdev_xstat(port, 0, "missed"), 0);
	for (q = 1; q < NB_QUEUES; q++) {
		assert_int_equal(rte_eth_rx_queue_count(port, q), VDEV_DESC - 1);
		assert_true(vdev_xstat(port, q, "missed") > 0);
	}
	/* every transmit queue reaches the wire */
	send_from_all(port);
	for (q = 0; q < NB_QUEUES; q++)
		assert_int_equal(vdev_tx_xstat(port, q, "packets"), NB_FRAMES);
	close(far);
}

static const struct CMUnitTest tests[] = {
	vdev_test(queues_are_polled_by_threads_of_their_own_at_the_same_time),
	vdev_test(a_full_ring_holds_the_whole_file_and_nothing_is_lost),
	vdev_test(a_queue_that_is_stopped_holds_the_file_until_it_starts),
	vdev_test(loans_hold_the_file_until_they_are_settled),
	vdev_test(the_link_goes_down_when_every_queue_has_taken_its_last),
	vdev_test(the_end_is_told_where_a_queue_has_nothing),
	vdev_test(each_queue_interrupts_for_what_is_steered_to_it),
	vdev_test(each_frame_keeps_its_own_time),
	vdev_test(threads_write_one_file_and_each_keeps_its_order),
	vdev_test(what_a_full_disk_takes_no_more_is_counted_once),
	vdev_test(a_direction_that_was_not_given_has_as_many_queues),
	vdev_test(a_live_source_drops_for_the_queue_whose_ring_is_full),
};

VDEV_VETH_MAIN(tests)
