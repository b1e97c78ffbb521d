/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_ENCODER_H_
#define _BYTES_ENCODER_H_

#include <stdbool.h>
#include <stddef.h>

/* One format of compressed data, through the library that knows it, as fast as it can. */
struct bytes_encoder {
	void *(*create)(void); /* NULL: out of memory */
	/* As many bytes may come of nb, with the beginning or the end of all data. */
	size_t (*bound)(size_t nb);
	/*
	 * Compress all of from, so that what comes of it can be decompressed without what follows. ends:
	 * nothing follows. Returns how many bytes came of it; 0: it failed.
	 */
	size_t (*encode)(
			void *state, const void *from, size_t nb, bool ends, void *to, size_t room);
	void (*destroy)(void *state);
};

#endif /* _BYTES_ENCODER_H_ */
