/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_NUMBERED_UTIL_H_
#define _WIRE_NUMBERED_UTIL_H_

/* Frames with a number, which a sink writes and a source reads again. Include after wire_sink_util.h. */

static inline void
name_output(const char *name)
{
	snprintf(end.name, sizeof(end.name), "%.4000s/%s", dir, name);
}

/* Frame i has that length, and its number in its first bytes. */
static inline uint32_t
len_of(unsigned int i)
{
	return 4 + i * 37 % 1500;
}

static inline void
write_numbered(unsigned int first, unsigned int nb)
{
	unsigned int i;

	for (i = first; i < first + nb; i++) {
		memcpy(bytes, &i, sizeof(i));
		assert_true(write_frame(len_of(i)));
	}
}

/* Frames from the first on that a source has which reads what was written. Returns how many. */
static inline unsigned int
read_numbered(void)
{
	const struct wire_frame *frame;
	struct wire_source *source;
	unsigned int nb = 0;

	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	while ((frame = wire_source_peek(source)) != NULL) {
		memcpy(bytes, &nb, sizeof(nb));
		assert_int_equal(frame->len, len_of(nb));
		assert_memory_equal(frame->data, bytes, frame->len);
		wire_source_take(source, 1);
		nb++;
	}
	wire_source_close(source);
	return nb;
}

#endif /* _WIRE_NUMBERED_UTIL_H_ */
