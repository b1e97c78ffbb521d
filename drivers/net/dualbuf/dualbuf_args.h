/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ARGS_H_
#define _DUALBUF_ARGS_H_

/* Device arguments that every device of this driver takes. */

#include <stdbool.h>
#include <stdint.h>

#define DUALBUF_ARG_BUFFERS "buffers"
#define DUALBUF_ARG_COPY "copy"
#define DUALBUF_ARG_INTR_US "intr_us"
#define DUALBUF_ARG_BURST "burst"

/* The largest moderation interval that the 82574L's registers hold: 16 bits of 256 ns. */
#define DUALBUF_MAX_INTR_US 16000

/* The same as "name=<value> ", for RTE_PMD_REGISTER_PARAM_STRING. */
#define DUALBUF_PARAM_STRING \
	DUALBUF_ARG_BUFFERS "=<2-8> " DUALBUF_ARG_COPY "=<inline|deferred> " DUALBUF_ARG_INTR_US \
			    "=<0-16000> " DUALBUF_ARG_BURST "=<scalar|sse|avx2|avx512>"

/* The receive paths; the later the wider. */
enum dualbuf_burst {
	DUALBUF_BURST_SCALAR,
	DUALBUF_BURST_SSE,
	DUALBUF_BURST_AVX2,
	DUALBUF_BURST_AVX512,
	DUALBUF_BURST_AUTO, /* the widest that CPU and EAL allow */
};

struct dualbuf_args {
	uint8_t nb_bufs; /* bound buffers wanted per descriptor */
	bool deferred; /* last buffers go up as loans, instead of being copied */
	uint32_t intr_us; /* shortest time between two receive interrupts of a queue */
	enum dualbuf_burst burst;
};

extern const struct dualbuf_args dualbuf_default_args;

/*
 * Take over one argument, by one of the names above. Returns 0, or -EINVAL with a line in the log
 * that says what is allowed.
 */
int dualbuf_args_take(const char *name, const char *value, struct dualbuf_args *args);

#endif /* _DUALBUF_ARGS_H_ */
