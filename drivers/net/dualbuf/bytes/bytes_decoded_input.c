/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "bytes_decoded_input.h"
#ifdef DUALBUF_HAS_ZLIB
#include "bytes_gzip.h"
#define GZIP_DECODER (&bytes_gzip_decoder)
#else
#define GZIP_DECODER NULL
#endif
#ifdef DUALBUF_HAS_ZSTD
#include "bytes_zstd.h"
#define ZSTD_DECODER (&bytes_zstd_decoder)
#else
#define ZSTD_DECODER NULL
#endif
#ifdef DUALBUF_HAS_LZ4
#include "bytes_lz4.h"
#define LZ4_DECODER (&bytes_lz4_decoder)
#else
#define LZ4_DECODER NULL
#endif

/* As much is made at a time: who polls is held up for some 0.1 ms, and frames that are due wait no longer. */
#define PIECE (32 * 1024)

struct format {
	const char *name;
	uint8_t magic[BYTES_MAGIC_SIZE];
	size_t magic_size;
	const struct bytes_decoder *decoder; /* NULL: this build has none */
	const char *library;
};

static const struct format formats[] = {
	{ "gzip", { 0x1f, 0x8b, 0x08 }, 3, GZIP_DECODER, "zlib" },
	{ "zstd", { 0x28, 0xb5, 0x2f, 0xfd }, 4, ZSTD_DECODER, "libzstd" },
	/* pzstd begins with a frame that is to be skipped */
	{ "zstd", { 0x50, 0x2a, 0x4d, 0x18 }, 4, ZSTD_DECODER, "libzstd" },
	{ "LZ4", { 0x04, 0x22, 0x4d, 0x18 }, 4, LZ4_DECODER, "liblz4" },
};

struct bytes_decoded_input {
	struct bytes_input input;
	struct bytes_input *inner;
	const struct bytes_decoder *decoder;
	void *state;
	bool in_frame; /* what was decompressed last is not at its end */
	bool is_full; /* there was no room for all that the decoder may have made */
	bool is_damaged;
	struct bytes_span from; /* in the buffer */
	uint8_t buffer[BYTES_DECODED_BEFORE];
};

static struct bytes_decoded_input *
decoded_of(struct bytes_input *input)
{
	return container_of(input, struct bytes_decoded_input, input);
}

static ssize_t
decoded_refuse(struct bytes_decoded_input *decoded, const char *fault)
{
	decoded->is_damaged = true;
	decoded->input.fault = fault;
	errno = EBADMSG;
	return -1;
}

/* Returns as bytes_input_read() does. */
static ssize_t
decoded_refill(struct bytes_decoded_input *decoded)
{
	ssize_t got = bytes_input_read(decoded->inner, decoded->buffer, sizeof(decoded->buffer));

	if (got > 0)
		decoded->from = (struct bytes_span){ .at = decoded->buffer, .left = got };
	if (got == 0 && decoded->in_frame)
		return decoded_refuse(decoded, "the compressed data end too early");
	return got;
}

static void
decoded_step(struct bytes_decoded_input *decoded, struct bytes_span *to)
{
	const char *fault = NULL;

	decoded->in_frame = true;
	switch (decoded->decoder->decode(decoded->state, &decoded->from, to, &fault)) {
	case BYTES_DECODED_FRAME:
		decoded->in_frame = false;
		decoded->decoder->reset(decoded->state);
		break;
	case BYTES_DECODED_DAMAGE:
		decoded_refuse(decoded, fault);
		break;
	default:
		break;
	}
	decoded->is_full = to->left == 0 && decoded->in_frame;
}

static ssize_t
decoded_read(struct bytes_input *input, void *to, size_t nb)
{
	struct bytes_decoded_input *decoded = decoded_of(input);
	size_t room = RTE_MIN(nb, (size_t)PIECE);
	struct bytes_span made = { .at = to, .left = room };
	ssize_t got;

	while (made.left == room) {
		if (decoded->is_damaged)
			return decoded_refuse(decoded, decoded->input.fault);
		if (decoded->from.left == 0 && !decoded->is_full) {
			got = decoded_refill(decoded);
			if (got <= 0)
				return got;
		}
		decoded_step(decoded, &made);
	}
	return room - made.left;
}

static int
decoded_rewind(struct bytes_input *input)
{
	struct bytes_decoded_input *decoded = decoded_of(input);

	decoded->decoder->reset(decoded->state);
	decoded->in_frame = false;
	decoded->is_full = false;
	decoded->is_damaged = false;
	decoded->from.left = 0;
	return bytes_input_rewind(decoded->inner);
}

static void
decoded_close(struct bytes_input *input)
{
	struct bytes_decoded_input *decoded = decoded_of(input);

	decoded->decoder->destroy(decoded->state);
	bytes_input_close(decoded->inner);
	free(decoded);
}

static const struct bytes_input_ops decoded_ops = {
	.read = decoded_read,
	.rewind = decoded_rewind,
	.close = decoded_close,
};

static const struct format *
format_of(const void *first, size_t nb)
{
	const struct format *format;

	for (format = formats; format < formats + RTE_DIM(formats); format++)
		if (nb >= BYTES_MAGIC_SIZE && memcmp(first, format->magic, format->magic_size) == 0)
			return format;
	return NULL;
}

int
bytes_decoded_input_open(struct bytes_input *inner, const void *first, size_t nb,
		struct bytes_input **input, struct bytes_reason *reason)
{
	const struct format *format = format_of(first, nb);
	struct bytes_decoded_input *decoded;

	if (format == NULL)
		return 1;
	if (format->decoder == NULL)
		return bytes_refuse(reason, -ENOTSUP,
				"is compressed by %s, and this build has no %s; build with it, or "
				"decompress the file",
				format->name, format->library);
	decoded = calloc(1, sizeof(*decoded));
	if (decoded == NULL)
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	decoded->state = format->decoder->create();
	if (decoded->state == NULL) {
		free(decoded);
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	}
	decoded->input.ops = &decoded_ops;
	decoded->input.is_stream = inner->is_stream;
	decoded->input.fd = inner->fd;
	decoded->inner = inner;
	decoded->decoder = format->decoder;
	memcpy(decoded->buffer, first, nb);
	decoded->from = (struct bytes_span){ .at = decoded->buffer, .left = nb };
	*input = &decoded->input;
	return 0;
}
