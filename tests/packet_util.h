/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _PACKET_UTIL_H_
#define _PACKET_UTIL_H_

#include <pcap/pcap.h>

#include "vdev_util.h"

/*
 * Captures, as libpcap reads them, and packets that ports receive and send.
 */

struct packet {
	uint64_t stamp; /* ns since the epoch */
	uint32_t len;
	uint8_t *data;
};

struct packets {
	struct packet *all;
	unsigned int nb;
	unsigned int room;
};

/* mbufs that were received and not freed. */
struct batch {
	struct rte_mbuf **m;
	unsigned int nb;
	unsigned int room;
};

/* Files ---------------------------------------------------------------------------------------- */

/* The ready-made capture of a kind, 200 packets. */
static inline const char *
capture_of(const char *kind)
{
	const char *dir = getenv("DUALBUF_CAPTURE_DIR");

	if (dir == NULL)
		fail_msg("DUALBUF_CAPTURE_DIR is not set; run this through meson test");
	return vdev_text(
			"%s/%s.%s", dir, kind, strncmp(kind, "pcapng", 6) == 0 ? "pcapng" : "pcap");
}

/* Kinds of captures that are whole. */
static const char *const good_kinds[] = { "pcap-us-le", "pcap-us-be", "pcap-ns-le", "pcap-ns-be",
	"pcapng", "pcapng-be", "pcapng-ns", "pcapng-mixed", "imix", "uniform", "tiny", "runts",
	"edges", "jumbo", "jumbo-64k", "vlan", "ipv6", "snapped", "zerolen", "sample" };

/* A port of sixteen queues each way, which runs: each receives 200 packets of 60 bytes. */
static inline uint16_t
start_sixteen_queues(void)
{
	char args[8192] = "";
	size_t len = 0;
	uint16_t port, q;

	for (q = 0; q < 16; q++)
		len += snprintf(args + len, sizeof(args) - len, "rx_pcap=%s,tx_pcap=/dev/null,",
				capture_of("uniform"));
	args[len - 1] = '\0';
	port = vdev_plug("%s", args);
	vdev_start(port, .mp = vdev_pool(8192), .nb_rx_desc = 64, .nb_tx_desc = 64);
	return port;
}

/* One of as many packets as wanted; made once. */
static inline const char *
capture_make(const char *kind, unsigned int count)
{
	const char *script = getenv("DUALBUF_CAPTURES");
	const char *path = vdev_text("%s/%s-%u", vdev.dir, kind, count);

	if (access(path, R_OK) != 0 &&
			system(vdev_text("/usr/bin/python3 '%s' make %s '%s' "
					 "--count %u",
					script, kind, path, count)) != 0)
		fail_msg("%s makes no capture", script);
	return path;
}

/* A name in this program's folder. */
static inline const char *
capture_name(const char *name)
{
	return vdev_text("%s/%s", vdev.dir, name);
}

static inline struct packet *
packets_add(struct packets *packets, const void *data, uint32_t len)
{
	struct packet *old = packets->all;

	if (packets->nb == packets->room) {
		packets->room = 2 * packets->room + 256;
		packets->all = vdev_alloc(packets->room * sizeof(*packets->all));
		if (old != NULL)
			memcpy(packets->all, old, packets->nb * sizeof(*old));
	}
	packets->all[packets->nb].data = vdev_alloc(len);
	packets->all[packets->nb].len = len;
	packets->all[packets->nb].stamp = 0;
	memcpy(packets->all[packets->nb].data, data, len);
	return &packets->all[packets->nb++];
}

/* The whole packets of a file, as libpcap has them; until the end of the test. */
static inline struct packets
capture_read(const char *path)
{
	char reason[PCAP_ERRBUF_SIZE];
	struct packets packets = { 0 };
	struct pcap_pkthdr *header;
	const u_char *data;
	pcap_t *pcap;

	pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (pcap == NULL)
		fail_msg("%s: %s", path, reason);
	while (pcap_next_ex(pcap, &header, &data) == 1)
		packets_add(&packets, data, header->caplen)->stamp =
				header->ts.tv_sec * 1000000000ULL + header->ts.tv_usec;
	pcap_close(pcap);
	return packets;
}

/* How many whole packets a file has now; 0 when it is not even a capture yet. */
static inline unsigned int
capture_count(const char *path)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, reason);
	struct pcap_pkthdr *header;
	unsigned int nb = 0;
	const u_char *data;

	if (pcap == NULL)
		return 0;
	while (pcap_next_ex(pcap, &header, &data) == 1)
		nb++;
	pcap_close(pcap);
	return nb;
}

/* Write packets to a file of this program's folder. */
static inline const char *
capture_write(const char *name, const struct packets *packets)
{
	struct capture *capture = vdev_alloc(sizeof(*capture));
	const char *path = capture_name(name);
	unsigned int i;

	capture_begin(capture, CAPTURE_PCAP_NANO, false, CAPTURE_ETHERNET);
	for (i = 0; i < packets->nb; i++)
		capture_add(capture, packets->all[i].stamp, packets->all[i].data,
				packets->all[i].len, packets->all[i].len);
	assert_true(capture_save(capture, path));
	return path;
}

/* Receiving ------------------------------------------------------------------------------------ */

static inline void
batch_add(struct batch *batch, struct rte_mbuf *m)
{
	struct rte_mbuf **old = batch->m;

	if (batch->nb == batch->room) {
		batch->room = 2 * batch->room + 256;
		batch->m = vdev_alloc(batch->room * sizeof(m));
		if (old != NULL)
			memcpy(batch->m, old, batch->nb * sizeof(m));
	}
	batch->m[batch->nb++] = m;
}

static inline void
batch_free(struct batch *batch)
{
	rte_pktmbuf_free_bulk(batch->m, batch->nb);
	batch->nb = 0;
}

/* Receive from a file until nothing more comes, or max packets. */
static inline unsigned int
receive_up_to(uint16_t port, uint16_t queue, struct batch *batch, unsigned int max)
{
	struct rte_mbuf *m[32];
	unsigned int total = 0, idle = 0;
	uint16_t nb, i;

	while (total < max && idle < 256) {
		nb = rte_eth_rx_burst(port, queue, m, RTE_MIN(max - total, RTE_DIM(m)));
		for (i = 0; i < nb; i++)
			batch_add(batch, m[i]);
		total += nb;
		idle = nb == 0 ? idle + 1 : 0;
	}
	return total;
}

static inline unsigned int
receive_all(uint16_t port, uint16_t queue, struct batch *batch)
{
	return receive_up_to(port, queue, batch, UINT_MAX);
}

/* Comparing ------------------------------------------------------------------------------------ */

static inline bool
mbuf_equals(const struct rte_mbuf *m, const void *data, uint32_t len)
{
	const struct rte_mbuf *seg;
	const uint8_t *at = data;
	const char *reason;

	if (rte_mbuf_check(m, 1, &reason) != 0) {
		print_error("a broken mbuf: %s\n", reason);
		return false;
	}
	if (m->pkt_len != len)
		return false;
	for (seg = m; seg != NULL; at += seg->data_len, seg = seg->next)
		if (memcmp(rte_pktmbuf_mtod(seg, const uint8_t *), at, seg->data_len) != 0)
			return false;
	return true;
}

static inline void
assert_packet(const struct rte_mbuf *m, const struct packet *packet, unsigned int number)
{
	if (!mbuf_equals(m, packet->data, packet->len))
		fail_msg("packet %u: %u bytes, not the %u that were expected", number, m->pkt_len,
				packet->len);
}

/* These mbufs are all of these packets, byte for byte and in order. */
static inline void
assert_packets(const struct batch *batch, const struct packets *packets)
{
	unsigned int i;

	for (i = 0; i < batch->nb && i < packets->nb; i++)
		assert_packet(batch->m[i], &packets->all[i], i);
	assert_int_equal(batch->nb, packets->nb);
}

/* A file has all of these packets, byte for byte and in order. */
static inline void
assert_file(const char *path, const struct packets *packets)
{
	struct packets file = capture_read(path);
	unsigned int i;

	for (i = 0; i < file.nb && i < packets->nb; i++)
		if (file.all[i].len != packets->all[i].len ||
				memcmp(file.all[i].data, packets->all[i].data, file.all[i].len) !=
						0)
			fail_msg("%s: packet %u differs", path, i);
	assert_int_equal(file.nb, packets->nb);
}

/* Sending -------------------------------------------------------------------------------------- */

/* A packet in as many segments as it takes, none longer than max_seg. */
static inline struct rte_mbuf *
mbuf_of(struct rte_mempool *mp, const struct packet *packet, uint32_t max_seg)
{
	struct rte_mbuf *head = NULL, *m;
	uint32_t at = 0, len;

	do {
		m = rte_pktmbuf_alloc(mp);
		assert_non_null(m);
		len = RTE_MIN(RTE_MIN(packet->len - at, max_seg),
				(uint32_t)rte_pktmbuf_tailroom(m));
		memcpy(rte_pktmbuf_append(m, len), packet->data + at, len);
		at += len;
		if (head == NULL)
			head = m;
		else
			assert_int_equal(rte_pktmbuf_chain(head, m), 0);
	} while (at < packet->len);
	return head;
}

/* Send all of a batch; what is not taken at once is offered again, up to a deadline. */
static inline void
send_all(uint16_t port, uint16_t queue, struct batch *batch)
{
	unsigned int sent = 0;
	double since = 0;

	while (sent < batch->nb && vdev_wait(&since))
		sent += rte_eth_tx_burst(port, queue, &batch->m[sent], batch->nb - sent);
	assert_int_equal(sent, batch->nb);
	batch->nb = 0;
}

static inline void
send_packets(uint16_t port, uint16_t queue, struct rte_mempool *mp, const struct packets *packets)
{
	struct batch batch = { 0 };
	unsigned int i;

	for (i = 0; i < packets->nb; i++) {
		batch_add(&batch, mbuf_of(mp, &packets->all[i], UINT32_MAX));
		if (batch.nb == 32)
			send_all(port, queue, &batch);
	}
	send_all(port, queue, &batch);
}

#endif /* _PACKET_UTIL_H_ */
