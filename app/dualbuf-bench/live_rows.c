/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_debug.h>
#include <rte_ether.h>

#include "bare.h"
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

static const char *const drivers[] = { "net_dualbuf", "net_pcap", "net_af_packet" };

#define CONTENDERS RTE_DIM(drivers)

#define REPEATS 7
#define TX_PACKETS 200000
#define QUICK_TX_PACKETS 20000

/* The smallest of the kernel's buffers, net_af_packet's, has room for twice this. How often it comes. */
#define RX_FILLING 256
#define RX_ROUNDS 200
#define QUICK_RX_ROUNDS 40

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

/* port: NULL to send without one. */
static void
live_send(const struct port *port, unsigned int nb, uint16_t length)
{
	unsigned int i;

	if (port == NULL) {
		veth_send(VETH_AT_PORT, nb, length);
		return;
	}
	for (i = 0; i < nb; i += options.burst)
		live_send_burst(port, length);
}

static double
live_tx(const struct port *port, uint16_t length)
{
	unsigned int nb = options.smoke ? RX_FILLING :
			options.quick	? QUICK_TX_PACKETS :
					  TX_PACKETS;
	uint64_t before = veth_peer_packets(), begin, end;

	begin = rte_rdtsc_precise();
	live_send(port, nb, length);
	end = rte_rdtsc_precise();
	rte_delay_us_sleep(SETTLE_US);
	return (double)(veth_peer_packets() - before) * rte_get_tsc_hz() / (end - begin) / 1e6;
}

/* Receive what there is. Returns how many packets. */
static uint32_t
live_drain(const struct port *port, uint64_t *cycles)
{
	struct rte_mbuf *pkts[RING_MAX_BURST];
	uint64_t begin = rte_rdtsc_precise();
	uint32_t nb_rx = 0;
	uint16_t nb;

	do {
		nb = rte_eth_rx_burst(port->id, 0, pkts, (uint16_t)options.burst);
		rte_pktmbuf_free_bulk(pkts, nb);
		nb_rx += nb;
	} while (nb > 0);
	*cycles += rte_rdtsc_precise() - begin;
	return nb_rx;
}

/* Of a port, or without one. */
static uint32_t
live_receive(const struct port *port, struct bare_slots *bare, uint64_t *cycles)
{
	return port == NULL ? bare_slots_drain(bare, cycles) : live_drain(port, cycles);
}

/* port: NULL to receive without one. */
static double
live_rx(const struct port *port, uint16_t length)
{
	unsigned int rounds = options.smoke ? 1 : options.quick ? QUICK_RX_ROUNDS : RX_ROUNDS;
	struct bare_slots *bare = port == NULL ? bare_slots_open(VETH_PORT) : NULL;
	uint64_t cycles = 0, packets = 0;
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		veth_send(VETH_AT_PEER, RX_FILLING, length);
		packets += live_receive(port, bare, &cycles);
	}
	rte_delay_us_sleep(SETTLE_US);
	packets += live_receive(port, bare, &cycles);
	if (bare != NULL)
		bare_slots_close(bare);
	if (packets < rounds * RX_FILLING) /* some were lost, and so may be much of the work */
		return 0;
	return (double)packets * rte_get_tsc_hz() / cycles / 1e6;
}

static double
live_speed(const char *driver, bool transmit, uint16_t length)
{
	struct port *port = port_open(driver, "iface=" VETH_PORT);
	double speed;

	port_start(port);
	speed = transmit ? live_tx(port, length) : live_rx(port, length);
	port_stop(port);
	port_close(port);
	return speed;
}

static void
live_print(bool transmit, uint16_t length, const struct sample *speeds, const struct sample *bare)
{
	unsigned int better, k;
	struct result result = { .unit = "Mpps", .ours = &speeds[0], .goal = 1.3 };
	char row[32];

	snprintf(row, sizeof(row), "live %s %u", transmit ? "tx" : "rx", length);
	result.row = row;
	better = sample_median(&speeds[1]) > sample_median(&speeds[2]) ? 1 : 2;
	for (k = 1; k < CONTENDERS; k++) {
		result.baseline = drivers[k];
		result.theirs = &speeds[k];
		result.sense = k == better ? RESULT_AT_LEAST : RESULT_NO_GOAL;
		result_print(&result);
	}
	result.baseline = "no driver";
	result.theirs = bare;
	result.sense = RESULT_NO_GOAL;
	result_print(&result);
}

static void
live_row(bool transmit, uint16_t length)
{
	static struct sample speeds[CONTENDERS], bare;
	unsigned int repeats = options.smoke ? 1 : options.quick ? 3 : REPEATS;
	unsigned int i, k;

	memset(speeds, 0, sizeof(speeds));
	memset(&bare, 0, sizeof(bare));
	for (i = 0; i < repeats; i++) {
		for (k = 0; k < CONTENDERS; k++)
			sample_add(&speeds[k], live_speed(drivers[k], transmit, length));
		sample_add(&bare, transmit ? live_tx(NULL, length) : live_rx(NULL, length));
	}
	live_print(transmit, length, speeds, &bare);
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
}
