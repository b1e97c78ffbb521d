/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Streams: from one port to another, with packets held back. */

#include <inttypes.h>
#include <stdlib.h>

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_net.h>

#include "commands.h"
#include "stream.h"

#define HELD_MAX 65536
#define MAX_STREAMS 4

/* Packets that came and were not sent on yet, oldest first. */
struct held {
	struct rte_mbuf *m[HELD_MAX];
	unsigned int head;
	unsigned int nb;
};

struct stream {
	uint16_t rx, tx;
	uint32_t hold;
	bool swap;
	bool insert;
	bool ask; /* for checksums */
	uint32_t mss; /* and for TCP to be cut into so much; 0: not */
	uint64_t rx_bursts, tx_bursts; /* those that moved something */
	struct held held;
};

/* How many packets of all streams had each receive flag. */
static struct {
	uint64_t ip_good, ip_bad, l4_good, l4_bad, vlan;
} flags;

static struct stream *streams[MAX_STREAMS];
static unsigned int nb_streams;
static bool paused;

static void
held_add(struct held *held, struct rte_mbuf *m)
{
	held->m[(held->head + held->nb++) % HELD_MAX] = m;
}

/* Frames that the host knows by content: only the addresses may change places. */
static void
swap_macs(struct rte_mbuf *m)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ether_addr addr = eth->dst_addr;

	eth->dst_addr = eth->src_addr;
	eth->src_addr = addr;
}

/* Ask for the checksums that a packet has, and where it is TCP, to be cut. */
static void
ask_for_sums(struct rte_mbuf *m, uint32_t mss)
{
	struct rte_net_hdr_lens lens = { 0 };
	uint32_t type = rte_net_get_ptype(
			m, &lens, RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK);
	bool tcp = (type & RTE_PTYPE_L4_MASK) == RTE_PTYPE_L4_TCP;

	if (!tcp && (type & RTE_PTYPE_L4_MASK) != RTE_PTYPE_L4_UDP)
		return;
	m->l2_len = lens.l2_len;
	m->l3_len = lens.l3_len;
	m->l4_len = lens.l4_len;
	m->ol_flags |= RTE_ETH_IS_IPV4_HDR(type) ? RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM :
						   RTE_MBUF_F_TX_IPV6;
	m->ol_flags |= tcp ? RTE_MBUF_F_TX_TCP_CKSUM : RTE_MBUF_F_TX_UDP_CKSUM;
	if (tcp && mss != 0) {
		m->ol_flags |= RTE_MBUF_F_TX_TCP_SEG;
		m->tso_segsz = mss;
	}
}

static void
count_flags(const struct rte_mbuf *m)
{
	uint64_t ip = m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
	uint64_t l4 = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	flags.ip_good += ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	flags.ip_bad += ip == RTE_MBUF_F_RX_IP_CKSUM_BAD;
	flags.l4_good += l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	flags.l4_bad += l4 == RTE_MBUF_F_RX_L4_CKSUM_BAD;
	flags.vlan += (m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0;
}

static void
stream_receive(struct stream *s)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, i;

	if (s->held.nb > HELD_MAX - BURST)
		return;
	nb = rte_eth_rx_burst(s->rx, 0, m, BURST);
	s->rx_bursts += nb > 0;
	for (i = 0; i < nb; i++) {
		count_flags(m[i]);
		if (s->swap)
			swap_macs(m[i]);
		if (s->insert && (m[i]->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED))
			m[i]->ol_flags |= RTE_MBUF_F_TX_VLAN;
		if (s->ask)
			ask_for_sums(m[i], s->mss);
		held_add(&s->held, m[i]);
	}
}

/* Send packets from the oldest on until only so many are held; what is refused stays. */
static void
stream_send(struct stream *s, uint32_t hold)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, sent, i;

	if (s->held.nb <= hold)
		return;
	nb = RTE_MIN(s->held.nb - hold, (uint32_t)BURST);
	for (i = 0; i < nb; i++)
		m[i] = s->held.m[(s->held.head + i) % HELD_MAX];
	if (s->ask)
		nb = rte_eth_tx_prepare(s->tx, 0, m, nb);
	sent = rte_eth_tx_burst(s->tx, 0, m, nb);
	s->tx_bursts += sent > 0;
	s->held.head = (s->held.head + sent) % HELD_MAX;
	s->held.nb -= sent;
}

void
poll_streams(void)
{
	unsigned int i;

	for (i = 0; i < nb_streams && !paused; i++) {
		stream_receive(streams[i]);
		stream_send(streams[i], streams[i]->hold);
	}
}

bool
is_held(uint64_t address)
{
	const struct rte_mbuf *m;
	unsigned int i, k;

	for (i = 0; i < nb_streams; i++)
		for (k = 0; k < streams[i]->held.nb; k++)
			for (m = streams[i]->held.m[(streams[i]->held.head + k) % HELD_MAX];
					m != NULL; m = m->next)
				if (rte_mbuf_data_iova_default(m) == address)
					return true;
	return false;
}

int
do_stream(const struct words *words)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL || nb_streams == MAX_STREAMS)
		return say_error("no more streams");
	s->rx = argument(words, 1);
	s->tx = argument(words, 2);
	s->hold = number_of(words, "hold", 0);
	s->swap = number_of(words, "swap", 0);
	s->insert = number_of(words, "insert", 0);
	s->ask = number_of(words, "ask", 0);
	s->mss = number_of(words, "mss", 0);
	streams[nb_streams++] = s;
	return say_ok("stream=%u", nb_streams - 1);
}

int
do_pause(const struct words *words __rte_unused)
{
	paused = true;
	return say_ok(" ");
}

int
do_go(const struct words *words __rte_unused)
{
	paused = false;
	return say_ok(" ");
}

int
do_flags(const struct words *words __rte_unused)
{
	return say_ok("ip_good=%" PRIu64 " ip_bad=%" PRIu64 " l4_good=%" PRIu64 " l4_bad=%" PRIu64
		      " vlan=%" PRIu64,
			flags.ip_good, flags.ip_bad, flags.l4_good, flags.l4_bad, flags.vlan);
}

int
do_held(const struct words *words __rte_unused)
{
	uint64_t held = 0, rx = 0, tx = 0;
	unsigned int i;

	for (i = 0; i < nb_streams; i++) {
		held += streams[i]->held.nb;
		rx += streams[i]->rx_bursts;
		tx += streams[i]->tx_bursts;
	}
	return say_ok("held=%" PRIu64 " rx_bursts=%" PRIu64 " tx_bursts=%" PRIu64, held, rx, tx);
}

int
do_release(const struct words *words __rte_unused)
{
	uint64_t deadline = in_seconds(PATIENCE_S);
	unsigned int i, total = 0;

	for (i = 0; i < nb_streams; i++) {
		total += streams[i]->held.nb;
		while (streams[i]->held.nb > 0 && is_before(deadline))
			stream_send(streams[i], 0);
		if (streams[i]->held.nb > 0)
			return say_error("%u packets are not taken", streams[i]->held.nb);
	}
	return say_ok("sent=%u", total);
}

int
do_drop(const struct words *words __rte_unused)
{
	unsigned int i, total = 0;
	struct held *held;

	for (i = 0; i < nb_streams; i++) {
		held = &streams[i]->held;
		for (; held->nb > 0; held->nb--, total++) {
			rte_pktmbuf_free(held->m[held->head]);
			held->head = (held->head + 1) % HELD_MAX;
		}
	}
	return say_ok("freed=%u", total);
}

/* End of the streams, so that a port may change. */
int
do_forget(const struct words *words __rte_unused)
{
	while (nb_streams > 0)
		free(streams[--nb_streams]);
	return say_ok(" ");
}
