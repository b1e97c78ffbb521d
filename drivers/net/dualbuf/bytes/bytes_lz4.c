/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <lz4frame.h>

#include "bytes_lz4.h"

#define BLOCK_HEADER 4

struct lz4 {
	LZ4F_dctx *context;
	size_t wanted; /* bytes that are next together, as the library says; 0: not known */
};

static void *
lz4_create(void)
{
	struct lz4 *lz4 = calloc(1, sizeof(*lz4));

	if (lz4 == NULL)
		return NULL;
	if (LZ4F_isError(LZ4F_createDecompressionContext(&lz4->context, LZ4F_VERSION))) {
		free(lz4);
		return NULL;
	}
	return lz4;
}

static enum bytes_decoded
lz4_decode(void *state, struct bytes_span *from, struct bytes_span *to, const char **fault)
{
	struct lz4 *lz4 = state;
	size_t taken = bytes_decoder_portion(from->left, lz4->wanted, BLOCK_HEADER);
	size_t made = to->left, ret;

	ret = LZ4F_decompress(lz4->context, to->at, &made, from->at, &taken, NULL);

	if (LZ4F_isError(ret)) {
		*fault = LZ4F_getErrorName(ret);
		return BYTES_DECODED_DAMAGE;
	}
	from->at += taken;
	from->left -= taken;
	to->at += made;
	to->left -= made;
	lz4->wanted = ret;
	return ret == 0 ? BYTES_DECODED_FRAME : BYTES_DECODED_SOME;
}

static void
lz4_reset(void *state)
{
	struct lz4 *lz4 = state;

	LZ4F_resetDecompressionContext(lz4->context);
	lz4->wanted = 0;
}

static void
lz4_destroy(void *state)
{
	struct lz4 *lz4 = state;

	(void)LZ4F_freeDecompressionContext(lz4->context);
	free(lz4);
}

const struct bytes_decoder bytes_lz4_decoder = {
	.create = lz4_create,
	.decode = lz4_decode,
	.reset = lz4_reset,
	.destroy = lz4_destroy,
};

struct lz4_encoder {
	LZ4F_cctx *context;
	bool begun;
};

static const LZ4F_preferences_t lz4_preferences = {
	.frameInfo = { .blockSizeID = LZ4F_max256KB,
			.blockMode = LZ4F_blockLinked,
			.contentChecksumFlag = LZ4F_contentChecksumEnabled },
};

static void *
lz4_encoder_create(void)
{
	struct lz4_encoder *lz4 = calloc(1, sizeof(*lz4));

	if (lz4 == NULL)
		return NULL;
	if (LZ4F_isError(LZ4F_createCompressionContext(&lz4->context, LZ4F_VERSION))) {
		free(lz4);
		return NULL;
	}
	return lz4;
}

static size_t
lz4_bound(size_t nb)
{
	return LZ4F_HEADER_SIZE_MAX + LZ4F_compressBound(nb, &lz4_preferences);
}

/* Adds to *made, and returns whether that went well. */
static bool
lz4_add(size_t ret, size_t *made)
{
	if (LZ4F_isError(ret))
		return false;
	*made += ret;
	return true;
}

static size_t
lz4_encode(void *state, const void *from, size_t nb, bool ends, void *to, size_t room)
{
	struct lz4_encoder *lz4 = state;
	uint8_t *at = to;
	size_t made = 0;

	if (!lz4->begun &&
			!lz4_add(LZ4F_compressBegin(lz4->context, at, room, &lz4_preferences),
					&made))
		return 0;
	lz4->begun = true;
	if (nb > 0 &&
			!lz4_add(LZ4F_compressUpdate(lz4->context, at + made, room - made, from, nb,
						 NULL),
					&made))
		return 0;
	if (!lz4_add(ends ? LZ4F_compressEnd(lz4->context, at + made, room - made, NULL) :
			    LZ4F_flush(lz4->context, at + made, room - made, NULL),
			    &made))
		return 0;
	return made;
}

static void
lz4_encoder_destroy(void *state)
{
	struct lz4_encoder *lz4 = state;

	(void)LZ4F_freeCompressionContext(lz4->context);
	free(lz4);
}

const struct bytes_encoder bytes_lz4_encoder = {
	.create = lz4_encoder_create,
	.bound = lz4_bound,
	.encode = lz4_encode,
	.destroy = lz4_encoder_destroy,
};
