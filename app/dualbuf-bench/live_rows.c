/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_ether.h>
#include <rte_memcpy.h>

#include "bare.h"
#ifdef DUALBUF_HAS_XDP
#include "bare_xdp.h"
#endif
#include "options.h"
#include "port.h"
#include "result.h"
#include "ring.h"
#include "rows.h"
#include "veth.h"

/*
 * A live interface. Only one port has it open at a time, since the kernel would work for each.
 *
 * tx: packets that arrived at the other end, by the time it took to hand them over. Nearly all of it is
 * the kernel's, which takes each packet to the other end before it returns. rx: in turns, packets
 * are sent to the interface, and received as far as the kernel hands them over, which alone is timed. A
 * sender on the other core would be slower than all receivers, and their rates the same. The best that
 * can be is there too, loops without a driver.
 */

/* With AF_XDP, where this build has it, ours is by that. */
enum live_kind {
	LIVE_OURS,
	LIVE_OURS_PACKET,
	LIVE_PCAP,
	LIVE_AF_PACKET,
	LIVE_AF_XDP,
	LIVE_BARE_PACKET,
	LIVE_BARE_XDP,
	LIVE_KINDS,
	LIVE_OURS_2 = LIVE_KINDS, /* two queues, in a row of their own */
	LIVE_AF_XDP_Q0, /* a port for each: it takes a veth interface for one that has a single queue */
	LIVE_AF_XDP_Q1,
	LIVE_WAYS,
};

#ifdef DUALBUF_HAS_XDP
#define OURS_BY ",live=xdp"
#define HAS_XDP true
#else
#define OURS_BY ""
#define HAS_XDP false
#endif

static const struct live_way {
	const char *name; /* as results have it */
	enum veth_end at_peer; /* the other end of the interface it is measured on */
	const char *driver; /* NULL: a loop without a driver */
	const char *devargs;
} ways[LIVE_WAYS] = {
	[LIVE_OURS] = { "ours", VETH_AT_PEER, "net_dualbuf", "iface=" VETH_PORT OURS_BY },
	[LIVE_OURS_PACKET] = { "ours, packet", VETH_AT_PEER, "net_dualbuf", "iface=" VETH_PORT },
	[LIVE_PCAP] = { "net_pcap", VETH_AT_PEER, "net_pcap", "iface=" VETH_PORT },
	[LIVE_AF_PACKET] = { "net_af_packet", VETH_AT_PEER, "net_af_packet", "iface=" VETH_PORT },
	[LIVE_AF_XDP] = { "net_af_xdp", VETH_AT_KEPT_PEER, "net_af_xdp", "iface=" VETH_KEPT_PORT },
	[LIVE_BARE_PACKET] = { "no driver", VETH_AT_PEER, NULL, NULL },
	[LIVE_BARE_XDP] = { "bare AF_XDP", VETH_AT_PEER, NULL, NULL },
	[LIVE_OURS_2] = { "ours", VETH_AT_PEER_2, "net_dualbuf",
			"iface=" VETH_PORT_2 ",queue_count=2" OURS_BY },
	[LIVE_AF_XDP_Q0] = { "net_af_xdp", VETH_AT_KEPT_PEER_2, "net_af_xdp",
			"iface=" VETH_KEPT_PORT_2 },
	[LIVE_AF_XDP_Q1] = { "net_af_xdp", VETH_AT_KEPT_PEER_2, "net_af_xdp",
			"iface=" VETH_KEPT_PORT_2 ",start_queue=1" },
};

#define REPEATS 7
#define TX_PACKETS 200000
#define QUICK_TX_PACKETS 20000

/* The smallest of the kernel's buffers, net_af_packet's, has room for twice this. How often it comes. */
#define RX_FILLING 256
#define RX_ROUNDS 2000
#define QUICK_RX_ROUNDS 200

/* The kernel hands over what is in a block of its buffer after some milliseconds at the latest. */
#define SETTLE_US 20000

static void
live_send_burst(const struct port *port, uint16_t length)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint16_t nb = (uint16_t)options.burst, sent = 0, i;

	if (rte_pktmbuf_alloc_bulk(port->pool, pkts, nb) != 0)
		return;
	/* whatever is in the buffers goes: a locally administered address, and no known protocol */
	for (i = 0; i < nb; i++)
		memset(rte_pktmbuf_append(pkts[i], length), 2, RTE_ETHER_HDR_LEN);
	while (sent < nb)
		sent += rte_eth_tx_burst(port->id, 0, &pkts[sent], nb - sent);
}

/* What is measured, open: one of the first three, on a pair of interfaces. */
struct live_end {
	struct port *port;
	struct port *other; /* of the second queue, where that is a port too */
	struct bare_slots *slots;
	struct bare_xdp *xdp;
	enum veth_end at_peer;
	bool stays; /* open, until all is done */

	/* what the consumer does with packets before they are freed; NULL: nothing */
	void (*consume)(struct rte_mbuf **pkts, uint16_t nb_pkts);
};

/* net_af_xdp's ports, once they were opened. */
static struct port *kept[LIVE_WAYS];

static bool
live_stays_open(enum live_kind kind)
{
	return kind == LIVE_AF_XDP || kind == LIVE_AF_XDP_Q0 || kind == LIVE_AF_XDP_Q1;
}

static struct port *
live_open_port(enum live_kind kind)
{
	struct port *port = kept[kind];

	if (port != NULL)
		return port;
	port = port_open_queues(ways[kind].driver, ways[kind].devargs, kind == LIVE_OURS_2 ? 2 : 1);
	port_start(port);
	if (live_stays_open(kind))
		kept[kind] = port;
	return port;
}

static void
live_open(struct live_end *end, enum live_kind kind, bool transmit)
{
	*end = (struct live_end){ .at_peer = ways[kind].at_peer, .stays = live_stays_open(kind) };
	if (ways[kind].driver != NULL) {
		end->port = live_open_port(kind);
		if (kind == LIVE_AF_XDP_Q0)
			end->other = live_open_port(LIVE_AF_XDP_Q1);
	} else if (kind == LIVE_BARE_XDP) {
#ifdef DUALBUF_HAS_XDP
		end->xdp = bare_xdp_open(VETH_PORT);
#endif
	} else if (!transmit) {
		end->slots = bare_slots_open(VETH_PORT);
	}
}

static void
live_close(struct live_end *end)
{
	if (end->port != NULL && !end->stays) {
		port_stop(end->port);
		port_close(end->port);
	}
#ifdef DUALBUF_HAS_XDP
	if (end->xdp != NULL)
		bare_xdp_close(end->xdp);
#endif
	if (end->slots != NULL)
		bare_slots_close(end->slots);
}

static void
live_send(const struct live_end *end, unsigned int nb, uint16_t length)
{
	unsigned int i;

#ifdef DUALBUF_HAS_XDP
	if (end->xdp != NULL) {
		bare_xdp_send(end->xdp, nb, length);
		return;
	}
#endif
	if (end->port == NULL) {
		veth_send(VETH_AT_PORT, nb, length);
		return;
	}
	for (i = 0; i < nb; i += options.burst)
		live_send_burst(end->port, length);
}

static double
live_tx(const struct live_end *end, uint16_t length)
{
	unsigned int nb = options.smoke ? RX_FILLING :
			options.quick	? QUICK_TX_PACKETS :
					  TX_PACKETS;
	uint64_t before = veth_packets(end->at_peer), begin, cycles;

	begin = rte_rdtsc_precise();
	live_send(end, nb, length);
	cycles = rte_rdtsc_precise() - begin;
	rte_delay_us_sleep(SETTLE_US);
	return (double)(veth_packets(end->at_peer) - before) * rte_get_tsc_hz() / cycles / 1e6;
}

static inline uint16_t
live_poll(const struct live_end *end, const struct port *port, uint16_t queue)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint16_t nb = rte_eth_rx_burst(port->id, queue, pkts, (uint16_t)options.burst);

	if (end->consume != NULL)
		end->consume(pkts, nb);
	rte_pktmbuf_free_bulk(pkts, nb);
	return nb;
}

/* Receive what there is, from all queues in turn. Returns how many packets. */
static uint32_t
live_drain(const struct live_end *end, uint64_t *cycles)
{
	uint64_t begin = rte_rdtsc_precise();
	uint32_t nb_rx = 0, before;
	uint16_t i;

	do {
		before = nb_rx;
		for (i = 0; i < end->port->nb_rxq; i++)
			nb_rx += live_poll(end, end->port, i);
		if (end->other != NULL)
			nb_rx += live_poll(end, end->other, 0);
	} while (nb_rx > before);
	*cycles += rte_rdtsc_precise() - begin;
	return nb_rx;
}

static uint32_t
live_receive(const struct live_end *end, uint64_t *cycles)
{
#ifdef DUALBUF_HAS_XDP
	if (end->xdp != NULL)
		return bare_xdp_drain(end->xdp, cycles);
#endif
	return end->port == NULL ? bare_slots_drain(end->slots, cycles) : live_drain(end, cycles);
}

static double
live_rx(const struct live_end *end, uint16_t length)
{
	unsigned int rounds = options.smoke ? 1 : options.quick ? QUICK_RX_ROUNDS : RX_ROUNDS;
	uint64_t cycles = 0, packets = 0;
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		veth_send(end->at_peer, RX_FILLING, length);
		packets += live_receive(end, &cycles);
	}
	rte_delay_us_sleep(SETTLE_US);
	packets += live_receive(end, &cycles);
	if (packets < rounds * RX_FILLING) /* some were lost, and so may be much of the work */
		return 0;
	return (double)packets * rte_get_tsc_hz() / cycles / 1e6;
}

static double
live_speed(enum live_kind kind, bool transmit, uint16_t length)
{
	struct live_end end;
	double speed;

	live_open(&end, kind, transmit);
	speed = transmit ? live_tx(&end, length) : live_rx(&end, length);
	live_close(&end);
	return speed;
}

/* The best of some; all are baselines. */
static enum live_kind
live_best(const struct sample *speeds, enum live_kind first, enum live_kind last)
{
	enum live_kind best = first, kind;

	for (kind = first; kind <= last; kind++)
		if (speeds[kind].nb > 0 &&
				sample_median(&speeds[kind]) > sample_median(&speeds[best]))
			best = kind;
	return best;
}

/* By the bounds of packet sockets where that is all there is. 0: no goal. */
static double
live_goal(const struct sample *speeds, enum live_kind kind, bool transmit, uint16_t length)
{
	if (kind < LIVE_PCAP || kind > LIVE_AF_XDP)
		return 0;
	if (transmit && kind == LIVE_AF_XDP)
		return 1.0;
	if (transmit)
		return kind == live_best(speeds, LIVE_PCAP, LIVE_AF_PACKET) ? 1.25 : 0;
	if (kind != live_best(speeds, LIVE_PCAP, LIVE_AF_XDP))
		return 0;
	return length < 512 ? 1.8 : 3;
}

static void
live_print(bool transmit, uint16_t length, const struct sample *speeds)
{
	struct result result = { .unit = "Mpps", .ours = &speeds[LIVE_OURS] };
	enum live_kind kind;
	char row[32];

	snprintf(row, sizeof(row), "live %s %u", transmit ? "tx" : "rx", length);
	result.row = row;
	for (kind = LIVE_OURS_PACKET; kind < LIVE_KINDS; kind++) {
		if (speeds[kind].nb == 0)
			continue;
		result.baseline = ways[kind].name;
		result.theirs = &speeds[kind];
		result.goal = live_goal(speeds, kind, transmit, length);
		result.sense = result.goal > 0 ? RESULT_AT_LEAST : RESULT_NO_GOAL;
		result_print(&result);
	}
}

/* Without AF_XDP ours is what it is by packet sockets, and there are fewer to compare with. */
static bool
live_takes_part(enum live_kind kind)
{
	return HAS_XDP ||
			(kind != LIVE_OURS_PACKET && kind != LIVE_AF_XDP && kind != LIVE_BARE_XDP);
}

static void
live_row(bool transmit, uint16_t length)
{
	static struct sample speeds[LIVE_KINDS];
	unsigned int repeats = options.smoke ? 1 : options.quick ? 3 : REPEATS, i;
	enum live_kind kind;

	memset(speeds, 0, sizeof(speeds));
	for (i = 0; i < repeats; i++)
		for (kind = LIVE_OURS; kind < LIVE_KINDS; kind++)
			if (live_takes_part(kind))
				sample_add(&speeds[kind], live_speed(kind, transmit, length));
	live_print(transmit, length, speeds);
}

/* Packets that the consumer keeps for good, so that no descriptor has an alternate. */
static uint32_t
live_hold(const struct live_end *end, struct rte_mbuf **held, uint32_t nb)
{
	uint32_t done = 0, tries;

	for (tries = 0; done < nb && tries < nb; tries++) {
		veth_send(end->at_peer, RTE_MIN(nb - done, options.burst), 64);
		done += rte_eth_rx_burst(end->port->id, 0, &held[done],
				(uint16_t)RTE_MIN(nb - done, options.burst));
	}
	return done;
}

/* As many as there are temporaries at a time: the same memory again and again. */
#define SCRATCH_BUFFERS 32

static void
live_copy(struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	static uint8_t scratch[SCRATCH_BUFFERS][RTE_MBUF_DEFAULT_DATAROOM];
	uint16_t i;

	for (i = 0; i < nb_pkts; i++)
		rte_memcpy(scratch[i % SCRATCH_BUFFERS], rte_pktmbuf_mtod(pkts[i], const void *),
				pkts[i]->data_len);
}

static double
live_held_speed(enum live_kind kind, uint16_t length)
{
	static struct rte_mbuf *held[DUALBUF_MAX_DESC];
	struct live_end end;
	uint32_t nb_held = 0;
	double speed;

	live_open(&end, kind, false);
	if (kind == LIVE_OURS)
		nb_held = live_hold(&end, held, options.nb_desc);
	else
		end.consume = live_copy;
	speed = live_rx(&end, length);
	rte_pktmbuf_free_bulk(held, nb_held);
	live_close(&end);
	return speed;
}

/* What all hold is copied: by ours; or, since the other has no such way, by its consumer. */
static void
live_held_row(uint16_t length)
{
	static struct sample ours, theirs;
	char row[32];
	struct result result = { .row = row,
		.baseline = "af_xdp+memcpy",
		.unit = "Mpps",
		.ours = &ours,
		.theirs = &theirs };
	unsigned int repeats = options.smoke ? 1 : options.quick ? 3 : REPEATS, i;

	memset(&ours, 0, sizeof(ours));
	memset(&theirs, 0, sizeof(theirs));
	for (i = 0; i < repeats; i++) {
		sample_add(&ours, live_held_speed(LIVE_OURS, length));
		sample_add(&theirs, live_held_speed(LIVE_AF_XDP, length));
	}
	snprintf(row, sizeof(row), "live copy %u", length);
	result_print(&result);
}

/* One core polls both queues of an interface. */
static void
live_queues_row(uint16_t length)
{
	static struct sample speeds[2];
	char row[32];
	struct result result = { .row = row,
		.baseline = ways[LIVE_AF_XDP_Q0].name,
		.unit = "Mpps",
		.ours = &speeds[0],
		.theirs = &speeds[1] };
	unsigned int repeats = options.smoke ? 1 : options.quick ? 3 : REPEATS, i;

	memset(speeds, 0, sizeof(speeds));
	for (i = 0; i < repeats; i++) {
		sample_add(&speeds[0], live_speed(LIVE_OURS_2, false, length));
		sample_add(&speeds[1], live_speed(LIVE_AF_XDP_Q0, false, length));
	}
	snprintf(row, sizeof(row), "live queues %u", length);
	result_print(&result);
}

static void
live_close_kept(void)
{
	enum live_kind kind;

	for (kind = LIVE_OURS; kind < LIVE_WAYS; kind++) {
		if (kept[kind] != NULL) {
			port_stop(kept[kind]);
			port_close(kept[kind]);
		}
	}
}

void
live_rows(void)
{
	if (!options_wants("live"))
		return;
	live_row(true, 64);
	live_row(true, 1514);
	live_row(false, 64);
	live_row(false, 1514);
	if (HAS_XDP) {
		live_held_row(64);
		live_held_row(1514);
		live_queues_row(64);
		live_queues_row(1514);
	}
	live_close_kept();
}
