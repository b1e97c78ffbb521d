/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <rte_bitops.h>
#include <rte_common.h>
#include <rte_kvargs.h>

#include "dualbuf_args.h"
#include "dualbuf_compat.h"
#include "dualbuf_logs.h"
#include "vnic_args.h"

#define QUEUE_NAMES "rx_pcap, tx_pcap, rx_iface, rx_iface_in, tx_iface"
#define ALL_NAMES QUEUE_NAMES ", iface, phy_mac, infinite_rx, rate, eof" DUALBUF_ARG_NAMES

enum devarg_group {
	GROUP_RX = 1 << 0,
	GROUP_TX = 1 << 1,
	GROUP_IFACE = 1 << 2,
	GROUP_PHY_MAC = 1 << 3,
	GROUP_OTHER = 1 << 4,
};

struct devarg {
	const char *name;
	int (*take)(const struct devarg *devarg, const char *value, struct vnic_args *args);
	enum devarg_group group;
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
take_rate(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	if (wire_rate_parse(value, &args->rate) == 0)
		return 0;
	DUALBUF_LOG(ERR, "%s=%s: must be " WIRE_RATE_FORMS ", of %g to %g in the unit alone",
			devarg->name, value, WIRE_RATE_MIN, WIRE_RATE_MAX);
	return -EINVAL;
}

static int
take_eof(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return take_flag(devarg, value, &args->eof);
}

static int
take_common(const struct devarg *devarg, const char *value, struct vnic_args *args)
{
	return dualbuf_args_parse(devarg->name, value, &args->common);
}

#define COMMON_ROW(name, values) { #name, take_common, GROUP_OTHER, WIRE_END_NONE, true },

static const struct devarg devargs[] = { { "rx_pcap", take_rx, GROUP_RX, WIRE_END_FILE, false },
	{ "tx_pcap", take_tx, GROUP_TX, WIRE_END_FILE, false },
	{ "rx_iface", take_rx, GROUP_RX, WIRE_END_IFACE, false },
	{ "rx_iface_in", take_rx, GROUP_RX, WIRE_END_IFACE_IN, false },
	{ "tx_iface", take_tx, GROUP_TX, WIRE_END_IFACE, false },
	{ "iface", take_iface, GROUP_IFACE, WIRE_END_IFACE, true },
	{ "phy_mac", take_phy_mac, GROUP_PHY_MAC, WIRE_END_NONE, true },
	{ "infinite_rx", take_infinite_rx, GROUP_OTHER, WIRE_END_NONE, true },
	{ "rate", take_rate, GROUP_OTHER, WIRE_END_NONE, true },
	{ "eof", take_eof, GROUP_OTHER, WIRE_END_NONE, true }, DUALBUF_ARG_TABLE(COMMON_ROW) };

struct parser {
	struct vnic_args *args;
	unsigned int names; /* bit i: devargs[i] was given */
	unsigned int groups; /* of all that was given */
};

static int
take_pair(const char *name, const char *value, void *opaque)
{
	struct parser *parser = opaque;
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

/* As rte_kvargs splits: a comma within brackets belongs to the value. */
static size_t
pair_len(const char *text)
{
	bool in_list = false;
	size_t len;

	for (len = 0; text[len] != '\0' && (in_list || text[len] != ','); len++) {
		if (text[len] == '[')
			in_list = true;
		else if (text[len] == ']')
			in_list = false;
	}
	return len;
}

static int
parse_pair(const char *pair, struct parser *parser)
{
	const char *value = strchr(pair, '=');
	struct rte_kvargs *kvlist;
	int ret;

	/* rte_kvargs would take what stands between the two for the name */
	if (value != NULL && strchr(value + 1, '=') != NULL) {
		DUALBUF_LOG(ERR, "%.*s: a '=' in the value \"%s\" is not allowed",
				(int)(value - pair), pair, value + 1);
		return -EINVAL;
	}
	kvlist = rte_kvargs_parse(pair, NULL);
	if (kvlist == NULL) {
		DUALBUF_LOG(ERR, "%s: cannot be parsed: out of memory", pair);
		return -ENOMEM;
	}
	ret = rte_kvargs_process_opt(kvlist, NULL, take_pair, parser);
	rte_kvargs_free(kvlist);
	return ret == 0 ? 0 : -EINVAL;
}

/* One pair at a time: rte_kvargs holds 32, which is too few for 16 queues and an option. */
static int
parse_text(const char *text, struct parser *parser)
{
	size_t len;
	char *pair;
	int ret = 0;

	for (; ret == 0 && *text != '\0'; text += len + (text[len] == ',')) {
		len = pair_len(text);
		if (len == 0)
			continue;
		pair = strndup(text, len);
		if (pair == NULL) {
			DUALBUF_LOG(ERR, "%s: cannot be parsed: out of memory", text);
			return -ENOMEM;
		}
		ret = parse_pair(pair, parser);
		free(pair);
	}
	return ret;
}

static bool
reads_file(const struct vnic_args *args)
{
	uint16_t i;

	for (i = 0; i < args->nb_rx; i++) {
		if (args->rx[i].kind == WIRE_END_FILE)
			return true;
	}
	return false;
}

static bool
reads_only_files(const struct vnic_args *args)
{
	uint16_t i;

	for (i = 0; i < args->nb_rx; i++) {
		if (args->rx[i].kind != WIRE_END_FILE)
			return false;
	}
	return args->nb_rx > 0;
}

static int
check_combination(const struct parser *parser)
{
	const struct vnic_args *args = parser->args;
	unsigned int groups = parser->groups;

	if ((groups & (GROUP_RX | GROUP_TX | GROUP_IFACE)) == 0) {
		DUALBUF_LOG(ERR,
				"nothing to receive from or to send to; "
				"at least one of " QUEUE_NAMES ", iface is needed");
		return -EINVAL;
	}
	if ((groups & GROUP_IFACE) != 0 && (groups & (GROUP_RX | GROUP_TX)) != 0) {
		DUALBUF_LOG(ERR,
				"iface is both directions of the port; "
				"it is allowed only without " QUEUE_NAMES);
		return -EINVAL;
	}
	if ((groups & GROUP_PHY_MAC) != 0 && (groups & GROUP_IFACE) == 0) {
		DUALBUF_LOG(ERR,
				"phy_mac takes the address of an interface; it is allowed only "
				"with iface=<ifc>");
		return -EINVAL;
	}
	if (args->infinite_rx && !reads_file(args)) {
		DUALBUF_LOG(ERR,
				"infinite_rx=1 replays a capture; it is allowed only with "
				"rx_pcap=<file>");
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
same_file(const struct wire_end *a, const struct wire_end *b)
{
	struct stat stat_a, stat_b;
	bool a_exists, b_exists;

	if (a->kind != WIRE_END_FILE || b->kind != WIRE_END_FILE)
		return false;
	a_exists = stat(a->name, &stat_a) == 0;
	b_exists = stat(b->name, &stat_b) == 0;
	if (!a_exists || !b_exists)
		return strcmp(a->name, b->name) == 0;
	/* two queues may well write to /dev/null */
	return S_ISREG(stat_a.st_mode) && stat_a.st_dev == stat_b.st_dev &&
			stat_a.st_ino == stat_b.st_ino;
}

/* Opening an output empties it, so this must be known before anything is opened. */
static int
check_outputs(const struct vnic_args *args)
{
	uint16_t i, j;

	for (i = 0; i < args->nb_tx; i++) {
		for (j = 0; j < args->nb_rx; j++) {
			if (!same_file(&args->tx[i], &args->rx[j]))
				continue;
			DUALBUF_LOG(ERR,
					"tx_pcap=%s: would overwrite its own input rx_pcap=%s; "
					"only another file is allowed",
					args->tx[i].name, args->rx[j].name);
			return -EINVAL;
		}
		for (j = 0; j < i; j++) {
			if (!same_file(&args->tx[i], &args->tx[j]))
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
vnic_args_parse(const char *text, struct vnic_args *args)
{
	struct parser parser = { .args = args };
	int ret;

	memset(args, 0, sizeof(*args));
	args->common = dualbuf_default_args;
	ret = parse_text(text == NULL ? "" : text, &parser);
	if (ret == 0)
		ret = check_combination(&parser);
	if (ret == 0)
		ret = check_outputs(args);
	if (ret != 0)
		return ret;
	/* as net_pcap does: a direction that is not given gets queues of kind WIRE_END_NONE */
	if (args->nb_rx == 0)
		args->nb_rx = args->nb_tx;
	if (args->nb_tx == 0)
		args->nb_tx = args->nb_rx;
	return 0;
}
