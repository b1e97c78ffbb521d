/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "wire_window.h"

/* As much at a time as the caches keep until it is walked. */
#define READ_SIZE (256 * 1024)

#define WINDOW_SIZE (WIRE_WINDOW_KEEP + READ_SIZE)

int
wire_window_open(struct wire_window *window, int fd, off_t begin)
{
	*window = (struct wire_window){
		.fd = fd,
		.bytes = malloc(WINDOW_SIZE),
		.begin = begin,
		.offset = begin,
	};
	if (window->bytes == NULL)
		return -ENOMEM;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return 0;
}

void
wire_window_close(struct wire_window *window)
{
	free(window->bytes);
	window->bytes = NULL;
}

void
wire_window_restart(struct wire_window *window)
{
	window->at = 0;
	if (window->is_all)
		return;
	window->len = 0;
	window->offset = window->begin;
}

static void
window_move(struct wire_window *window)
{
	size_t rest = wire_window_rest(window);

	memmove(window->bytes, window->bytes + window->at, rest);
	window->at = 0;
	window->len = rest;
}

ssize_t
wire_window_read(struct wire_window *window)
{
	size_t rest = wire_window_rest(window);
	ssize_t got;

	if (window->is_all)
		return 0;
	/* what is walked stays until there is more: it may be all of the file */
	if (rest > 0)
		window_move(window);
	do {
		got = pread(window->fd, window->bytes + rest, READ_SIZE, window->offset);
	} while (got < 0 && errno == EINTR);
	if (got > 0) {
		window->offset += got;
		window->at = 0;
		window->len = rest + got;
	} else if (got == 0 && rest == 0) {
		window->is_all = window->offset - (off_t)window->len == window->begin;
	}
	return got;
}

/* Nothing is read of what is passed over, so that it costs no time. */
static ssize_t
window_seek(struct wire_window *window, size_t nb)
{
	struct stat st;

	if (fstat(window->fd, &st) != 0)
		return -1;
	if (st.st_size - window->offset < (off_t)nb) {
		window->offset = RTE_MAX(window->offset, st.st_size);
		return 0;
	}
	window->offset += nb;
	return 1;
}

ssize_t
wire_window_cut(struct wire_window *window, size_t keep, size_t nb)
{
	uint8_t *from = window->bytes + window->at + keep;
	size_t behind = wire_window_rest(window) - keep;
	size_t here = RTE_MIN(nb, behind);

	memmove(from, from + here, behind - here);
	window->len -= here;
	return here == nb ? 1 : window_seek(window, nb - here);
}
