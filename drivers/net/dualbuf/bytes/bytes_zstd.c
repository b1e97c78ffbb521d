/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <rte_common.h>

#include <zstd.h>

#include "bytes_zstd.h"

struct zstd {
	ZSTD_DStream *stream;
	size_t wanted; /* bytes that are next together, as the library says; 0: not known */
};

static void *
zstd_create(void)
{
	struct zstd *zstd = calloc(1, sizeof(*zstd));

	if (zstd == NULL)
		return NULL;
	zstd->stream = ZSTD_createDStream();
	if (zstd->stream == NULL) {
		free(zstd);
		return NULL;
	}
	return zstd;
}

static enum bytes_decoded
zstd_decode(void *state, struct bytes_span *from, struct bytes_span *to, const char **fault)
{
	struct zstd *zstd = state;
	ZSTD_inBuffer in = { .src = from->at, .size = from->left };
	ZSTD_outBuffer out = { .dst = to->at, .size = to->left };
	size_t ret;

	/* when it finds damage, all is lost that it would have made of the bytes before, at once */
	in.size = RTE_MIN(in.size, RTE_MAX(zstd->wanted, 1u));
	ret = ZSTD_decompressStream(zstd->stream, &out, &in);
	from->at += in.pos;
	from->left -= in.pos;
	to->at += out.pos;
	to->left -= out.pos;
	if (ZSTD_isError(ret)) {
		*fault = ZSTD_getErrorName(ret);
		return BYTES_DECODED_DAMAGE;
	}
	zstd->wanted = ret;
	return ret == 0 ? BYTES_DECODED_FRAME : BYTES_DECODED_SOME;
}

static void
zstd_reset(void *state)
{
	struct zstd *zstd = state;

	(void)ZSTD_DCtx_reset(zstd->stream, ZSTD_reset_session_only);
	zstd->wanted = 0;
}

static void
zstd_destroy(void *state)
{
	struct zstd *zstd = state;

	(void)ZSTD_freeDStream(zstd->stream);
	free(zstd);
}

const struct bytes_decoder bytes_zstd_decoder = {
	.create = zstd_create,
	.decode = zstd_decode,
	.reset = zstd_reset,
	.destroy = zstd_destroy,
};
