/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <rte_common.h>

#include "bytes_format.h"
#ifdef DUALBUF_HAS_ZLIB
#include "bytes_gzip.h"
#define GZIP &bytes_gzip_decoder, &bytes_gzip_encoder
#else
#define GZIP NULL, NULL
#endif
#ifdef DUALBUF_HAS_ZSTD
#include "bytes_zstd.h"
#define ZSTD &bytes_zstd_decoder, &bytes_zstd_encoder
#else
#define ZSTD NULL, NULL
#endif
#ifdef DUALBUF_HAS_LZ4
#include "bytes_lz4.h"
#define LZ4 &bytes_lz4_decoder, &bytes_lz4_encoder
#else
#define LZ4 NULL, NULL
#endif

static const struct bytes_format formats[] = {
	{ "gzip", ".gz", { 0x1f, 0x8b, 0x08 }, 3, "zlib", GZIP },
	{ "zstd", ".zst", { 0x28, 0xb5, 0x2f, 0xfd }, 4, "libzstd", ZSTD },
	/* pzstd begins with a frame that is to be skipped */
	{ "zstd", NULL, { 0x50, 0x2a, 0x4d, 0x18 }, 4, "libzstd", ZSTD },
	{ "LZ4", ".lz4", { 0x04, 0x22, 0x4d, 0x18 }, 4, "liblz4", LZ4 },
};

const struct bytes_format *
bytes_format_of_data(const void *first, size_t nb)
{
	const struct bytes_format *format;

	for (format = formats; format < formats + RTE_DIM(formats); format++)
		if (nb >= BYTES_MAGIC_SIZE && memcmp(first, format->magic, format->magic_size) == 0)
			return format;
	return NULL;
}

const struct bytes_format *
bytes_format_of_name(const char *path)
{
	const struct bytes_format *format;
	const char *suffix = strrchr(path, '.');

	for (format = formats; suffix != NULL && format < formats + RTE_DIM(formats); format++)
		if (format->suffix != NULL && strcmp(suffix, format->suffix) == 0)
			return format;
	return NULL;
}

int
bytes_format_check(const struct bytes_format *format, struct bytes_reason *reason)
{
	if (format->decoder != NULL)
		return 0;
	return bytes_refuse(reason, -ENOTSUP,
			"is compressed by %s, and this build has no %s; build with it, or leave the "
			"file as it is uncompressed",
			format->name, format->library);
}
