/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_lcore.h>

#include "compat.h"
#include "count.h"
#include "say.h"
#include "writer.h"

#define LANE_SIZE 2048
#define WRITE_BURST 128
#define POOL_SIZE (LANE_SIZE + WRITE_BURST + PORT_BURST)
#define SPARE_POOL_SIZE 256

/* Larger packets take several mbufs. The rest is for an RSS hash, which pcapng does not reckon. */
#define ROOM (rte_pcapng_mbuf_size(RTE_ETHER_MAX_LEN) + 64)

/* How long to wait before looking again whether the writer has freed copies. */
#define POOL_WAIT_US 200

static bool
has_failed(const struct writer *writer)
{
	return __atomic_load_n(&writer->failed, __ATOMIC_RELAXED) != 0;
}

/* Not truncated before it is known that nobody, like one of our ports, uses it. */
static int
create_file(const char *path)
{
	struct stat st;
	int fd, error;

	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (fd < 0)
		return -errno;
	error = fstat(fd, &st) != 0 ? errno : 0;
	if (error == 0 && S_ISREG(st.st_mode) &&
			(flock(fd, LOCK_EX | LOCK_NB) != 0 || ftruncate(fd, 0) != 0))
		error = errno == EWOULDBLOCK ? EBUSY : errno;
	if (error == 0)
		return fd;
	close(fd);
	return -error;
}

static int
make_pools(struct writer *writer)
{
	writer->pool = rte_pktmbuf_pool_create(
			"fwd_stored", POOL_SIZE, 0, 0, ROOM, rte_socket_id());
	writer->spare_pool = rte_pktmbuf_pool_create(
			"fwd_stored_spare", SPARE_POOL_SIZE, 0, 0, ROOM + 64, rte_socket_id());
	return writer->pool == NULL || writer->spare_pool == NULL ? -rte_errno : 0;
}

/* Each port is an interface in the file. If that fails the file is closed. */
static int
add_ports(struct writer *writer)
{
	uint16_t port;
	int ret;

	RTE_ETH_FOREACH_DEV(port) {
		if (pcapng_add_port(writer->file, port) < 0) {
			ret = errno != 0 ? -errno : -EIO;
			rte_pcapng_close(writer->file);
			writer->file = NULL;
			return ret;
		}
	}
	return 0;
}

int
writer_open(struct writer *writer, const char *path, struct wakeup *producer)
{
	int ret;

	writer->path = path;
	ret = make_pools(writer);
	if (ret == 0)
		ret = spsc_queue_open(
				&writer->queue, "fwd_writer", LANE_SIZE, producer, &writer->wakeup);
	if (ret != 0) {
		say("--write: no memory to store packets with: %s", strerror(-ret));
		return ret;
	}
	pcapng_teach_time(writer->spare_pool);
	writer->fd = create_file(path);
	ret = writer->fd < 0 ? writer->fd : 0;
	if (ret == 0) {
		writer->file = rte_pcapng_fdopen(writer->fd, NULL, NULL, "dualbuf-fwd", NULL);
		if (writer->file == NULL) {
			ret = errno != 0 ? -errno : -EIO;
			close(writer->fd);
		} else {
			ret = add_ports(writer);
		}
	}
	if (ret != 0)
		say("--write %s: %s", path,
				ret == -EBUSY ? "is in use, perhaps by one of the ports" :
						strerror(-ret));
	else
		writer->end = lseek(writer->fd, 0, SEEK_CUR);
	return ret;
}

static void
flush(struct writer *writer)
{
	unsigned int n = writer->nb_staged, fit;

	if (n == 0)
		return;
	if (writer->may_wait)
		spsc_queue_wait_room(&writer->queue, n);
	fit = RTE_MIN(n, spsc_queue_room(&writer->queue));
	if (fit > 0)
		spsc_queue_put(&writer->queue, writer->staged, fit);
	rte_pktmbuf_free_bulk(writer->staged + fit, n - fit);
	count_add(&writer->skipped, n - fit);
	writer->nb_staged = 0;
	if (fit < n && !writer->said_behind) {
		writer->said_behind = true;
		say("%s: the disk does not keep up; packets are left out of the capture",
				writer->path);
	}
}

static struct rte_mbuf *
copy_once(struct writer *writer, const struct rte_mbuf *pkt, uint64_t cycles)
{
	struct rte_mbuf *copy;

	copy = pcapng_copy_at(pkt->port, pkt, writer->pool, UINT32_MAX, cycles);
	if (copy != NULL)
		return copy;
	/*
	 * rte_pcapng_copy() fails when the last mbuf of a chain has no room for what it appends. A
	 * chain of mbufs of another size has.
	 */
	return pcapng_copy_at(pkt->port, pkt, writer->spare_pool, UINT32_MAX, cycles);
}

/*
 * NULL: no memory, and waiting for it is not allowed or would be in vain. So it is for a frame of
 * no bytes, which is not a packet to rte_pktmbuf_copy().
 */
static struct rte_mbuf *
copy(struct writer *writer, const struct rte_mbuf *pkt, uint64_t cycles)
{
	struct rte_mbuf *made;
	bool all_free;

	if (rte_pktmbuf_pkt_len(pkt) == 0)
		return NULL;
	do {
		all_free = rte_mempool_full(writer->pool) && rte_mempool_full(writer->spare_pool);
		made = copy_once(writer, pkt, cycles);
		if (made != NULL || !writer->may_wait || has_failed(writer))
			break;
		flush(writer);
		rte_delay_us_sleep(POOL_WAIT_US);
	} while (!all_free);
	return made;
}

void
writer_store(struct writer *writer, struct rte_mbuf **pkts, unsigned int n)
{
	uint64_t cycles = rte_get_tsc_cycles();
	struct rte_mbuf *made;
	unsigned int i;

	if (has_failed(writer)) {
		count_add(&writer->skipped, n);
		return;
	}
	for (i = 0; i < n; i++) {
		made = copy(writer, pkts[i], cycles);
		if (made != NULL)
			writer->staged[writer->nb_staged++] = made;
		else
			count_add(&writer->skipped, 1);
	}
	flush(writer);
}

/* Why does the file take no more? 0: it would. */
static int
ask_why(const struct writer *writer, ssize_t written)
{
	if (written < 0)
		return rte_errno;
	return write(writer->fd, "", 1) < 0 ? errno : EIO;
}

/* Some of the packets may be in the file, the last of them in part: end it after a whole one. */
static void
fail(struct writer *writer, struct rte_mbuf **pkts, unsigned int n, ssize_t written)
{
	off_t at = lseek(writer->fd, 0, SEEK_CUR);
	int error = ask_why(writer, written);
	unsigned int whole = 0;

	while (whole < n && at >= 0 && writer->end + rte_pktmbuf_pkt_len(pkts[whole]) <= at)
		writer->end += rte_pktmbuf_pkt_len(pkts[whole++]);
	count_add(&writer->stored, whole);
	count_add(&writer->lost, n - whole);
	__atomic_store_n(&writer->failed, 1, __ATOMIC_RELAXED);
	say("%s: %s; the capture ends after %" PRIu64 " packets, forwarding goes on", writer->path,
			strerror(error), count_read(&writer->stored));
	/* a pipe cannot be cut, but then its reader is gone */
	if (at >= 0 && ftruncate(writer->fd, writer->end) != 0)
		say("%s: cannot be cut after the last whole packet: %s", writer->path,
				strerror(errno));
}

static void
write_packets(struct writer *writer, struct rte_mbuf **pkts, unsigned int n)
{
	ssize_t written, bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		bytes += rte_pktmbuf_pkt_len(pkts[i]);
	written = rte_pcapng_write_packets(writer->file, pkts, n);
	if (written != bytes) {
		fail(writer, pkts, n, written);
		return;
	}
	writer->end += bytes;
	count_add(&writer->stored, n);
}

void
writer_run(void *arg)
{
	struct writer *writer = arg;
	struct rte_mbuf *pkts[WRITE_BURST];
	unsigned int n;

	while ((n = spsc_queue_next(&writer->queue, pkts, WRITE_BURST)) > 0) {
		if (has_failed(writer))
			count_add(&writer->lost, n);
		else
			write_packets(writer, pkts, n);
		rte_pktmbuf_free_bulk(pkts, n);
	}
}

void
writer_close(struct writer *writer, const struct port *ports, uint16_t nb_ports,
		const uint64_t *received)
{
	struct port_stats stats;
	uint16_t i;

	for (i = 0; i < nb_ports && writer->file != NULL && !has_failed(writer); i++) {
		port_read_stats(&ports[i], &stats);
		if (pcapng_write_counters(writer->file, ports[i].id, received[i], stats.missed) < 0)
			say("%s: the ports' counters could not be added: %s", writer->path,
					strerror(errno));
	}
	rte_pcapng_close(writer->file);
	writer->file = NULL;
	spsc_queue_free(&writer->queue);
	rte_mempool_free(writer->pool);
	rte_mempool_free(writer->spare_pool);
}
