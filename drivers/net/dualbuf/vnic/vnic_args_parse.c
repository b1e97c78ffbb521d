/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "dualbuf_args.h"
#include "dualbuf_logs.h"
#include "dualbuf_pairs.h"
#include "vnic_args_check.h"
#include "vnic_args_parse.h"
#include "wire_frame.h"

#define ALL_NAMES \
	VNIC_QUEUE_NAMES \
	", iface, phy_mac, infinite_rx, loop, rate, filter, filter_file, snaplen, direction, " \
	"rx_depth, tx_format, tx_append, queues, eof, loopback, enforce_mtu, live" DUALBUF_ARG_NAMES

struct devarg {
	const char *name;
	int (*take)(const struct devarg *devarg, const char *value, struct vnic_args *args);
	enum vnic_arg_group group;
	enum wire_end_kind kind;
	bool once;
};

static int
add_end(const struct devarg *devarg, const char *value, struct wire_end *ends, uint16_t *nb)
{
	size_t len = strlen(value);

	if (*nb == VNIC_MAX_QUEUES) {
		DUALBUF_LOG(ERR, "%s=%s: too many queues; at most %d a direction are allowed",
				devarg->name, value, VNIC_MAX_QUEUES);
		return -EINVAL;
	}
	if (len >= sizeof(ends->name)) {
		DUALBUF_LOG(ERR, "%s: the name has %zu characters; at most %zu are allowed",
				devarg->name, len, sizeof(ends->name) - 1);
		return -EINVAL;
	}
	ends[*nb].kind = devarg->kind;
	memcpy(ends[*nb].name, value, len + 1);
	(*nb)++;
	return 0;
}

static int
take_rx(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return add_end(devarg, value, args->rx, &args->nb_rx);
}

static int
take_tx(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return add_end(devarg, value, args->tx, &args->nb_tx);
}

static int
take_iface(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	int ret = take_rx(devarg, value, args);

	if (ret == 0)
		ret = take_tx(devarg, value, args);
	args->single_iface = true;
	return ret;
}

static int
take_flag(const struct devarg *devarg, const char *value, bool *flag)
{
	if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
		DUALBUF_LOG(ERR, "%s=%s: must be 0 or 1", devarg->name, value);
		return -EINVAL;
	}
	*flag = value[0] == '1';
	return 0;
}

static int
take_phy_mac(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return take_flag(devarg, value, &args->phy_mac);
}

static int
take_infinite_rx(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return take_flag(devarg, value, &args->infinite_rx);
}

static int
take_loop(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return dualbuf_args_number(devarg->name, value, 1, UINT32_MAX, &args->loop);
}

static int
take_rate(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	if (wire_rate_parse(value, &args->rate) == 0)
		return 0;
	DUALBUF_LOG(ERR, "%s=%s: must be " WIRE_RATE_FORMS ", of %g to %g in the unit alone",
			devarg->name, value, WIRE_RATE_MIN, WIRE_RATE_MAX);
	return -EINVAL;
}

static int
take_filter(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	size_t len = strlen(value);

	if (args->choices.filter[0] != '\0') {
		DUALBUF_LOG(ERR, "%s=%s: filter and filter_file are both given; one is allowed",
				devarg->name, value);
		return -EINVAL;
	}
	if (len >= sizeof(args->choices.filter)) {
		DUALBUF_LOG(ERR, "%s: the filter has %zu characters; at most %zu are allowed",
				devarg->name, len, sizeof(args->choices.filter) - 1);
		return -EINVAL;
	}
	memcpy(args->choices.filter, value, len + 1);
	return 0;
}

/* One character more than is allowed is read, for take_filter() to see. */
static int
take_filter_file(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	char text[WIRE_FILTER_SIZE + 1];
	FILE *file = fopen(value, "re");
	size_t len = 0;
	bool failed = file == NULL;

	if (file != NULL) {
		len = fread(text, 1, sizeof(text) - 1, file);
		failed = ferror(file) != 0;
		fclose(file);
	}
	if (failed) {
		DUALBUF_LOG(ERR, "%s=%s: %s", devarg->name, value, strerror(errno));
		return -EINVAL;
	}
	text[len] = '\0';
	if (strlen(text) != len || strspn(text, " \t\r\n") == len) {
		DUALBUF_LOG(ERR, "%s=%s: is no text; a file with a filter is required",
				devarg->name, value);
		return -EINVAL;
	}
	return take_filter(devarg, text, args);
}

static int
take_snaplen(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	int ret = dualbuf_args_number(
			devarg->name, value, 1, WIRE_MAX_FRAME, &args->choices.snaplen);

	args->sink_choices.snaplen = args->choices.snaplen;
	return ret;
}

static int
take_rx_depth(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	uint32_t depth;

	if (dualbuf_args_number(devarg->name, value, WIRE_MIN_DEPTH, WIRE_MAX_DEPTH, &depth) != 0)
		return -EINVAL;
	if (!rte_is_power_of_2(depth)) {
		DUALBUF_LOG(ERR, "%s=%s: must be a power of 2", devarg->name, value);
		return -EINVAL;
	}
	args->choices.depth = depth;
	return 0;
}

static int
take_direction(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	static const char *const names[] = {
		[WIRE_DIRECTION_INOUT] = "inout",
		[WIRE_DIRECTION_IN] = "in",
		[WIRE_DIRECTION_OUT] = "out",
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		args->choices.direction = i;
		return 0;
	}
	DUALBUF_LOG(ERR, "%s=%s: must be in, out or inout", devarg->name, value);
	return -EINVAL;
}

static int
take_tx_format(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	if (strcmp(value, "pcap") == 0) {
		args->sink_choices.format = WIRE_FILE_PCAP;
	} else if (strcmp(value, "pcapng") == 0) {
		args->sink_choices.format = WIRE_FILE_PCAPNG;
	} else {
		DUALBUF_LOG(ERR, "%s=%s: must be pcap or pcapng", devarg->name, value);
		return -EINVAL;
	}
	return 0;
}

static int
take_tx_append(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return take_flag(devarg, value, &args->sink_choices.append);
}

static int
take_queues(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return dualbuf_args_number(devarg->name, value, 1, VNIC_MAX_QUEUES, &args->queues);
}

static int
take_eof(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return take_flag(devarg, value, &args->eof);
}

static int
take_loopback(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	uint32_t nb, i;

	if (dualbuf_args_number(devarg->name, value, 1, VNIC_MAX_QUEUES, &nb) != 0)
		return -EINVAL;
	for (i = 0; i < nb; i++) {
		args->rx[i].kind = devarg->kind;
		args->tx[i].kind = devarg->kind;
	}
	args->nb_rx = nb;
	args->nb_tx = nb;
	return 0;
}

static int
take_enforce_mtu(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return take_flag(devarg, value, &args->enforce_mtu);
}

/* Whoever chose this device for a live interface has looked at it. */
static int
take_live(const struct devarg *devarg __rte_unused, const char *value __rte_unused,
		struct vnic_args *args __rte_unused)
{
	return 0;
}

static int
take_common(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return dualbuf_args_parse(devarg->name, value, &args->common);
}

#define COMMON_ROW(name, values) { #name, take_common, VNIC_ARG_OTHER, WIRE_END_NONE, true },

static const struct devarg devargs[] = { { "rx_pcap", take_rx, VNIC_ARG_RX, WIRE_END_FILE, false },
	{ "tx_pcap", take_tx, VNIC_ARG_TX, WIRE_END_FILE, false },
	{ "rx_iface", take_rx, VNIC_ARG_RX, WIRE_END_IFACE, false },
	{ "rx_iface_in", take_rx, VNIC_ARG_RX, WIRE_END_IFACE_IN, false },
	{ "tx_iface", take_tx, VNIC_ARG_TX, WIRE_END_IFACE, false },
	{ "iface", take_iface, VNIC_ARG_IFACE, WIRE_END_IFACE, true },
	{ "phy_mac", take_phy_mac, VNIC_ARG_PHY_MAC, WIRE_END_NONE, true },
	{ "infinite_rx", take_infinite_rx, VNIC_ARG_OTHER, WIRE_END_NONE, true },
	{ "loop", take_loop, VNIC_ARG_OTHER, WIRE_END_NONE, true },
	{ "rate", take_rate, VNIC_ARG_OTHER, WIRE_END_NONE, true },
	{ "filter", take_filter, VNIC_ARG_SOURCE, WIRE_END_NONE, true },
	{ "filter_file", take_filter_file, VNIC_ARG_SOURCE, WIRE_END_NONE, true },
	{ "snaplen", take_snaplen, VNIC_ARG_SNAPLEN, WIRE_END_NONE, true },
	{ "rx_depth", take_rx_depth, VNIC_ARG_DEPTH, WIRE_END_NONE, true },
	{ "direction", take_direction, VNIC_ARG_DIRECTION, WIRE_END_NONE, true },
	{ "tx_format", take_tx_format, VNIC_ARG_SINK, WIRE_END_NONE, true },
	{ "tx_append", take_tx_append, VNIC_ARG_SINK, WIRE_END_NONE, true },
	{ "queues", take_queues, VNIC_ARG_OTHER, WIRE_END_NONE, true },
	{ "eof", take_eof, VNIC_ARG_OTHER, WIRE_END_NONE, true },
	{ "loopback", take_loopback, VNIC_ARG_LOOPBACK, WIRE_END_LOOP, true },
	{ "enforce_mtu", take_enforce_mtu, VNIC_ARG_OTHER, WIRE_END_NONE, true },
	{ "live", take_live, VNIC_ARG_LIVE, WIRE_END_NONE, true }, DUALBUF_ARG_TABLE(COMMON_ROW) };

struct parser {
	struct vnic_args *args;
	unsigned int names; /* bit i: devargs[i] was given */
	unsigned int groups; /* of all that was given */
};

static int
take_pair(const char *name, const char *value, struct parser *parser)
{
	const struct devarg *devarg;
	unsigned int i;

	for (i = 0; i < RTE_DIM(devargs) && strcmp(name, devargs[i].name) != 0; i++)
		;
	if (i == RTE_DIM(devargs)) {
		DUALBUF_LOG(ERR, "devarg \"%s\" is unknown; allowed are " ALL_NAMES, name);
		return -EINVAL;
	}
	devarg = &devargs[i];
	if (value == NULL || value[0] == '\0') {
		DUALBUF_LOG(ERR, "%s: has no value; %s=<value> is needed", name, name);
		return -EINVAL;
	}
	if (devarg->once && (parser->names & RTE_BIT32(i)) != 0) {
		DUALBUF_LOG(ERR, "%s=%s: %s is given twice; only once is allowed", name, value,
				name);
		return -EINVAL;
	}
	parser->names |= RTE_BIT32(i);
	parser->groups |= devarg->group;
	return devarg->take(devarg, value, parser->args);
}

static int
parse_text(const char *text, struct parser *parser)
{
	char *pair, *value;
	size_t len;
	int ret = 0;

	for (; ret == 0 && *text != '\0'; text += len + (text[len] == ',')) {
		ret = dualbuf_pairs_end(text, &len);
		if (ret != 0 || len == 0)
			continue;
		pair = strndup(text, len);
		if (pair == NULL) {
			DUALBUF_LOG(ERR, "%s: cannot be parsed: out of memory", text);
			return -ENOMEM;
		}
		value = strchr(pair, '=');
		if (value != NULL)
			*value++ = '\0';
		ret = take_pair(pair, value, parser);
		free(pair);
	}
	return ret;
}

int
vnic_args_parse(const char *text, struct vnic_args *args)
{
	struct parser parser = { .args = args };
	int ret;

	memset(args, 0, sizeof(*args));
	args->common = dualbuf_default_args;
	ret = parse_text(text == NULL ? "" : text, &parser);
	if (ret == 0)
		ret = vnic_args_check(args, parser.groups);
	if (ret != 0)
		return ret;
	args->choices.rounds = args->infinite_rx ? 0 : RTE_MAX(args->loop, 1u);
	/* as net_pcap does: a direction that is not given gets queues of kind WIRE_END_NONE */
	if (args->nb_rx == 0)
		args->nb_rx = args->nb_tx;
	if (args->nb_tx == 0)
		args->nb_tx = args->nb_rx;
	return 0;
}
