/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_common.h>

#include "wire.h"

/*
 * Kinds of packets in turn: TCP and other IPv4 and IPv6, ARP-like frames, tagged ones, and
 * checksums that do not match. The turn is short on purpose: branch predictors learn it, so that
 * scalar code pays nothing for the variety.
 */
#define KINDS 32

static uint32_t
wire_status(uint32_t kind)
{
	uint32_t status = DUALBUF_RXD_DD | DUALBUF_RXD_EOP;

	if (kind % 8 != 7)
		status |= DUALBUF_RXD_IPCS;
	if (kind % 8 < 6)
		status |= DUALBUF_RXD_L4CS;
	if (kind % 4 == 1)
		status |= DUALBUF_RXD_VP;
	if (kind == 13)
		status |= DUALBUF_RXD_L4E;
	if (kind == 26)
		status |= DUALBUF_RXD_IPE;
	return status;
}

static uint32_t
wire_rss_type(uint32_t kind)
{
	static const uint32_t types[] = {
		DUALBUF_RXD_RSS_TCP4,
		DUALBUF_RXD_RSS_TCP4,
		DUALBUF_RXD_RSS_TCP6,
		DUALBUF_RXD_RSS_TCP4,
		DUALBUF_RXD_RSS_IPV4,
		DUALBUF_RXD_RSS_TCP4,
		DUALBUF_RXD_RSS_IPV6,
		DUALBUF_RXD_RSS_NONE,
	};

	return types[kind % RTE_DIM(types)];
}

union dualbuf_rx_desc
wire_write_back(const struct wire *wire, uint32_t sequence)
{
	uint32_t kind = sequence % KINDS;
	uint32_t scramble = sequence * 2654435761u;

	return (union dualbuf_rx_desc){
		.wb.mrq = rte_cpu_to_le_32(wire_rss_type(kind)),
		.wb.rss = rte_cpu_to_le_32(scramble),
		.wb.status_error = rte_cpu_to_le_32(wire_status(kind)),
		.wb.length = rte_cpu_to_le_16(
				wire->data_len > 0 ? wire->data_len : 60 + scramble % 1455),
		.wb.vlan = rte_cpu_to_le_16((uint16_t)(scramble >> 20)),
	};
}

bool
wire_write(struct wire *wire, union dualbuf_rx_desc write_back)
{
	volatile union dualbuf_rx_desc *desc = &wire->desc[wire->head];
	uint32_t status = write_back.wb.status_error;

	if (wire->head == rte_le_to_cpu_32(wire->tail))
		return false;
	if (wire->data_len > 0)
		memset((void *)(uintptr_t)rte_le_to_cpu_64(desc->read.addr), (int)wire->sequence,
				wire->data_len);
	desc->wb.mrq = write_back.wb.mrq;
	desc->wb.rss = write_back.wb.rss;
	desc->wb.length = write_back.wb.length;
	desc->wb.vlan = write_back.wb.vlan;
	__atomic_store_n(&desc->wb.status_error, status, __ATOMIC_RELEASE);
	wire->head = wire->head + 1 == wire->nb_desc ? 0 : wire->head + 1;
	wire->sequence++;
	return true;
}

uint32_t
wire_fill(struct wire *wire, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		if (!wire_write(wire, wire_write_back(wire, wire->sequence)))
			break;
	return i;
}
