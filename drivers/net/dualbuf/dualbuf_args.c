/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "dualbuf_args.h"
#include "dualbuf_logs.h"
#include "dualbuf_ring.h"

const struct dualbuf_args dualbuf_default_args = {
	.nb_bufs = DUALBUF_MIN_BUFS,
	.burst = DUALBUF_BURST_AUTO,
};

int
dualbuf_args_number(
		const char *name, const char *value, uint32_t min, uint32_t max, uint32_t *number)
{
	unsigned long parsed;
	char *end;

	parsed = strtoul(value, &end, 10);
	/* strtoul() takes signs and white space, which no allowed number begins with */
	if (value[0] < '0' || value[0] > '9' || *end != '\0' || parsed < min || parsed > max) {
		DUALBUF_LOG(ERR, "%s=%s: must be a number from %u to %u", name, value, min, max);
		return -EINVAL;
	}
	*number = parsed;
	return 0;
}

static int
parse_buffers(const char *name, const char *value, struct dualbuf_args *args)
{
	return dualbuf_args_number(name, value, DUALBUF_MIN_BUFS, DUALBUF_MAX_BUFS, &args->nb_bufs);
}

static int
parse_intr_us(const char *name, const char *value, struct dualbuf_args *args)
{
	return dualbuf_args_number(name, value, 0, DUALBUF_MAX_INTR_US, &args->intr_us);
}

static int
parse_copy(const char *name, const char *value, struct dualbuf_args *args)
{
	args->deferred = strcmp(value, "deferred") == 0;
	if (args->deferred || strcmp(value, "inline") == 0)
		return 0;
	DUALBUF_LOG(ERR, "%s=%s: must be inline or deferred", name, value);
	return -EINVAL;
}

static int
parse_burst(const char *name, const char *value, struct dualbuf_args *args)
{
	static const char *const names[] = {
		[DUALBUF_BURST_SCALAR] = "scalar",
		[DUALBUF_BURST_SSE] = "sse",
		[DUALBUF_BURST_AVX2] = "avx2",
		[DUALBUF_BURST_AVX512] = "avx512",
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(names) && strcmp(value, names[i]) != 0; i++)
		;
	if (i == RTE_DIM(names)) {
		DUALBUF_LOG(ERR, "%s=%s: must be scalar, sse, avx2 or avx512", name, value);
		return -EINVAL;
	}
	if (dualbuf_rx_path_check(i) != 0) {
		DUALBUF_LOG(ERR,
				"%s=%s: this CPU or this build does not have what that needs; "
				"%s=scalar is always possible",
				name, value, name);
		return -EINVAL;
	}
	args->burst = i;
	return 0;
}

#define PARSER(name, values) { #name, parse_##name },

static const struct {
	const char *name;
	int (*parse)(const char *name, const char *value, struct dualbuf_args *args);
} parsers[] = { DUALBUF_ARG_TABLE(PARSER) };

int
dualbuf_args_parse(const char *name, const char *value, struct dualbuf_args *args)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(parsers); i++)
		if (strcmp(name, parsers[i].name) == 0)
			return parsers[i].parse(name, value == NULL ? "" : value, args);
	return -ENOENT;
}
