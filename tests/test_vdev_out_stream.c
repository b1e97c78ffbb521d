/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Ports that send to pipes, and to captures of other kinds than classic pcap. */

#include <fcntl.h>

#include "out_util.h"

#define LEN 1000

struct reader {
	const char *path;
	int fd;
};

static struct reader
make_reader(void)
{
	struct reader reader = { .path = capture_name("pipe") };

	(void)unlink(reader.path);
	assert_int_equal(mkfifo(reader.path, 0600), 0);
	reader.fd = open(reader.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(reader.fd >= 0);
	return reader;
}

/* What is in the pipe goes to the file. */
static void
take_all(const struct reader *reader, FILE *file)
{
	static char bytes[65536];
	ssize_t nb;

	while ((nb = read(reader->fd, bytes, sizeof(bytes))) > 0)
		assert_int_equal(fwrite(bytes, 1, nb, file), nb);
}

static struct rte_mbuf *
numbered(struct rte_mempool *mp, uint32_t number)
{
	uint8_t bytes[LEN] = { 0 };
	const struct packet packet = { .len = LEN, .data = bytes };

	memcpy(bytes + 20, &number, sizeof(number));
	return mbuf_of(mp, &packet, UINT32_MAX);
}

/* Returns whether the port took it; else it is freed. */
static bool
send_number(uint16_t port, struct rte_mempool *mp, uint32_t number)
{
	struct rte_mbuf *m = numbered(mp, number);

	if (rte_eth_tx_burst(port, 0, &m, 1) == 1)
		return true;
	rte_pktmbuf_free(m);
	return false;
}

static void
assert_numbers(const char *path, unsigned int nb)
{
	struct packets packets = capture_read(path);
	unsigned int i;

	assert_int_equal(packets.nb, nb);
	for (i = 0; i < nb; i++) {
		assert_int_equal(packets.all[i].len, LEN);
		assert_memory_equal(packets.all[i].data + 20, &i, sizeof(i));
	}
}

/* A burst that returns less is what an application knows of a NIC that is paused. */
static void
packets_wait_in_the_ring_for_a_slow_reader_and_none_is_lost(void **state)
{
	struct reader reader = make_reader();
	const char *copy = capture_name("copy.pcap");
	FILE *file = fopen(copy, "w");
	struct rte_mempool *mp = vdev_pool(4095);
	uint16_t port = vdev_plug("tx_pcap=%s", reader.path);
	unsigned int nb = 0, refused = 0;

	(void)state;
	vdev_start(port);
	while (nb < 8000) {
		if (send_number(port, mp, nb)) {
			nb++;
		} else {
			refused++;
			take_all(&reader, file);
		}
	}
	assert_true(refused > 1);
	/* a stop waits for the reader, so it has to be given room before */
	take_all(&reader, file);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	take_all(&reader, file);
	/* the same stream goes on, without a second header */
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_true(send_number(port, mp, nb++));
	assert_int_equal(vdev_stats(port).oerrors, 0);
	assert_int_equal(vdev_stats(port).opackets, nb);
	vdev_unplug(port);
	take_all(&reader, file);
	fclose(file);
	close(reader.fd);
	assert_numbers(copy, nb);
	vdev_free_pool(mp);
}

/* An application that has nothing more to send may not call for it again. */
static void
what_is_in_the_ring_goes_on_without_the_sender(void **state)
{
	struct reader reader = make_reader();
	const char *copy = capture_name("copy.pcap");
	FILE *file = fopen(copy, "w");
	struct rte_mempool *mp = vdev_pool(4095);
	uint16_t port = vdev_plug("tx_pcap=%s", reader.path);
	double begun = vdev_now();
	unsigned int nb = 0;
	long size;

	(void)state;
	vdev_start(port);
	while (send_number(port, mp, nb))
		nb++;
	do {
		take_all(&reader, file);
		size = ftell(file);
		rte_delay_us_sleep(10000);
		assert_true(vdev_now() - begun < VDEV_PATIENCE_S);
	} while (size < (long)(24 + nb * (16 + LEN)));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	fclose(file);
	close(reader.fd);
	assert_numbers(copy, nb);
	vdev_free_pool(mp);
}

static void
a_reader_that_takes_nothing_does_not_hold_up_a_stop_and_losses_are_counted(void **state)
{
	struct reader reader = make_reader();
	struct rte_mempool *mp = vdev_pool(4095);
	uint16_t port = vdev_plug("tx_pcap=%s", reader.path);
	unsigned int nb = 0;
	double begun;

	(void)state;
	vdev_start(port);
	while (send_number(port, mp, nb))
		nb++;
	begun = vdev_now();
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_true(vdev_now() - begun < 5);
	/* the ring's, all of them */
	assert_true(vdev_stats(port).oerrors > 0);
	assert_int_equal(vdev_stats(port).opackets + vdev_stats(port).oerrors, nb);
	vdev_free_pool(mp);
	vdev_unplug(port);
	close(reader.fd);
}

static void
a_reader_that_goes_makes_errors_and_no_signal(void **state)
{
	struct reader reader = make_reader();
	struct rte_mempool *mp = vdev_pool(1023);
	uint16_t port = vdev_plug("tx_pcap=%s", reader.path);
	unsigned int i;

	(void)state;
	vdev_start(port);
	assert_true(send_number(port, mp, 0));
	close(reader.fd);
	for (i = 0; i < 1000; i++)
		assert_true(send_number(port, mp, i));
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_stats(port).oerrors, 1001);
	assert_int_equal(vdev_stats(port).opackets, 0);
	vdev_free_pool(mp);
}

static void
send_to(const char *args, unsigned int first, unsigned int nb)
{
	struct rte_mempool *mp = vdev_pool(1023);
	uint16_t port = vdev_plug_args("net_dualbuf", args);
	unsigned int i;

	vdev_start(port);
	for (i = first; i < first + nb; i++)
		assert_true(send_number(port, mp, i));
	vdev_unplug(port);
	vdev_free_pool(mp);
}

static void
arguments_choose_the_kind_of_file(void **state)
{
	const char *pcapng = capture_name("out.pcapng"), *again = capture_name("again.pcap");
	const char *other = capture_name("other");

	(void)state;
	send_to(vdev_text("tx_pcap=%s", pcapng), 0, 300);
	assert_numbers(pcapng, 300);
	send_to(vdev_text("tx_pcap=%s,tx_format=pcapng", other), 0, 10);
	assert_numbers(other, 10);
	send_to(vdev_text("tx_pcap=%s", again), 0, 10);
	send_to(vdev_text("tx_pcap=%s,tx_append=1", again), 10, 20);
	assert_numbers(again, 30);
	send_to(vdev_text("tx_pcap=%s,tx_append=0", again), 0, 5);
	assert_numbers(again, 5);
}

static const struct CMUnitTest tests[] = {
	vdev_test(packets_wait_in_the_ring_for_a_slow_reader_and_none_is_lost),
	vdev_test(what_is_in_the_ring_goes_on_without_the_sender),
	vdev_test(a_reader_that_takes_nothing_does_not_hold_up_a_stop_and_losses_are_counted),
	vdev_test(a_reader_that_goes_makes_errors_and_no_signal),
	vdev_test(arguments_choose_the_kind_of_file),
};

VDEV_MAIN(tests)
