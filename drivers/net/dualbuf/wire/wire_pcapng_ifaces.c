/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "wire_link_type.h"
#include "wire_order.h"
#include "wire_pcapng.h"
#include "wire_pcapng_ifaces.h"

#define FIRST_ROOM 4

/* Microseconds, where an interface says nothing. */
#define DEFAULT_TSRESOL 6

/* What options say of an interface. */
struct iface_times {
	uint8_t tsresol;
	int64_t tsoffset;
};

static int
ifaces_grow(struct wire_pcapng_ifaces *ifaces, struct wire_reader *reader)
{
	uint32_t room = ifaces->room == 0 ? FIRST_ROOM : 2 * ifaces->room;
	struct wire_pcapng_iface *all;

	if (ifaces->nb == WIRE_PCAPNG_MAX_IFACES)
		return wire_reader_damaged(reader,
				"a section describes more than %d interfaces, which is the most",
				WIRE_PCAPNG_MAX_IFACES);
	if (ifaces->nb < ifaces->room)
		return 0;
	all = realloc(ifaces->all, room * sizeof(*all));
	if (all == NULL)
		return wire_reader_damaged(
				reader, "there is no memory for %u interfaces", ifaces->nb + 1);
	ifaces->all = all;
	ifaces->room = room;
	return 0;
}

static int
check_length(struct wire_reader *reader, const struct wire_pcapng_option *option, size_t size)
{
	if (option->length == size)
		return 0;
	return wire_reader_damaged(reader,
			"option %u of an interface has %u bytes; %zu are required", option->code,
			option->length, size);
}

static int
read_option(struct iface_times *times, struct wire_reader *reader,
		const struct wire_pcapng_option *option, const uint8_t *value, bool swapped)
{
	uint64_t tsoffset;

	switch (option->code) {
	case WIRE_PCAPNG_IF_TSRESOL:
		if (check_length(reader, option, sizeof(times->tsresol)) != 0)
			return -1;
		times->tsresol = *value;
		return 0;
	case WIRE_PCAPNG_IF_TSOFFSET:
		if (check_length(reader, option, sizeof(tsoffset)) != 0)
			return -1;
		memcpy(&tsoffset, value, sizeof(tsoffset));
		times->tsoffset = (int64_t)wire_order_64(tsoffset, swapped);
		return 0;
	default:
		return 0;
	}
}

/* nb bytes are options; is_whole: there are no more that are not here. */
static int
read_options(struct iface_times *times, struct wire_reader *reader, const uint8_t *at, size_t nb,
		bool swapped, bool is_whole)
{
	struct wire_pcapng_option option;
	size_t size;

	while (nb >= sizeof(option)) {
		memcpy(&option, at, sizeof(option));
		option.code = wire_order_16(option.code, swapped);
		option.length = wire_order_16(option.length, swapped);
		size = sizeof(option) + RTE_ALIGN_CEIL((size_t)option.length, WIRE_PCAPNG_ALIGN);
		if (option.code == WIRE_PCAPNG_OPTIONS_END || (size > nb && !is_whole))
			return 0;
		if (size > nb)
			return wire_reader_damaged(reader,
					"option %u of an interface has %u bytes; at most %zu are there",
					option.code, option.length, nb - sizeof(option));
		if (read_option(times, reader, &option, at + sizeof(option), swapped) != 0)
			return -1;
		at += size;
		nb -= size;
	}
	return 0;
}

int
wire_pcapng_ifaces_add(struct wire_pcapng_ifaces *ifaces, struct wire_reader *reader,
		const uint8_t *block, size_t nb, bool swapped)
{
	struct wire_pcapng_interface iface;
	struct iface_times times = { .tsresol = DEFAULT_TSRESOL };
	uint16_t link_type;
	uint32_t total;

	if (ifaces_grow(ifaces, reader) != 0)
		return -1;
	memcpy(&iface, block, sizeof(iface));
	total = wire_order_32(iface.block.total, swapped);
	if (read_options(&times, reader, block + sizeof(iface),
			    nb - sizeof(iface) - sizeof(struct wire_pcapng_block_end), swapped,
			    nb == total) != 0)
		return -1;
	link_type = wire_order_16(iface.link_type, swapped);
	ifaces->all[ifaces->nb++] = (struct wire_pcapng_iface){
		.resolution = wire_tsresol_of(times.tsresol, times.tsoffset),
		.snaplen = iface.snaplen == 0 ? UINT32_MAX : wire_order_32(iface.snaplen, swapped),
		.link_type = link_type,
		.is_ethernet = link_type == WIRE_LINK_TYPE_ETHERNET,
	};
	return 0;
}

void
wire_pcapng_ifaces_free(struct wire_pcapng_ifaces *ifaces)
{
	free(ifaces->all);
	*ifaces = (struct wire_pcapng_ifaces){ 0 };
}
