/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_PCAPNG_IFACES_H_
#define _WIRE_PCAPNG_IFACES_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire_reader.h"
#include "wire_tsresol.h"

/* As many as obsolete packet blocks can tell apart. More in one section are damage. */
#define WIRE_PCAPNG_MAX_IFACES 65536

struct wire_pcapng_iface {
	struct wire_tsresol resolution;
	uint32_t snaplen; /* of longer records the rest is left out */
	uint16_t link_type;
	bool is_ethernet;
};

/* The interfaces that a section has described so far. */
struct wire_pcapng_ifaces {
	struct wire_pcapng_iface *all;
	uint32_t nb;
	uint32_t room;
};

/*
 * Add the interface of a block of total bytes. nb of them are there, at least the beginning; options that
 * are not there are passed over.
 * Returns 0, or -1 and notes what is damaged.
 */
int wire_pcapng_ifaces_add(struct wire_pcapng_ifaces *ifaces, struct wire_reader *reader,
		const uint8_t *block, size_t nb, bool swapped);

void wire_pcapng_ifaces_free(struct wire_pcapng_ifaces *ifaces);

#endif /* _WIRE_PCAPNG_IFACES_H_ */
