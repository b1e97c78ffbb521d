/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>

#include <rte_common.h>

#include <lz4frame.h>

#include "bytes_lz4.h"

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
	/* when it finds damage, all is lost that it would have made of the bytes before, at once */
	size_t taken = RTE_MIN(from->left, RTE_MAX(lz4->wanted, 1u)), made = to->left;
	size_t ret = LZ4F_decompress(lz4->context, to->at, &made, from->at, &taken, NULL);

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
