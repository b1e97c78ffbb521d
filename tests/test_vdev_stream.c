/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Ports that receive from pipes, and from compressed files. */

#include "compress_util.h"

#include "intr_util.h"

/* A thread that writes a file's bytes to a pipe, and closes it. */
struct feeder {
	const char *file;
	const char *pipe;
	pthread_t thread;
	size_t written;
	bool done;
};

static void *
feed(void *arg)
{
	struct feeder *feeder = arg;
	uint8_t *bytes = malloc(65536);
	int in = open(feeder->file, O_RDONLY | O_CLOEXEC);
	int out = open(feeder->pipe, O_WRONLY | O_CLOEXEC);
	ssize_t nb;

	while ((nb = read(in, bytes, 65536)) > 0 && write(out, bytes, nb) == nb)
		__atomic_add_fetch(&feeder->written, nb, __ATOMIC_RELAXED);
	close(in);
	close(out);
	free(bytes);
	__atomic_store_n(&feeder->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static const char *
make_pipe(void)
{
	const char *path = capture_name("pipe");

	/* one test after another */
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	return path;
}

static void
start_feeding(struct feeder *feeder, const char *file, const char *pipe)
{
	*feeder = (struct feeder){ .file = file, .pipe = pipe };
	assert_int_equal(pthread_create(&feeder->thread, NULL, feed, feeder), 0);
}

/* So many packets, however long they take to come. */
static void
receive_exactly(uint16_t port, struct batch *batch, unsigned int nb)
{
	double begin = vdev_now();

	while (batch->nb < nb) {
		receive_up_to(port, 0, batch, nb - batch->nb);
		assert_true(vdev_now() - begin < VDEV_PATIENCE_S);
	}
}

static void
check_driver(const char *driver, const char *kind)
{
	struct packets packets = capture_read(capture_of(kind));
	const char *pipe = make_pipe();
	struct batch batch = { 0 };
	struct feeder feeder;
	uint16_t port;

	start_feeding(&feeder, capture_of(kind), pipe);
	port = vdev_plug_args(driver, vdev_text("rx_pcap=%s", pipe));
	vdev_start(port);
	receive_exactly(port, &batch, packets.nb);
	assert_packets(&batch, &packets);
	batch_free(&batch);
	pthread_join(feeder.thread, NULL);
	vdev_unplug(port);
}

static void
a_pipe_gives_what_its_file_does_as_with_net_pcap(void **state)
{
	static const char *const kinds[] = { "imix", "pcapng-mixed", "pcap-ns-be", "jumbo" };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(kinds); i++) {
		check_driver("net_dualbuf", kinds[i]);
		check_driver("net_pcap", kinds[i]);
	}
}

/* Bytes that are written by hand, piece by piece. */
struct hand {
	const char *pipe;
	int fd;
	struct capture capture;
	size_t written;
	unsigned int nb;
};

static void
hand_write(struct hand *hand)
{
	size_t nb = hand->capture.len - hand->written;

	assert_int_equal(write(hand->fd, hand->capture.bytes + hand->written, nb), nb);
	hand->written += nb;
}

static void
hand_add(struct hand *hand, unsigned int nb)
{
	uint8_t frame[FRAME_LEN] = { 2 };

	for (; nb > 0; nb--) {
		frame[20] = hand->nb++;
		capture_add(&hand->capture, 1700000000000000000ULL + hand->nb * 5000000ULL, frame,
				FRAME_LEN, FRAME_LEN);
	}
	hand_write(hand);
}

static struct hand *
hand_begin(void)
{
	struct hand *hand = vdev_alloc(sizeof(*hand));

	memset(hand, 0, sizeof(*hand));
	hand->pipe = make_pipe();
	hand->fd = open(hand->pipe, O_RDWR | O_CLOEXEC);
	assert_true(hand->fd >= 0);
	capture_begin(&hand->capture, CAPTURE_PCAPNG_NANO, false, CAPTURE_ETHERNET);
	hand_write(hand);
	return hand;
}

static void
assert_numbers(struct batch *batch, unsigned int first, unsigned int nb)
{
	unsigned int i;

	assert_int_equal(batch->nb, nb);
	for (i = 0; i < nb; i++)
		assert_int_equal(rte_pktmbuf_mtod(batch->m[i], uint8_t *)[20], first + i);
	batch_free(batch);
}

static void
after_a_stop_it_goes_on_where_it_was(void **state)
{
	struct hand *hand = hand_begin();
	struct batch batch = { 0 };
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", hand->pipe);

	(void)state;
	hand_add(hand, 10);
	vdev_start(port);
	receive_up_to(port, 0, &batch, 4);
	assert_numbers(&batch, 0, 4);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	hand_add(hand, 5);
	assert_int_equal(rte_eth_dev_start(port), 0);
	receive_all(port, 0, &batch);
	assert_numbers(&batch, 4, 11);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	close(hand->fd);
	receive_all(port, 0, &batch);
	assert_int_equal(batch.nb, 0);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(vdev_stats(port).ipackets, 15);
	assert_int_equal(vdev_stats(port).imissed, 0);
}

/* The thread of the model fills the ring, and what nobody took of it is lost with a stop, and counted. */
static void
what_the_ring_had_at_a_stop_is_counted(void **state)
{
	struct hand *hand = hand_begin();
	struct batch batch = { 0 };
	uint16_t port = vdev_plug("rx_pcap=%s", hand->pipe);
	double begin = vdev_now();

	(void)state;
	vdev_start(port, .intr_rxq = true);
	hand_add(hand, 10);
	while (rte_eth_rx_queue_count(port, 0) < 10)
		assert_true(vdev_now() - begin < VDEV_PATIENCE_S);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_stats(port).imissed, 10);
	assert_int_equal(rte_eth_dev_start(port), 0);
	hand_add(hand, 3);
	receive_exactly(port, &batch, 3);
	assert_numbers(&batch, 10, 3);
	assert_int_equal(vdev_stats(port).imissed, 10);
	close(hand->fd);
}

static void
a_rate_goes_on_after_a_stop_without_what_was_missed(void **state)
{
	struct hand *hand = hand_begin();
	struct batch batch = { 0 };
	uint16_t port = vdev_plug("rx_pcap=%s,rate=capture", hand->pipe);

	(void)state;
	hand_add(hand, 20);
	vdev_start(port);
	receive_exactly(port, &batch, 2);
	assert_numbers(&batch, 0, 2);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	rte_delay_us_sleep(200000);
	assert_int_equal(rte_eth_dev_start(port), 0);
	receive_exactly(port, &batch, 18);
	assert_numbers(&batch, 2, 18);
	/* had the schedule not waited for the start, packets were late by what the stop took */
	assert_true(vdev_xstat(port, 0, "late_mean_ns") < 150000000);
	close(hand->fd);
}

/* More than all that is between the writer and the ring can hold. */
static const char *
long_file(unsigned int nb)
{
	const char *path = capture_name("long");
	struct capture *capture = vdev_alloc(sizeof(*capture));
	static uint8_t frame[1500];
	FILE *file = fopen(path, "w");
	unsigned int i;

	assert_non_null(file);
	capture_begin(capture, CAPTURE_PCAP, false, CAPTURE_ETHERNET);
	for (i = 0; i < nb; i++) {
		memcpy(frame + 20, &i, sizeof(i));
		capture_add(capture, i * 1000, frame, sizeof(frame), sizeof(frame));
		assert_int_equal(fwrite(capture->bytes, capture->len, 1, file), 1);
		capture->len = 0;
	}
	assert_int_equal(fclose(file), 0);
	return path;
}

static void
nothing_is_lost_when_the_ring_is_full_and_the_model_sleeps(void **state)
{
	const unsigned int nb = 4000;
	const char *pipe = make_pipe(), *file = long_file(nb);
	struct account before, after;
	struct feeder feeder;
	struct batch batch = { 0 };
	unsigned int i = 0, k;
	size_t written;
	uint16_t port;

	(void)state;
	start_feeding(&feeder, file, pipe);
	port = vdev_plug("rx_pcap=%s", pipe);
	vdev_start(port, .nb_rx_desc = 128, .intr_rxq = true);
	/* until the writer waits */
	do {
		written = __atomic_load_n(&feeder.written, __ATOMIC_RELAXED);
		rte_delay_us_sleep(100000);
	} while (written == 0 || written != __atomic_load_n(&feeder.written, __ATOMIC_RELAXED));
	assert_false(__atomic_load_n(&feeder.done, __ATOMIC_ACQUIRE));
	before = account_of_model(port);
	rte_delay_us_sleep(500000);
	after = account_of_model(port);
	assert_true(after.cpu - before.cpu < 0.1);
	while (i < nb) {
		receive_exactly(port, &batch, 1);
		for (k = 0; k < batch.nb; k++, i++)
			assert_memory_equal(rte_pktmbuf_mtod(batch.m[k], uint8_t *) + 20, &i,
					sizeof(i));
		batch_free(&batch);
	}
	pthread_join(feeder.thread, NULL);
	assert_int_equal(vdev_stats(port).imissed, 0);
}

static void
an_interrupt_comes_with_what_comes_through_the_pipe(void **state)
{
	struct hand *hand = hand_begin();
	struct account before, after;
	uint16_t port = vdev_plug("rx_pcap=%s", hand->pipe);
	unsigned int i;
	int epfd;

	(void)state;
	vdev_start(port, .intr_rxq = true);
	epfd = listen_to(port, 1);
	for (i = 0; i < 10; i++) {
		drain(port, 0);
		enable(port, 0);
		hand_add(hand, 1);
		assert_int_equal(wait_for(epfd, PATIENCE_MS), 0);
		assert_int_equal(drain(port, 0), 1);
	}
	/* the end of a pipe, which stays there to be read, keeps nobody awake */
	close(hand->fd);
	rte_delay_us_sleep(100000);
	before = account_of_model(port);
	rte_delay_us_sleep(500000);
	after = account_of_model(port);
	assert_true(after.cpu - before.cpu < 0.1);
	close(epfd);
}

/* The file of that kind, compressed. */
static const char *
packed(const char *kind, enum compress_format format)
{
	const char *path = capture_name("packed");
	struct capture *to = vdev_alloc(sizeof(*to));
	FILE *file = fopen(capture_of(kind), "r");
	uint8_t *from = vdev_alloc(CAPTURE_MAX);
	size_t len = fread(from, 1, CAPTURE_MAX, file);

	fclose(file);
	len = compress_bytes(format, from, len, to->bytes, sizeof(to->bytes));
	assert_true(len > 0 && capture_save_bytes(path, to->bytes, len));
	return path;
}

static void
a_compressed_file_gives_what_it_gave_before(void **state)
{
	struct packets packets = capture_read(capture_of("imix"));
	enum compress_format format;
	struct batch batch = { 0 };
	uint16_t port;

	(void)state;
	for (format = 0; format < COMPRESS_FORMATS; format++) {
		if (!compress_is_built(format))
			continue;
		port = vdev_plug("rx_pcap=%s", packed("imix", format));
		vdev_start(port);
		receive_all(port, 0, &batch);
		assert_packets(&batch, &packets);
		batch_free(&batch);
		vdev_unplug(port);
	}
}

static void
a_loop_plays_the_file_as_often_and_then_ends(void **state)
{
	struct packets packets = capture_read(capture_of("uniform"));
	uint16_t port = vdev_plug("rx_pcap=%s,loop=3,eof=1", capture_of("uniform"));
	uint16_t packed_port =
			vdev_plug("rx_pcap=%s,loop=3,eof=1", packed("uniform", COMPRESS_GZIP));

	(void)state;
	vdev_start(port);
	assert_int_equal(drain(port, 0), 3 * packets.nb);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(drain(port, 0), 3 * packets.nb);
	vdev_start(packed_port);
	assert_int_equal(drain(packed_port, 0), 3 * packets.nb);
	assert_int_equal(vdev_link_status(packed_port), RTE_ETH_LINK_DOWN);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_pipe_gives_what_its_file_does_as_with_net_pcap),
	vdev_test(after_a_stop_it_goes_on_where_it_was),
	vdev_test(what_the_ring_had_at_a_stop_is_counted),
	vdev_test(a_rate_goes_on_after_a_stop_without_what_was_missed),
	vdev_test(nothing_is_lost_when_the_ring_is_full_and_the_model_sleeps),
	vdev_test(an_interrupt_comes_with_what_comes_through_the_pipe),
	vdev_test(a_compressed_file_gives_what_it_gave_before),
	vdev_test(a_loop_plays_the_file_as_often_and_then_ends),
};

VDEV_MAIN(tests)
