/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <zstd.h>

#include "bytes_zstd.h"

#define BLOCK_HEADER 3

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

	in.size = bytes_decoder_portion(from->left, zstd->wanted, BLOCK_HEADER);
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

static void *
zstd_encoder_create(void)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	if (context == NULL)
		return NULL;
	(void)ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 1);
	(void)ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	return context;
}

static size_t
zstd_bound(size_t nb)
{
	return ZSTD_compressBound(nb) + 1024;
}

static size_t
zstd_encode(void *state, const void *from, size_t nb, bool ends, void *to, size_t room)
{
	ZSTD_inBuffer in = { .src = from, .size = nb };
	ZSTD_outBuffer out = { .dst = to, .size = room };

	return ZSTD_compressStream2(state, &out, &in, ends ? ZSTD_e_end : ZSTD_e_flush) == 0 ?
			out.pos :
			0;
}

static void
zstd_encoder_destroy(void *state)
{
	(void)ZSTD_freeCCtx(state);
}

const struct bytes_encoder bytes_zstd_encoder = {
	.create = zstd_encoder_create,
	.bound = zstd_bound,
	.encode = zstd_encode,
	.destroy = zstd_encoder_destroy,
};
