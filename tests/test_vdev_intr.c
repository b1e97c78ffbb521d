/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "packet_util.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include <rte_interrupts.h>

#include "rte_pmd_dualbuf.h"
#include "veth_util.h"

/*
 * Receive interrupts and link events (claim 8), for applications that sleep. A program that polled
 * instead must fail here: sleeping is measured, by the kernel's account of each thread.
 */

#define NEAR "dbintr0"
#define FAR "dbintr1"
#define NEAR2 "dbintr2"
#define FAR2 "dbintr3"

#define NB_DESC 32
#define FRAME_LEN 60
#define PATIENCE_MS (VDEV_PATIENCE_S * 1000)

#if DUALBUF_RACED
#define CYCLES 5000
#else
#define CYCLES 100000
#endif

/* Two veth pairs, in a network namespace of this process's own. */
static bool have_veth;

static void
need_veth(void)
{
	if (!have_veth) {
		print_message("no right to make a network namespace and interfaces\n");
		skip();
	}
}

/* Waiting -------------------------------------------------------------------------------------- */

/* Let time pass for a measurement; never to wait for something. */
static void
let_pass(unsigned int ms)
{
	const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

	nanosleep(&time, NULL);
}

/* An epoll instance with the interrupts of a port's first nb queues in it. */
static int
listen_to(uint16_t port, uint16_t nb)
{
	int epfd = epoll_create1(EPOLL_CLOEXEC);
	uintptr_t i;

	assert_true(epfd >= 0);
	for (i = 0; i < nb; i++)
		assert_int_equal(rte_eth_dev_rx_intr_ctl_q(port, i, epfd, RTE_INTR_EVENT_ADD,
						 (void *)(i + 100)),
				0);
	return epfd;
}

static void
enable(uint16_t port, uint16_t queue)
{
	assert_int_equal(rte_eth_dev_rx_intr_enable(port, queue), 0);
}

static void
disable(uint16_t port, uint16_t queue)
{
	assert_int_equal(rte_eth_dev_rx_intr_disable(port, queue), 0);
}

/* The queue that interrupted; -1: none did. */
static int
wait_for(int epfd, int timeout_ms)
{
	struct rte_epoll_event event;
	int nb = rte_epoll_wait(epfd, &event, 1, timeout_ms);

	assert_true(nb == 0 || nb == 1);
	return nb == 0 ? -1 : (int)((uintptr_t)event.epdata.data - 100);
}

/* Receive what is there. Returns how many packets. */
static unsigned int
drain(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int total = 0;
	uint16_t nb;

	while ((nb = rte_eth_rx_burst(port, queue, m, NB_DESC)) > 0) {
		rte_pktmbuf_free_bulk(m, nb);
		total += nb;
	}
	return total;
}

/* Until the model's thread has written something to the ring. */
static void
await_write_back(uint16_t port, uint16_t queue)
{
	double since = 0;

	while (rte_eth_rx_descriptor_status(port, queue, 0) != RTE_ETH_RX_DESC_DONE)
		assert_true(vdev_wait(&since));
}

/* Who slept ------------------------------------------------------------------------------------ */

struct account {
	double cpu; /* seconds */
	unsigned long sleeps; /* switches that the thread itself wanted */
};

static struct account
account_of_this_thread(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_THREAD, &usage), 0);
	return (struct account){
		.cpu = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
				(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
		.sleeps = usage.ru_nvcsw,
	};
}

static bool
read_text(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len;

	if (file == NULL)
		return false;
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	fclose(file);
	return true;
}

/* The kernel's number of the thread on which a port's model receives; 0: there is none. */
static int
find_model(uint16_t port)
{
	char path[PATH_MAX], comm[32], wanted[32];
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	int tid = 0;

	assert_non_null(dir);
	snprintf(wanted, sizeof(wanted), "dualbuf-%u\n", port);
	while ((entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		if (read_text(path, comm, sizeof(comm)) && strcmp(comm, wanted) == 0)
			tid = atoi(entry->d_name);
	}
	closedir(dir);
	return tid;
}

static struct account
account_of_model(uint16_t port)
{
	struct account account = { 0 };
	char path[PATH_MAX], text[4096];
	const char *at;
	int tid = find_model(port);

	assert_true(tid > 0);
	snprintf(path, sizeof(path), "/proc/self/task/%d/schedstat", tid);
	assert_true(read_text(path, text, sizeof(text)));
	account.cpu = strtoull(text, NULL, 10) / 1e9;
	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	assert_true(read_text(path, text, sizeof(text)));
	at = strstr(text, "\nvoluntary_ctxt_switches:");
	assert_non_null(at);
	account.sleeps = strtoul(strchr(at, ':') + 1, NULL, 10);
	return account;
}

static unsigned int
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	unsigned int nb = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		nb++;
	closedir(dir);
	return nb;
}

/* Arrivals ------------------------------------------------------------------------------------- */

static void
put_on_wire(int fd, uint32_t number)
{
	uint8_t frame[FRAME_LEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x88,
		0xb5 };

	memcpy(frame + 14, &number, sizeof(number));
	while (send(fd, frame, sizeof(frame), 0) != sizeof(frame))
		if (errno != ENOBUFS && errno != EINTR)
			abort();
}

static uint32_t
number_of(const struct rte_mbuf *m)
{
	uint32_t number;

	memcpy(&number, rte_pktmbuf_mtod_offset(m, const uint8_t *, 14), sizeof(number));
	return number;
}

/* Queues are told apart ------------------------------------------------------------------------ */

static void
each_queue_has_an_event_of_its_own(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null", capture_of("uniform"),
			capture_of("imix"));
	uint16_t q;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 2);
	await_write_back(port, 0);
	await_write_back(port, 1);
	/* both have packets, and nobody wants to know */
	assert_int_equal(wait_for(epfd, 0), -1);
	for (q = 0; q < 2; q++) {
		enable(port, q);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), q);
		/* one enable is answered once */
		assert_int_equal(wait_for(epfd, 0), -1);
	}
	/* both at once are two events */
	enable(port, 0);
	enable(port, 1);
	q = wait_for(epfd, PATIENCE_MS);
	assert_int_equal(wait_for(epfd, PATIENCE_MS), 1 - q);
	assert_int_equal(wait_for(epfd, 0), -1);

	/* a queue that was taken out is silent, the other one is not */
	assert_int_equal(rte_eth_dev_rx_intr_ctl_q(port, 0, epfd, RTE_INTR_EVENT_DEL, NULL), 0);
	enable(port, 0);
	enable(port, 1);
	assert_int_equal(wait_for(epfd, PATIENCE_MS), 1);
	assert_int_equal(wait_for(epfd, 0), -1);
	close(epfd);
}

static void
live_queues_wake_for_their_own_packets(void **state)
{
	int far[2], epfd;
	uint16_t port, q;
	unsigned int i;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s,rx_iface_in=%s,tx_pcap=/dev/null", NEAR, NEAR2);
	far[0] = veth_socket(FAR);
	far[1] = veth_socket(FAR2);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 2);
	enable(port, 0);
	enable(port, 1);
	for (i = 0; i < 200; i++) {
		q = i * 7 / 3 % 2;
		put_on_wire(far[q], i);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), q);
		assert_int_equal(drain(port, q), 1);
		assert_int_equal(drain(port, 1 - q), 0);
		enable(port, q);
	}
	assert_int_equal(wait_for(epfd, 0), -1);
	close(epfd);
	close(far[0]);
	close(far[1]);
}

/* Nothing is lost ------------------------------------------------------------------------------ */

static void
a_packet_that_came_before_the_enable_wakes_at_once(void **state)
{
	uint16_t port = vdev_plug(
			"rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1", capture_of("uniform"));
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;
	uint16_t nb;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	for (i = 0; i < 1000; i++) {
		await_write_back(port, 0);
		enable(port, 0);
		/*
		 * The ring may be full, so that nothing more can come. The event is there already,
		 * or the model has taken the request and is about to write it.
		 */
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
		assert_true(nb > 0);
		rte_pktmbuf_free_bulk(m, nb);
	}
	close(epfd);
}

static void
a_disabled_interrupt_is_silent(void **state)
{
	unsigned int i;
	uint16_t port;
	int epfd, far;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s", NEAR);
	far = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	for (i = 0; i < 20; i++) {
		enable(port, 0);
		disable(port, 0);
		put_on_wire(far, i);
		await_write_back(port, 0);
		assert_int_equal(wait_for(epfd, 1), -1);
		assert_int_equal(drain(port, 0), 1);
	}
	close(epfd);
	close(far);
}

/* A while that nobody can foresee, up to some microseconds. */
static void
dither(uint32_t *seed, uint32_t limit)
{
	volatile uint32_t i;

	*seed = *seed * 1664525 + 1013904223;
	for (i = (*seed >> 16) % limit; i > 0; i--)
		;
}

/*
 * The model's thread is woken by the doorbell of each burst, and writes while the application finds
 * the ring empty and enables. The file never ends, so every enable has to be answered.
 */
static void
a_hundred_thousand_enables_race_a_file_and_lose_no_wake_up(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1",
			capture_make("uniform", 1000));
	struct rte_mbuf *m[NB_DESC];
	unsigned int i, tries, empty = 0;
	uint32_t seed = 1;
	uint16_t nb;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	for (i = 0; i < CYCLES; i++) {
		for (tries = 0; tries < 8; tries++) {
			nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
			rte_pktmbuf_free_bulk(m, nb);
			if (nb == 0)
				break;
		}
		empty += nb == 0;
		dither(&seed, 4000);
		enable(port, 0);
		if (seed % 16 == 0) {
			/* changed its mind; an interrupt that was on its way may still come */
			disable(port, 0);
			wait_for(epfd, 0);
			enable(port, 0);
		}
		if (wait_for(epfd, PATIENCE_MS) != 0)
			fail_msg("enable %u: no interrupt, though there are packets", i);
		if (seed % 3 == 0)
			disable(port, 0);
	}
	/* the race was run: many enables came after an empty burst */
	assert_true(empty > CYCLES / 20);
	close(epfd);
}

/* One who sends a packet for each time that the other one is about to sleep. */
struct sender {
	pthread_t thread;
	int fd;
	uint32_t wanted; /* packets */
	uint32_t nb; /* how many are to be sent altogether */
	uint32_t pause_ns; /* before each; 0: no longer than it takes to hit the enable */
};

static void *
send_on_demand(void *arg)
{
	struct sender *sender = arg;
	const struct timespec pause = { .tv_nsec = sender->pause_ns };
	uint32_t seed = 7, i;

	for (i = 0; i < sender->nb; i++) {
		while (__atomic_load_n(&sender->wanted, __ATOMIC_ACQUIRE) == i)
			sched_yield();
		if (sender->pause_ns > 0)
			nanosleep(&pause, NULL);
		else
			dither(&seed, 20000);
		put_on_wire(sender->fd, i);
	}
	return NULL;
}

/* Sleep until packet i is there. Every packet is alone on the wire, so each needs a wake-up. */
static unsigned int
sleep_until_packet(uint16_t port, int epfd, uint32_t i, uint32_t *seed)
{
	struct rte_mbuf *m;
	unsigned int wakes = 0;
	bool mine;

	while (rte_eth_rx_burst(port, 0, &m, 1) == 0) {
		if (seed != NULL)
			dither(seed, 4000);
		enable(port, 0);
		if (wait_for(epfd, PATIENCE_MS) != 0)
			fail_msg("packet %u: no interrupt", i);
		wakes++;
	}
	mine = number_of(m) == i;
	rte_pktmbuf_free(m);
	assert_true(mine);
	return wakes;
}

static void
arrivals_that_race_the_enable_lose_no_wake_up(void **state)
{
	struct sender sender = { .nb = CYCLES / 5 };
	uint32_t seed = 1, i, wakes = 0;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s", NEAR);
	sender.fd = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	assert_int_equal(pthread_create(&sender.thread, NULL, send_on_demand, &sender), 0);
	for (i = 0; i < sender.nb; i++) {
		__atomic_store_n(&sender.wanted, i + 1, __ATOMIC_RELEASE);
		wakes += sleep_until_packet(port, epfd, i, &seed);
	}
	pthread_join(sender.thread, NULL);
	assert_true(wakes > sender.nb / 20);
	assert_int_equal(vdev_stats(port).imissed, 0);
	close(epfd);
	close(sender.fd);
}

/* Nobody polls --------------------------------------------------------------------------------- */

#define NB_NAPS 200
#define NAP_NS 2000000

static void
a_program_that_waits_for_packets_sleeps(void **state)
{
	struct sender sender = { .nb = NB_NAPS, .pause_ns = NAP_NS };
	struct account self, model, self_after, model_after;
	uint32_t i, wakes = 0;
	double begin, took;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s", NEAR);
	sender.fd = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	assert_int_equal(pthread_create(&sender.thread, NULL, send_on_demand, &sender), 0);
	self = account_of_this_thread();
	model = account_of_model(port);
	begin = vdev_now();
	for (i = 0; i < NB_NAPS; i++) {
		__atomic_store_n(&sender.wanted, i + 1, __ATOMIC_RELEASE);
		wakes += sleep_until_packet(port, epfd, i, NULL);
	}
	took = vdev_now() - begin;
	self_after = account_of_this_thread();
	model_after = account_of_model(port);
	pthread_join(sender.thread, NULL);

	assert_true(took > NB_NAPS * NAP_NS / 1e9);
	/*
	 * One wake-up for each packet, and each time both threads had slept; but on a busy machine a
	 * packet may be there before its receiver got to sleep.
	 */
	assert_in_range(wakes, NB_NAPS / 2, NB_NAPS + 5);
	assert_true(self_after.sleeps - self.sleeps >= NB_NAPS / 2);
	assert_true(model_after.sleeps - model.sleeps >= NB_NAPS / 2);
	print_message("%.0f ms: %.1f ms of CPU time here, %.1f ms in the model\n", took * 1e3,
			(self_after.cpu - self.cpu) * 1e3, (model_after.cpu - model.cpu) * 1e3);
	/* who polls is at 100 %, whatever the machine does besides */
	assert_true(self_after.cpu - self.cpu < took / 4);
	assert_true(model_after.cpu - model.cpu < took / 4);
	close(epfd);
	close(sender.fd);
}

static void
an_idle_port_uses_no_cpu(void **state)
{
	struct account self, model, self_after, model_after;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s,tx_iface=%s", NEAR, NEAR);
	vdev_start(port, .intr_rxq = true, .intr_lsc = true);
	epfd = listen_to(port, 1);
	drain(port, 0);
	enable(port, 0);
	self = account_of_this_thread();
	model = account_of_model(port);
	assert_int_equal(wait_for(epfd, 1000), -1);
	self_after = account_of_this_thread();
	model_after = account_of_model(port);
	assert_true(self_after.cpu - self.cpu < 0.02);
	assert_true(model_after.cpu - model.cpu < 0.02);
	assert_true(model_after.sleeps - model.sleeps < 50);
	close(epfd);
}

static void
an_interface_that_is_gone_does_not_keep_the_model_awake(void **state)
{
	struct account model, after;
	struct log_capture log;
	uint16_t port;
	int epfd;

	(void)state;
	need_veth();
	assert_true(veth_ip("link add dbgone0 type veth peer name dbgone1"));
	assert_true(veth_ip("link set dbgone0 up"));
	assert_true(veth_ip("link set dbgone1 up"));
	port = vdev_plug("rx_iface_in=%s", "dbgone0");
	vdev_start(port, .intr_rxq = true);
	epfd = listen_to(port, 1);
	enable(port, 0);
	log_capture_begin(&log);
	assert_true(veth_ip("link del dbgone0"));
	wait_for(epfd, 100);
	model = account_of_model(port);
	wait_for(epfd, 300);
	after = account_of_model(port);
	log_capture_end(&log);
	assert_true(after.cpu - model.cpu < 0.1);
	close(epfd);
}

/* Moderation ----------------------------------------------------------------------------------- */

#define GAP_MS 10
#define NB_MODERATED 40

static void
moderation_keeps_interrupts_apart(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1,intr_us=%u",
			capture_of("uniform"), GAP_MS * 1000);
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;
	uint16_t nb;
	double took;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	took = -vdev_now();
	for (i = 0; i < NB_MODERATED; i++) {
		/* there are always packets: enabled before they came, or after */
		if (i % 2 == 0)
			await_write_back(port, 0);
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
		assert_true(nb > 0);
		rte_pktmbuf_free_bulk(m, nb);
	}
	took += vdev_now();
	print_message("%u interrupts in %.0f ms\n", NB_MODERATED, took * 1e3);
	assert_true(took >= (NB_MODERATED - 1) * GAP_MS / 1e3);
	close(epfd);
}

static void
a_packet_that_moderation_held_back_is_not_forgotten(void **state)
{
	unsigned int i;
	uint16_t port;
	double took;
	int epfd, far;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface_in=%s,intr_us=%u", NEAR, GAP_MS * 1000);
	far = veth_socket(FAR);
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	took = -vdev_now();
	for (i = 0; i < NB_MODERATED; i++) {
		if (i % 2 == 0)
			enable(port, 0);
		put_on_wire(far, i);
		if (i % 2 == 1)
			enable(port, 0);
		/* nothing else arrives: this one packet has to do */
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_int_equal(drain(port, 0), 1);
	}
	took += vdev_now();
	assert_true(took >= (NB_MODERATED - 1) * GAP_MS / 1e3);
	close(epfd);
	close(far);
}

/* Whole files ---------------------------------------------------------------------------------- */

/* Receive by interrupts alone, and send all of it. */
static void
forward_asleep(uint16_t port, int epfd, unsigned int count)
{
	struct batch batch = { 0 };
	unsigned int total = 0;

	while (total < count) {
		if (receive_up_to(port, 0, &batch, 32) == 0) {
			enable(port, 0);
			if (wait_for(epfd, PATIENCE_MS) != 0)
				fail_msg("no interrupt after %u packets", total);
			continue;
		}
		total += batch.nb;
		send_all(port, 0, &batch);
	}
}

static void
a_file_is_forwarded_to_another_by_interrupts(void **state)
{
	static const char *const kinds[] = { "imix", "jumbo", "edges" };
	const char *in, *out = capture_name("forwarded");
	struct packets packets;
	unsigned int i;
	uint16_t port;
	int epfd;

	(void)state;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		in = capture_make(kinds[i], 1000);
		packets = capture_read(in);
		port = vdev_plug("rx_pcap=%s,tx_pcap=%s%s", in, out, i == 1 ? ",intr_us=50" : "");
		vdev_start(port, .intr_rxq = true, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
				.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS);
		epfd = listen_to(port, 1);
		forward_asleep(port, epfd, packets.nb);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_file(out, &packets);
		assert_int_equal(vdev_stats(port).opackets, packets.nb);
		close(epfd);
		vdev_unplug(port);
	}
}

static void
what_is_sent_right_before_the_stop_is_in_the_file(void **state)
{
	struct packets packets = capture_read(capture_of("uniform"));
	const char *out = capture_name("sent");
	struct rte_mempool *mp = vdev_pool(1024);
	struct batch batch = { 0 };
	unsigned int i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 50; i++) {
		port = vdev_plug("tx_pcap=%s", out);
		vdev_start(port, .intr_rxq = true, .nb_tx_desc = 256);
		for (batch.nb = 0; batch.nb < packets.nb;)
			batch_add(&batch, mbuf_of(mp, &packets.all[batch.nb], UINT32_MAX));
		assert_int_equal(rte_eth_tx_burst(port, 0, batch.m, packets.nb), packets.nb);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_file(out, &packets);
		vdev_unplug(port);
	}
	assert_pool_full(mp);
}

static void
what_is_sent_is_out_when_the_burst_returns_and_wakes_nobody(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=/dev/null");
	const struct packet packet = { .len = FRAME_LEN, .data = (uint8_t[FRAME_LEN]){ 0 } };
	struct rte_mempool *mp = vdev_pool(1024);
	struct account before, after;
	struct rte_mbuf *m;
	unsigned int nb_free, i;

	(void)state;
	vdev_start(port, .intr_rxq = true);
	nb_free = rte_mempool_avail_count(mp);
	before = account_of_model(port);
	for (i = 0; i < 1000; i++) {
		m = mbuf_of(mp, &packet, UINT32_MAX);
		assert_int_equal(rte_eth_tx_burst(port, 0, &m, 1), 1);
		assert_int_equal(rte_eth_tx_descriptor_status(port, 0, VDEV_DESC - 1),
				RTE_ETH_TX_DESC_DONE);
		assert_int_equal(rte_mempool_avail_count(mp), nb_free);
	}
	after = account_of_model(port);
	assert_true(after.sleeps - before.sleeps < 50);
}

/* Deferred copies ------------------------------------------------------------------------------ */

struct loan_holder {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct rte_mbuf *m[4096];
	unsigned int nb;
	bool end;
};

/* Takes its time with each packet, in the order in which they came. */
static void *
hold_and_free(void *arg)
{
	const struct timespec while_it_works = { .tv_nsec = 20000 };
	struct loan_holder *holder = arg;
	struct rte_mbuf *m;
	unsigned int at = 0;

	pthread_mutex_lock(&holder->lock);
	for (;;) {
		while (at == holder->nb && !holder->end)
			pthread_cond_wait(&holder->more, &holder->lock);
		if (at == holder->nb)
			break;
		m = holder->m[at++];
		pthread_mutex_unlock(&holder->lock);
		nanosleep(&while_it_works, NULL);
		rte_pktmbuf_free(m);
		pthread_mutex_lock(&holder->lock);
	}
	pthread_mutex_unlock(&holder->lock);
	return NULL;
}

/*
 * The handler sleeps when all descriptors wait. The device has no room for a packet and cannot
 * interrupt, and that the loans came home nobody tells the handler: it must wake all the same.
 */
static void
a_handler_that_sleeps_while_its_loans_are_out_is_woken(void **state)
{
	static struct loan_holder holder = {
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.more = PTHREAD_COND_INITIALIZER,
	};
	const unsigned int count = 2000;
	const char *path = capture_make("uniform", count);
	struct packets packets = capture_read(path);
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", path);
	struct account account, after;
	unsigned int total = 0, i;
	struct rte_mbuf *m[NB_DESC];
	pthread_t thread;
	double begin;
	uint16_t nb;
	int epfd;

	(void)state;
	holder.nb = 0;
	holder.end = false;
	vdev_start(port, .intr_rxq = true, .nb_rx_desc = NB_DESC);
	epfd = listen_to(port, 1);
	assert_int_equal(pthread_create(&thread, NULL, hold_and_free, &holder), 0);
	account = account_of_this_thread();
	begin = vdev_now();
	while (total < count) {
		nb = rte_eth_rx_burst(port, 0, m, NB_DESC);
		if (nb == 0) {
			enable(port, 0);
			if (wait_for(epfd, PATIENCE_MS) != 0)
				fail_msg("forgotten after %u packets", total);
			continue;
		}
		for (i = 0; i < nb; i++, total++)
			assert_packet(m[i], &packets.all[total], total);
		pthread_mutex_lock(&holder.lock);
		memcpy(holder.m + holder.nb, m, nb * sizeof(m[0]));
		holder.nb += nb;
		pthread_cond_signal(&holder.more);
		pthread_mutex_unlock(&holder.lock);
	}
	after = account_of_this_thread();
	print_message("%.0f ms, of which %.0f ms of CPU time\n", (vdev_now() - begin) * 1e3,
			(after.cpu - account.cpu) * 1e3);
	pthread_mutex_lock(&holder.lock);
	holder.end = true;
	pthread_cond_signal(&holder.more);
	pthread_mutex_unlock(&holder.lock);
	pthread_join(thread, NULL);
	assert_true(vdev_xstat(port, 0, "loans") > 0);
	/* nor did it poll meanwhile */
	assert_true(after.sleeps > account.sleeps);
	assert_true(after.cpu - account.cpu < (vdev_now() - begin) / 2);
	close(epfd);
}

/* Beginning and end ---------------------------------------------------------------------------- */

static void
without_intr_conf_there_are_no_interrupts(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	unsigned int threads = count_threads();
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	vdev_start(port);
	assert_int_equal(count_threads(), threads);
	assert_int_equal(find_model(port), 0);
	assert_int_equal(rte_eth_dev_rx_intr_enable(port, 0), -ENOTSUP);
	assert_int_equal(rte_eth_dev_rx_intr_disable(port, 0), -ENOTSUP);
	assert_true(rte_eth_dev_rx_intr_ctl_q(port, 0, epfd, RTE_INTR_EVENT_ADD, NULL) < 0);
	assert_int_equal(drain(port, 0), 200);
	close(epfd);
}

static void
queues_that_do_not_exist_have_no_interrupt(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	int epfd = epoll_create1(EPOLL_CLOEXEC);

	(void)state;
	vdev_start(port, .intr_rxq = true);
	assert_true(rte_eth_dev_rx_intr_enable(port, 1) < 0);
	assert_true(rte_eth_dev_rx_intr_disable(port, 1) < 0);
	assert_true(rte_eth_dev_rx_intr_ctl_q(port, 1, epfd, RTE_INTR_EVENT_ADD, NULL) < 0);
	close(epfd);
}

static void
await_threads(unsigned int nb)
{
	double since = 0;

	while (count_threads() != nb)
		if (!vdev_wait(&since))
			fail_msg("%u threads instead of %u", count_threads(), nb);
}

/* One round of a port's life; what is left behind, the end of the test finds. */
static void
live_a_little(uint16_t port, unsigned int round, bool eof, unsigned int nb_threads)
{
	bool intr = round % 3 != 0;
	struct rte_mbuf *m[NB_DESC];
	double since = 0;
	int epfd = -1;
	uint16_t nb;

	vdev_start(port, .intr_rxq = intr, .intr_lsc = eof && round % 2, .nb_rx_desc = NB_DESC);
	assert_int_equal(find_model(port) != 0, intr);
	if (intr) {
		epfd = listen_to(port, 1);
		if (round % 4 != 3) {
			enable(port, 0);
			assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		}
	}
	while ((nb = rte_eth_rx_burst(port, 0, m, 1 + round % NB_DESC)) == 0)
		assert_true(vdev_wait(&since));
	/* some packets are freed when the port has stopped */
	if (round % 5 == 0) {
		assert_int_equal(rte_eth_dev_stop(port), 0);
		await_threads(nb_threads);
	}
	rte_pktmbuf_free_bulk(m, nb);
	if (intr && round % 2 == 0)
		assert_int_equal(rte_eth_dev_rx_intr_ctl_q(port, 0, epfd, RTE_INTR_EVENT_DEL, NULL),
				0);
	if (epfd >= 0)
		close(epfd);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	await_threads(nb_threads);
}

static void
two_hundred_lives_leave_nothing_behind(void **state)
{
	unsigned int nb_threads = count_threads(), i;
	const char *out = capture_name("lives");
	uint16_t port = RTE_MAX_ETHPORTS;
	bool eof = false;

	(void)state;
	vdev_hush_ethdev();
	vdev_pool(1024);
	for (i = 0; i < 200; i++) {
		if (port == RTE_MAX_ETHPORTS)
			port = vdev_plug("rx_pcap=%s,tx_pcap=%s,copy=%s,%s", capture_of("imix"),
					out, i % 4 < 2 ? "inline" : "deferred",
					eof ? "eof=1" : "infinite_rx=1");
		live_a_little(port, i, eof, nb_threads);
		if (i % 7 == 6) {
			vdev_unplug(port);
			port = RTE_MAX_ETHPORTS;
			eof = !eof;
			assert_pool_full(vdev.pools[0]);
		}
	}
}

/* Closed while the model's thread is busy, without a stop; and with its events still listened to. */
static void
a_port_that_is_pulled_out_takes_its_thread_along(void **state)
{
	unsigned int nb_threads = count_threads(), i;
	uint16_t port;
	int epfd;

	(void)state;
	for (i = 0; i < 20; i++) {
		port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,infinite_rx=1", capture_of("imix"));
		vdev_start(port, .intr_rxq = true);
		epfd = listen_to(port, 1);
		enable(port, 0);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		vdev_unplug(port);
		await_threads(nb_threads);
		assert_int_equal(wait_for(epfd, 0), -1);
		close(epfd);
	}
}

/* Link events ---------------------------------------------------------------------------------- */

struct link_events {
	uint32_t nb;
	uint32_t status; /* as the last one found it */
};

static int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	struct link_events *events = arg;
	struct rte_eth_link link = { 0 };

	(void)ret_param;
	if (type == RTE_ETH_EVENT_INTR_LSC && rte_eth_link_get_nowait(port, &link) == 0) {
		__atomic_store_n(&events->status, link.link_status, __ATOMIC_RELAXED);
		__atomic_add_fetch(&events->nb, 1, __ATOMIC_RELEASE);
	}
	return 0;
}

static struct link_events *
watch_link(uint16_t port)
{
	struct link_events *events = vdev_alloc(sizeof(*events));

	assert_int_equal(rte_eth_dev_callback_register(
					 port, RTE_ETH_EVENT_INTR_LSC, on_link, events),
			0);
	return events;
}

static void
forget_link(uint16_t port, struct link_events *events)
{
	assert_int_equal(rte_eth_dev_callback_unregister(
					 port, RTE_ETH_EVENT_INTR_LSC, on_link, events),
			0);
}

static uint32_t
events_so_far(const struct link_events *events)
{
	return __atomic_load_n(&events->nb, __ATOMIC_ACQUIRE);
}

static void
await_event(struct link_events *events, uint32_t nb, uint32_t status)
{
	double since = 0;

	while (events_so_far(events) < nb)
		if (!vdev_wait(&since))
			fail_msg("no link event number %u", nb);
	assert_int_equal(events_so_far(events), nb);
	assert_int_equal(__atomic_load_n(&events->status, __ATOMIC_RELAXED), status);
}

/* Receive from a port until it has given nb packets. */
static void
receive_exactly(uint16_t port, uint16_t queue, unsigned int nb)
{
	unsigned int total = 0;
	double since = 0;

	while (total < nb) {
		total += drain(port, queue);
		assert_true(total == nb || vdev_wait(&since));
	}
	assert_int_equal(total, nb);
}

static void
the_end_of_the_file_is_told_once(bool intr)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_of("tiny"));
	struct link_events *events = watch_link(port);
	unsigned int round;

	for (round = 0; round < 2; round++) {
		vdev_start(port, .intr_rxq = intr, .intr_lsc = true, .nb_rx_desc = 512);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		/* all of the file may be in the ring by now; but nobody has received it */
		let_pass(250);
		assert_int_equal(events_so_far(events), round);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		receive_exactly(port, 0, 200);
		await_event(events, round + 1, RTE_ETH_LINK_DOWN);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		let_pass(250);
		assert_int_equal(events_so_far(events), round + 1);
		assert_int_equal(rte_eth_dev_stop(port), 0);
	}
	forget_link(port, events);
}

static void
with_eof_the_link_goes_down_when_the_file_has_been_received(void **state)
{
	(void)state;
	the_end_of_the_file_is_told_once(false);
}

static void
with_eof_and_interrupts_the_link_goes_down_when_the_file_has_been_received(void **state)
{
	(void)state;
	the_end_of_the_file_is_told_once(true);
}

static void
with_eof_loans_that_are_out_do_not_hold_the_link_up(void **state)
{
	uint16_t port = vdev_plug(
			"rx_pcap=%s,eof=1,copy=deferred", capture_make("uniform", 2 * NB_DESC - 1));
	struct link_events *events = watch_link(port);
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port, .intr_lsc = true, .nb_rx_desc = NB_DESC);
	receive_all(port, 0, &batch);
	assert_int_equal(batch.nb, 2 * NB_DESC - 1);
	assert_int_equal(vdev_xstat(port, 0, "waiting"), NB_DESC - 1);
	await_event(events, 1, RTE_ETH_LINK_DOWN);
	forget_link(port, events);
	batch_free(&batch);
}

static void
with_eof_the_link_stays_up_until_the_last_file_ends(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null,eof=1",
			capture_of("tiny"), capture_of("uniform"));

	(void)state;
	vdev_start(port);
	receive_exactly(port, 1, 200);
	drain(port, 1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_exactly(port, 0, 200);
	drain(port, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	/* it is a new link that comes up with the file's beginning */
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
}

static void
without_eof_the_link_stays_up(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=0", capture_of("tiny"));

	(void)state;
	vdev_start(port);
	receive_exactly(port, 0, 200);
	drain(port, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
}

static void
link_events_are_told_only_to_those_who_asked(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_of("tiny"));
	struct link_events *events = watch_link(port);

	(void)state;
	vdev_start(port);
	receive_exactly(port, 0, 200);
	drain(port, 0);
	let_pass(250);
	assert_int_equal(events_so_far(events), 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	forget_link(port, events);
}

static void
the_carrier_of_an_interface_is_the_link(void **state)
{
	struct link_events *events;
	uint16_t port;
	unsigned int i;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface=%s", NEAR);
	events = watch_link(port);
	vdev_start(port, .intr_rxq = true, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	for (i = 0; i < 3; i++) {
		assert_true(veth_ip("link set %s down", FAR));
		await_event(events, 2 * i + 1, RTE_ETH_LINK_DOWN);
		assert_true(veth_ip("link set %s up", FAR));
		await_event(events, 2 * i + 2, RTE_ETH_LINK_UP);
	}
	/* packets come as before */
	{
		int epfd = listen_to(port, 1), far = veth_socket(FAR);

		drain(port, 0);
		enable(port, 0);
		put_on_wire(far, 1);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_true(drain(port, 0) > 0);
		close(far);
		close(epfd);
	}
	forget_link(port, events);
}

static int
set_up_group(void **state)
{
	/* before EAL starts its threads: the one that watches links must see these interfaces */
	have_veth = veth_make(NEAR, FAR) &&
			veth_ip("link add %s type veth peer name %s", NEAR2, FAR2) &&
			veth_ip("link set %s up", NEAR2) && veth_ip("link set %s up", FAR2);
	return vdev_set_up_group(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(each_queue_has_an_event_of_its_own),
		vdev_test(live_queues_wake_for_their_own_packets),
		vdev_test(a_packet_that_came_before_the_enable_wakes_at_once),
		vdev_test(a_disabled_interrupt_is_silent),
		vdev_test(a_hundred_thousand_enables_race_a_file_and_lose_no_wake_up),
		vdev_test(arrivals_that_race_the_enable_lose_no_wake_up),
		vdev_test(a_program_that_waits_for_packets_sleeps),
		vdev_test(an_idle_port_uses_no_cpu),
		vdev_test(an_interface_that_is_gone_does_not_keep_the_model_awake),
		vdev_test(moderation_keeps_interrupts_apart),
		vdev_test(a_packet_that_moderation_held_back_is_not_forgotten),
		vdev_test(a_file_is_forwarded_to_another_by_interrupts),
		vdev_test(what_is_sent_right_before_the_stop_is_in_the_file),
		vdev_test(what_is_sent_is_out_when_the_burst_returns_and_wakes_nobody),
		vdev_test(a_handler_that_sleeps_while_its_loans_are_out_is_woken),
		vdev_test(without_intr_conf_there_are_no_interrupts),
		vdev_test(queues_that_do_not_exist_have_no_interrupt),
		vdev_test(two_hundred_lives_leave_nothing_behind),
		vdev_test(a_port_that_is_pulled_out_takes_its_thread_along),
		vdev_test(with_eof_the_link_goes_down_when_the_file_has_been_received),
		vdev_test(with_eof_and_interrupts_the_link_goes_down_when_the_file_has_been_received),
		vdev_test(with_eof_loans_that_are_out_do_not_hold_the_link_up),
		vdev_test(with_eof_the_link_stays_up_until_the_last_file_ends),
		vdev_test(without_eof_the_link_stays_up),
		vdev_test(link_events_are_told_only_to_those_who_asked),
		vdev_test(the_carrier_of_an_interface_is_the_link),
	};

	return cmocka_run_group_tests(tests, set_up_group, vdev_tear_down_group);
}
