/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "dualbuf_logs.h"
#include "vnic_args_check.h"

#define KIND(kind) (1u << (kind))
#define IFACES (KIND(WIRE_END_IFACE) | KIND(WIRE_END_IFACE_IN))

/* The kinds that are among the ends, a bit each. */
static unsigned int
kinds_of(const struct wire_end *ends, uint16_t nb)
{
	unsigned int kinds = 0;
	uint16_t i;

	for (i = 0; i < nb; i++)
		kinds |= KIND(ends[i].kind);
	return kinds;
}

static bool
reads_file(const struct vnic_args *args)
{
	return (kinds_of(args->rx, args->nb_rx) & KIND(WIRE_END_FILE)) != 0;
}

static bool
reads_only_files(const struct vnic_args *args)
{
	return kinds_of(args->rx, args->nb_rx) == KIND(WIRE_END_FILE);
}

/* How sources are read and sinks are written, where there are such. */
static int
check_choices(const struct vnic_args *args, unsigned int groups)
{
	unsigned int rx = kinds_of(args->rx, args->nb_rx) & ~KIND(WIRE_END_LOOP);
	unsigned int tx = kinds_of(args->tx, args->nb_tx);

	if ((groups & VNIC_ARG_SOURCE) != 0 && rx == 0) {
		DUALBUF_LOG(ERR,
				"filter and filter_file are for what is received; they are allowed "
				"only with one of rx_pcap, rx_iface, rx_iface_in, iface");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_SNAPLEN) != 0 && rx == 0 && (tx & KIND(WIRE_END_FILE)) == 0) {
		DUALBUF_LOG(ERR,
				"snaplen cuts what is received, and captures that are written; it is "
				"allowed only with one of rx_pcap, tx_pcap, rx_iface, rx_iface_in, "
				"iface");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_SINK) != 0 && (tx & KIND(WIRE_END_FILE)) == 0) {
		DUALBUF_LOG(ERR,
				"tx_format and tx_append are for captures that are written; they are "
				"allowed only with tx_pcap=<file>");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_DEPTH) != 0 && (rx & IFACES) == 0) {
		DUALBUF_LOG(ERR,
				"rx_depth is that of a live interface; it is allowed only with one of "
				"rx_iface, rx_iface_in, iface");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_DIRECTION) != 0 && (rx & KIND(WIRE_END_IFACE)) == 0) {
		DUALBUF_LOG(ERR,
				"direction is that of a live interface; it is allowed only with "
				"rx_iface=<ifc> or iface=<ifc>");
		return -EINVAL;
	}
	return 0;
}

static int
check_combination(const struct vnic_args *args, unsigned int groups)
{
	const unsigned int ends = VNIC_ARG_RX | VNIC_ARG_TX | VNIC_ARG_IFACE;

	if ((groups & (ends | VNIC_ARG_LOOPBACK)) == 0) {
		DUALBUF_LOG(ERR,
				"nothing to receive from or to send to; "
				"at least one of " VNIC_QUEUE_NAMES ", iface, loopback is needed");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_LOOPBACK) != 0 && (groups & ends) != 0) {
		DUALBUF_LOG(ERR,
				"loopback is both directions of the port; "
				"it is allowed only without " VNIC_QUEUE_NAMES ", iface");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_IFACE) != 0 && (groups & (VNIC_ARG_RX | VNIC_ARG_TX)) != 0) {
		DUALBUF_LOG(ERR,
				"iface is both directions of the port; "
				"it is allowed only without " VNIC_QUEUE_NAMES);
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_PHY_MAC) != 0 && (groups & VNIC_ARG_IFACE) == 0) {
		DUALBUF_LOG(ERR,
				"phy_mac takes the address of an interface; it is allowed only "
				"with iface=<ifc>");
		return -EINVAL;
	}
	if ((groups & VNIC_ARG_LIVE) != 0 && (groups & VNIC_ARG_IFACE) == 0) {
		DUALBUF_LOG(ERR,
				"live is how an interface is received from and sent to; it is allowed "
				"only with iface=<ifc>");
		return -EINVAL;
	}
	if (vnic_args_spread(args) && (args->nb_rx > 1 || args->nb_tx > 1)) {
		DUALBUF_LOG(ERR,
				"queues=%u is for one source and one sink; it is allowed only with at "
				"most one of each, not with %u and %u",
				args->queues, args->nb_rx, args->nb_tx);
		return -EINVAL;
	}
	if (args->infinite_rx && !reads_file(args)) {
		DUALBUF_LOG(ERR,
				"infinite_rx=1 replays a capture; it is allowed only with "
				"rx_pcap=<file>");
		return -EINVAL;
	}
	if (args->loop != 0 && (args->infinite_rx || !reads_file(args))) {
		DUALBUF_LOG(ERR,
				"loop=%u replays a capture as often; it is allowed only with "
				"rx_pcap=<file>, and without infinite_rx=1",
				args->loop);
		return -EINVAL;
	}
	if (args->rate.kind != WIRE_RATE_ANY && (args->infinite_rx || !reads_only_files(args))) {
		DUALBUF_LOG(ERR,
				"rate is that of a capture; it is allowed only with rx_pcap=<file>, and "
				"without infinite_rx=1");
		return -EINVAL;
	}
	if (args->eof && (args->infinite_rx || !reads_file(args))) {
		DUALBUF_LOG(ERR,
				"eof=1 takes the link down at the end of a capture; it is allowed "
				"only with rx_pcap=<file>, and without infinite_rx=1");
		return -EINVAL;
	}
	return 0;
}

static bool
same_file(const struct wire_end *a, const struct wire_end *b, bool is_same_direction)
{
	struct stat stat_a, stat_b;
	bool a_exists, b_exists;

	if (a->kind != WIRE_END_FILE || b->kind != WIRE_END_FILE)
		return false;
	/* standard input and standard output */
	if (strcmp(a->name, "-") == 0 || strcmp(b->name, "-") == 0)
		return is_same_direction && strcmp(a->name, b->name) == 0;
	a_exists = stat(a->name, &stat_a) == 0;
	b_exists = stat(b->name, &stat_b) == 0;
	if (!a_exists || !b_exists)
		return strcmp(a->name, b->name) == 0;
	/* two queues may well write to /dev/null */
	return !S_ISCHR(stat_a.st_mode) && stat_a.st_dev == stat_b.st_dev &&
			stat_a.st_ino == stat_b.st_ino;
}

/* Opening an output empties it, so this must be known before anything is opened. */
static int
check_outputs(const struct vnic_args *args)
{
	uint16_t i, j;

	for (i = 0; i < args->nb_tx; i++) {
		for (j = 0; j < args->nb_rx; j++) {
			if (!same_file(&args->tx[i], &args->rx[j], false))
				continue;
			DUALBUF_LOG(ERR,
					"tx_pcap=%s: would overwrite its own input rx_pcap=%s; "
					"only another file is allowed",
					args->tx[i].name, args->rx[j].name);
			return -EINVAL;
		}
		for (j = 0; j < i; j++) {
			if (!same_file(&args->tx[i], &args->tx[j], true))
				continue;
			DUALBUF_LOG(ERR,
					"tx_pcap=%s: is the same file as tx_pcap=%s; only a file "
					"for each queue is allowed",
					args->tx[i].name, args->tx[j].name);
			return -EINVAL;
		}
	}
	return 0;
}

int
vnic_args_check(const struct vnic_args *args, unsigned int groups)
{
	int ret = check_combination(args, groups);

	if (ret == 0)
		ret = check_choices(args, groups);
	return ret == 0 ? check_outputs(args) : ret;
}
