/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>
#include <rte_kvargs.h>
#include <rte_string_fns.h>

#include "dualbuf_logs.h"
#include "xdp_args.h"

/* A text that must be one of a list, whose place in it is the value. */
static int
take_word(const char *name, const char *value, const char *const *words, unsigned int nb,
		const char *allowed, uint32_t *chosen)
{
	unsigned int i;

	for (i = 0; i < nb && strcmp(value, words[i]) != 0; i++)
		;
	if (i == nb) {
		DUALBUF_LOG(ERR, "%s=%s: must be %s", name, value, allowed);
		return -EINVAL;
	}
	*chosen = i;
	return 0;
}

static int
take_text(const char *name, const char *value, char *text, size_t size)
{
	if (rte_strscpy(text, value, size) >= 0)
		return 0;
	DUALBUF_LOG(ERR, "%s=%s: has %zu characters; at most %zu are allowed", name, value,
			strlen(value), size - 1);
	return -EINVAL;
}

static int
take_iface(const char *name, const char *value, struct xdp_args *args)
{
	return take_text(name, value, args->iface, sizeof(args->iface));
}

/* Whoever chose this device has looked at it. */
static int
take_live(const char *name __rte_unused, const char *value __rte_unused,
		struct xdp_args *args __rte_unused)
{
	return 0;
}

static int
take_phy_mac(const char *name, const char *value, struct xdp_args *args __rte_unused)
{
	if (strcmp(value, "1") == 0)
		return 0;
	DUALBUF_LOG(ERR, "%s=%s: by AF_XDP a port has its interface's address; only 1 is allowed",
			name, value);
	return -EINVAL;
}

static int
take_start_queue(const char *name, const char *value, struct xdp_args *args)
{
	return dualbuf_args_number(name, value, 0, XDP_PROGRAM_QUEUES - 1, &args->start_queue);
}

static int
take_queue_count(const char *name, const char *value, struct xdp_args *args)
{
	return dualbuf_args_number(name, value, 1, XDP_MAX_QUEUES, &args->queue_count);
}

static int
take_xdp_mode(const char *name, const char *value, struct xdp_args *args)
{
	static const char *const words[] = {
		[XDP_MODE_AUTO] = "auto",
		[XDP_MODE_NATIVE] = "native",
		[XDP_MODE_SKB] = "skb",
	};
	uint32_t mode = 0;
	int ret = take_word(name, value, words, RTE_DIM(words), "auto, native or skb", &mode);

	args->mode = mode;
	return ret;
}

static int
take_zero_copy(const char *name, const char *value, struct xdp_args *args)
{
	static const char *const words[] = {
		[XDP_ZERO_COPY_AUTO] = "auto",
		[XDP_ZERO_COPY_ON] = "on",
		[XDP_ZERO_COPY_OFF] = "off",
	};
	uint32_t choice = 0;
	int ret = take_word(name, value, words, RTE_DIM(words), "auto, on or off", &choice);

	args->zero_copy = choice;
	return ret;
}

static int
take_xdp_prog(const char *name, const char *value, struct xdp_args *args)
{
	return take_text(name, value, args->prog, sizeof(args->prog));
}

static int
take_use_pinned_map(const char *name, const char *value, struct xdp_args *args)
{
	static const char *const words[] = { "0", "1" };
	uint32_t use = 0;
	int ret = take_word(name, value, words, RTE_DIM(words), "0 or 1", &use);

	args->use_pinned_map = use == 1;
	return ret;
}

static int
take_dp_path(const char *name, const char *value, struct xdp_args *args)
{
	return take_text(name, value, args->dp_path, sizeof(args->dp_path));
}

static int
take_common(const char *name, const char *value, struct xdp_args *args)
{
	return dualbuf_args_parse(name, value, &args->common);
}

#define OWN_NAMES \
	"iface, live, phy_mac, start_queue, queue_count, xdp_mode, zero_copy, xdp_prog, " \
	"use_pinned_map, dp_path"
#define COMMON_ROW(name, values) { #name, take_common },

static const struct devarg {
	const char *name;
	int (*take)(const char *name, const char *value, struct xdp_args *args);
} devargs[] = { { "iface", take_iface }, { "live", take_live }, { "phy_mac", take_phy_mac },
	{ "start_queue", take_start_queue }, { "queue_count", take_queue_count },
	{ "xdp_mode", take_xdp_mode }, { "zero_copy", take_zero_copy },
	{ "xdp_prog", take_xdp_prog }, { "use_pinned_map", take_use_pinned_map },
	{ "dp_path", take_dp_path }, DUALBUF_ARG_TABLE(COMMON_ROW) };

static int
take_pair(const struct rte_kvargs *pairs, const struct rte_kvargs_pair *pair, struct xdp_args *args)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(devargs) && strcmp(pair->key, devargs[i].name) != 0; i++)
		;
	if (i == RTE_DIM(devargs)) {
		DUALBUF_LOG(ERR,
				"devarg \"%s\" is not one of an interface by AF_XDP; allowed are " OWN_NAMES
						DUALBUF_ARG_NAMES,
				pair->key);
		return -EINVAL;
	}
	if (pair->value == NULL || pair->value[0] == '\0') {
		DUALBUF_LOG(ERR, "%s: has no value; %s=<value> is needed", pair->key, pair->key);
		return -EINVAL;
	}
	if (rte_kvargs_count(pairs, pair->key) > 1) {
		DUALBUF_LOG(ERR, "%s: is given twice; only once is allowed", pair->key);
		return -EINVAL;
	}
	return devargs[i].take(pair->key, pair->value, args);
}

static int
check(const struct xdp_args *args)
{
	if (args->iface[0] == '\0') {
		DUALBUF_LOG(ERR, "live=xdp: no interface; iface=<ifc> is needed");
		return -EINVAL;
	}
	if (args->use_pinned_map != (args->dp_path[0] != '\0') ||
			(args->use_pinned_map &&
					(args->prog[0] != '\0' || args->mode != XDP_MODE_AUTO))) {
		DUALBUF_LOG(ERR,
				"use_pinned_map=1 uses the program of somebody else, whose map is "
				"dp_path=<file>; it is allowed only with that, and without xdp_prog and "
				"xdp_mode");
		return -EINVAL;
	}
	if (args->common.intr_us != 0) {
		DUALBUF_LOG(ERR,
				"intr_us=%u: the kernel moderates interrupts itself (ethtool -C); by "
				"AF_XDP only 0 is allowed",
				args->common.intr_us);
		return -EINVAL;
	}
	return 0;
}

int
xdp_args_parse(const char *text, struct xdp_args *args)
{
	struct rte_kvargs *pairs = rte_kvargs_parse(text == NULL ? "" : text, NULL);
	unsigned int i;
	int ret = 0;

	*args = (struct xdp_args){ .queue_count = 1, .common = dualbuf_default_args };
	if (pairs == NULL) {
		DUALBUF_LOG(ERR, "devargs \"%s\": pairs of name=<value> are required", text);
		return -EINVAL;
	}
	for (i = 0; i < pairs->count && ret == 0; i++)
		ret = take_pair(pairs, &pairs->pairs[i], args);
	rte_kvargs_free(pairs);
	return ret == 0 ? check(args) : ret;
}
