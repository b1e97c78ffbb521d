/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "wire_clock.h"
#include "wire_window.h"

/* As much at a time as the caches keep until it is walked. */
#define READ_SIZE (256 * 1024)

/* Reads, of what cannot be passed over without them, after which there is nothing now. */
#define MAX_SKIPS 256

#define WINDOW_SIZE (WIRE_WINDOW_KEEP + READ_SIZE)

int
wire_window_open(struct wire_window *window, struct bytes_input *input)
{
	*window = (struct wire_window){
		.input = input,
		.bytes = malloc(WINDOW_SIZE),
	};
	return window->bytes == NULL ? -ENOMEM : 0;
}

void
wire_window_close(struct wire_window *window)
{
	free(window->bytes);
	window->bytes = NULL;
}

static void
window_begin(struct wire_window *window)
{
	window->at = 0;
	window->len = 0;
	window->offset = 0;
	window->skip = 0;
	window->is_all = false;
}

void
wire_window_exchange(struct wire_window *window, struct bytes_input *input)
{
	window_begin(window);
	window->input = input;
}

int
wire_window_restart(struct wire_window *window, size_t begin)
{
	if (window->is_all) {
		window->at = begin;
		return 0;
	}
	window_begin(window);
	window->skip = begin;
	return bytes_input_rewind(window->input);
}

static void
window_move(struct wire_window *window)
{
	size_t rest = wire_window_rest(window);

	memmove(window->bytes, window->bytes + window->at, rest);
	window->at = 0;
	window->len = rest;
}

/* Returns as wire_window_read() does. */
static ssize_t
window_skip(struct wire_window *window)
{
	unsigned int steps;
	ssize_t got = 1;

	for (steps = 0; window->skip > 0 && got > 0; steps++) {
		if (steps == MAX_SKIPS)
			return bytes_input_give_up(window->input);
		got = bytes_input_skip(window->input, window->skip);
		if (got > 0) {
			window->skip -= got;
			window->offset += got;
		}
	}
	return got;
}

static ssize_t
window_read_now(struct wire_window *window)
{
	size_t rest = wire_window_rest(window);
	ssize_t got;

	window->input->gave_up = false;
	got = window_skip(window);
	if (got > 0)
		got = bytes_input_read(window->input, window->bytes + rest, READ_SIZE);
	if (got <= 0)
		return got;
	window->offset += got;
	window->at = 0;
	window->len = rest + got;
	return got;
}

/* Nothing was read. Returns whether to try again. */
static bool
window_waits(struct wire_window *window)
{
	uint64_t now;

	if (errno != EAGAIN || window->patient_until == 0)
		return false;
	now = wire_clock();
	if (now < window->patient_until) {
		/* a part of a millisecond is one more */
		if (!window->input->gave_up)
			bytes_input_wait(window->input,
					1 + (window->patient_until - now) / WIRE_NS_PER_MS);
		return true;
	}
	errno = ETIMEDOUT;
	return false;
}

ssize_t
wire_window_read(struct wire_window *window)
{
	ssize_t got;

	if (window->is_all)
		return 0;
	/* what is walked stays until there is more: it may be all of the capture */
	if (wire_window_rest(window) > 0)
		window_move(window);
	do {
		got = window_read_now(window);
	} while (got < 0 && window_waits(window));
	if (got == 0 && wire_window_rest(window) == 0)
		window->is_all = window->offset == window->len;
	return got;
}

ssize_t
wire_window_need(struct wire_window *window, size_t nb)
{
	ssize_t got = 1;

	while (wire_window_rest(window) < nb && got > 0)
		got = wire_window_read(window);
	return got;
}

void
wire_window_cut(struct wire_window *window, size_t keep, size_t nb)
{
	uint8_t *from = window->bytes + window->at + keep;
	size_t behind = wire_window_rest(window) - keep;
	size_t here = RTE_MIN(nb, behind);

	memmove(from, from + here, behind - here);
	window->len -= here;
	window->skip += nb - here;
}
