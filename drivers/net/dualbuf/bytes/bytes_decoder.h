/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_DECODER_H_
#define _BYTES_DECODER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a step of decompression takes from, and where it puts what it makes; both are moved on. */
struct bytes_span {
	uint8_t *at;
	size_t left;
};

enum bytes_decoded {
	BYTES_DECODED_SOME, /* there is more, or it needs more */
	BYTES_DECODED_FRAME, /* the data of one compression are at their end; others may follow */
	BYTES_DECODED_DAMAGE,
};

/*
 * How many of so many bytes a library is given at a time. When it finds damage, all is lost that it would have
 * made at once. What it wants is a block and the header of the next one, so many bytes: that comes alone.
 * wanted: 0 if it is not known.
 */
static inline size_t
bytes_decoder_portion(size_t left, size_t wanted, size_t header)
{
	size_t portion = wanted > header ? wanted - header : wanted;

	if (portion == 0)
		portion = 1;
	return portion < left ? portion : left;
}

/* One format of compressed data, through the library that knows it. */
struct bytes_decoder {
	void *(*create)(void); /* NULL: out of memory */
	/* As much as from and to allow. On damage fault says why. */
	enum bytes_decoded (*decode)(void *state, struct bytes_span *from, struct bytes_span *to,
			const char **fault);
	void (*reset)(void *state); /* what comes next begins anew */
	void (*destroy)(void *state);
};

#endif /* _BYTES_DECODER_H_ */
