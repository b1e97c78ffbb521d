/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dualbuf_args.h"
#include "dualbuf_logs.h"
#include "dualbuf_ring.h"
#include "dualbuf_rxq.h"

const struct dualbuf_args dualbuf_default_args = {
	.nb_bufs = DUALBUF_MIN_BUFS,
	.burst = DUALBUF_BURST_AUTO,
};

static int
take_number(const char *name, const char *value, uint32_t min, uint32_t max, uint32_t *number)
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
take_copy(const char *value, bool *deferred)
{
	*deferred = strcmp(value, "deferred") == 0;
	if (*deferred || strcmp(value, "inline") == 0)
		return 0;
	DUALBUF_LOG(ERR, DUALBUF_ARG_COPY "=%s: must be inline or deferred", value);
	return -EINVAL;
}

static int
take_burst(const char *value, enum dualbuf_burst *burst)
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
		DUALBUF_LOG(ERR, DUALBUF_ARG_BURST "=%s: must be scalar, sse, avx2 or avx512",
				value);
		return -EINVAL;
	}
	if (dualbuf_rx_path_check(i) != 0) {
		DUALBUF_LOG(ERR,
				DUALBUF_ARG_BURST
				"=%s: this CPU or this build does not have what that needs; " DUALBUF_ARG_BURST
				"=scalar is always possible",
				value);
		return -EINVAL;
	}
	*burst = i;
	return 0;
}

int
dualbuf_args_take(const char *name, const char *value, struct dualbuf_args *args)
{
	uint32_t number;
	int ret;

	if (value == NULL)
		value = "";
	if (strcmp(name, DUALBUF_ARG_COPY) == 0)
		return take_copy(value, &args->deferred);
	if (strcmp(name, DUALBUF_ARG_BURST) == 0)
		return take_burst(value, &args->burst);
	if (strcmp(name, DUALBUF_ARG_INTR_US) == 0)
		return take_number(name, value, 0, DUALBUF_MAX_INTR_US, &args->intr_us);
	ret = take_number(name, value, DUALBUF_MIN_BUFS, DUALBUF_MAX_BUFS, &number);
	if (ret == 0)
		args->nb_bufs = number;
	return ret;
}
