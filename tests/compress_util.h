/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _COMPRESS_UTIL_H_
#define _COMPRESS_UTIL_H_

/* Compression as other programs do it: with the libraries alone, and nothing of the driver. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef DUALBUF_HAS_ZLIB
#include <zlib.h>
/* a word of its own for what no compiler knows today; tests have interfaces that are near and far */
#undef FAR
#endif
#ifdef DUALBUF_HAS_ZSTD
#include <zstd.h>
#endif
#ifdef DUALBUF_HAS_LZ4
#include <lz4frame.h>
#endif

enum compress_format {
	COMPRESS_GZIP,
	COMPRESS_ZSTD,
	COMPRESS_LZ4,
	COMPRESS_FORMATS,
};

static inline bool
compress_is_built(enum compress_format format)
{
	switch (format) {
#ifdef DUALBUF_HAS_ZLIB
	case COMPRESS_GZIP:
		return true;
#endif
#ifdef DUALBUF_HAS_ZSTD
	case COMPRESS_ZSTD:
		return true;
#endif
#ifdef DUALBUF_HAS_LZ4
	case COMPRESS_LZ4:
		return true;
#endif
	default:
		return false;
	}
}

#ifdef DUALBUF_HAS_ZLIB
static inline size_t
compress_gzip(const void *from, size_t len, uint8_t *to, size_t room)
{
	z_stream stream = { .next_in = (void *)(uintptr_t)from, .avail_in = len };

	if (deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	stream.next_out = to;
	stream.avail_out = room;
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		stream.total_out = 0;
	room = stream.total_out;
	deflateEnd(&stream);
	return room;
}
#endif

#ifdef DUALBUF_HAS_ZSTD
/* With a checksum, as the program zstd writes it. */
static inline size_t
compress_zstd(const void *from, size_t len, uint8_t *to, size_t room)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();
	size_t made;

	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	made = ZSTD_compress2(context, to, room, from, len);
	ZSTD_freeCCtx(context);
	return ZSTD_isError(made) ? 0 : made;
}
#endif

#ifdef DUALBUF_HAS_LZ4
/* Likewise. */
static inline size_t
compress_lz4(const void *from, size_t len, uint8_t *to, size_t room)
{
	const LZ4F_preferences_t preferences = {
		.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled,
	};
	size_t made = LZ4F_compressFrame(to, room, from, len, &preferences);

	return LZ4F_isError(made) ? 0 : made;
}
#endif

/* Returns how many bytes it makes; 0: there is no room for them, or this build lacks the format. */
static inline size_t
compress_bytes(enum compress_format format, const void *from, size_t len, uint8_t *to, size_t room)
{
	switch (format) {
#ifdef DUALBUF_HAS_ZLIB
	case COMPRESS_GZIP:
		return compress_gzip(from, len, to, room);
#endif
#ifdef DUALBUF_HAS_ZSTD
	case COMPRESS_ZSTD:
		return compress_zstd(from, len, to, room);
#endif
#ifdef DUALBUF_HAS_LZ4
	case COMPRESS_LZ4:
		return compress_lz4(from, len, to, room);
#endif
	default:
		(void)from;
		(void)len;
		(void)to;
		(void)room;
		return 0;
	}
}

#endif /* _COMPRESS_UTIL_H_ */
