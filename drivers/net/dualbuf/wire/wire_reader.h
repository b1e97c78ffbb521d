/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_READER_H_
#define _WIRE_READER_H_

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire_frame.h"
#include "wire_window.h"

/*
 * The packets of a capture file, whatever its format: one kind of reader for each, which embeds this as
 * its first field.
 */
struct wire_reader;

struct wire_reader_ops {
	/*
	 * The next frames, as many as there are at hand, max at the most. Those of the call before are
	 * gone. Returns how many, or one of WIRE_READER_*.
	 */
	int (*next)(struct wire_reader *reader, struct wire_frame *frames, uint32_t max);
	/* Begin again with the first record. Returns 0 or a negative errno; then it was logged. Not of a stream. */
	int (*restart)(struct wire_reader *reader);
	void (*close)(struct wire_reader *reader);
};

enum {
	WIRE_READER_END = 0, /* of the capture */
	WIRE_READER_DAMAGED = -1, /* the next record is; damage says why */
	WIRE_READER_LATER = -2, /* there is no whole record now */
};

struct wire_reader {
	const struct wire_reader_ops *ops;
	uint64_t nb_foreign; /* whole packets so far that are not Ethernet, and were passed over */
	uint16_t foreign_type; /* the link type of the first of them, as files number them */
	bool gave_up; /* of WIRE_READER_LATER: there may be more at once */
	char damage[256]; /* why a record could not be read */
};

/* Note what is damaged. Returns WIRE_READER_DAMAGED. */
int wire_reader_damaged(struct wire_reader *reader, const char *format, ...)
		__attribute__((format(printf, 2, 3)));

/*
 * Nothing could be read, and got is what wire_window_read() has just returned: nb bytes of a record are
 * there. Returns one of WIRE_READER_*.
 */
int wire_reader_end(struct wire_reader *reader, const struct wire_window *window, ssize_t got,
		uint64_t nb);

#endif /* _WIRE_READER_H_ */
