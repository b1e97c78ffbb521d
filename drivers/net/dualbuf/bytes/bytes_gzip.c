/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <limits.h>
#include <stdlib.h>

#include <rte_common.h>

#include <zlib.h>

#include "bytes_gzip.h"

/* To zlib: the largest window, and a gzip header and trailer around the data. */
#define GZIP_WINDOW_BITS (15 + 16)

/* The one for which compressBound() is right. */
#define GZIP_MEM_LEVEL 8

static void *
gzip_create(void)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	if (stream != NULL && inflateInit2(stream, GZIP_WINDOW_BITS) != Z_OK) {
		free(stream);
		stream = NULL;
	}
	return stream;
}

static enum bytes_decoded
gzip_decode(void *state, struct bytes_span *from, struct bytes_span *to, const char **fault)
{
	z_stream *stream = state;
	int ret;

	stream->next_in = from->at;
	stream->avail_in = RTE_MIN(from->left, (size_t)UINT_MAX);
	stream->next_out = to->at;
	stream->avail_out = RTE_MIN(to->left, (size_t)UINT_MAX);
	ret = inflate(stream, Z_NO_FLUSH);
	from->left -= stream->next_in - from->at;
	from->at = stream->next_in;
	to->left -= stream->next_out - to->at;
	to->at = stream->next_out;
	if (ret == Z_STREAM_END)
		return BYTES_DECODED_FRAME;
	/* no progress was possible: that is no damage */
	if (ret == Z_OK || ret == Z_BUF_ERROR)
		return BYTES_DECODED_SOME;
	*fault = stream->msg != NULL ? stream->msg : zError(ret);
	return BYTES_DECODED_DAMAGE;
}

static void
gzip_reset(void *state)
{
	(void)inflateReset(state);
}

static void
gzip_destroy(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

const struct bytes_decoder bytes_gzip_decoder = {
	.create = gzip_create,
	.decode = gzip_decode,
	.reset = gzip_reset,
	.destroy = gzip_destroy,
};

static void *
gzip_encoder_create(void)
{
	z_stream *stream = calloc(1, sizeof(*stream));

	if (stream != NULL &&
			deflateInit2(stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW_BITS,
					GZIP_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(stream);
		stream = NULL;
	}
	return stream;
}

/* What a flush adds is much less than a kilobyte. */
static size_t
gzip_bound(size_t nb)
{
	return compressBound(nb) + 1024;
}

static size_t
gzip_encode(void *state, const void *from, size_t nb, bool ends, void *to, size_t room)
{
	z_stream *stream = state;
	int ret;

	stream->next_in = (Bytef *)(uintptr_t)from;
	stream->avail_in = nb;
	stream->next_out = to;
	stream->avail_out = room;
	ret = deflate(stream, ends ? Z_FINISH : Z_SYNC_FLUSH);
	if (ret != (ends ? Z_STREAM_END : Z_OK) || stream->avail_out == 0)
		return 0;
	return room - stream->avail_out;
}

static void
gzip_encoder_destroy(void *state)
{
	(void)deflateEnd(state);
	free(state);
}

const struct bytes_encoder bytes_gzip_encoder = {
	.create = gzip_encoder_create,
	.bound = gzip_bound,
	.encode = gzip_encode,
	.destroy = gzip_encoder_destroy,
};
