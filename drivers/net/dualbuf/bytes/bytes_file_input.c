/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_common.h>

#include "bytes_file_input.h"

struct bytes_file_input {
	struct bytes_input input;
	int fd;
	off_t offset;
};

static struct bytes_file_input *
file_input_of(struct bytes_input *input)
{
	return container_of(input, struct bytes_file_input, input);
}

static ssize_t
file_input_read(struct bytes_input *input, void *to, size_t nb)
{
	struct bytes_file_input *file = file_input_of(input);
	ssize_t got;

	do {
		got = pread(file->fd, to, nb, file->offset);
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		file->offset += got;
	return got;
}

static ssize_t
file_input_skip(struct bytes_input *input, size_t nb)
{
	struct bytes_file_input *file = file_input_of(input);
	struct stat st;

	if (fstat(file->fd, &st) != 0)
		return -1;
	if (st.st_size <= file->offset)
		return 0;
	nb = RTE_MIN(nb, (size_t)(st.st_size - file->offset));
	file->offset += nb;
	return nb;
}

static int
file_input_rewind(struct bytes_input *input)
{
	file_input_of(input)->offset = 0;
	return 0;
}

static void
file_input_close(struct bytes_input *input)
{
	struct bytes_file_input *file = file_input_of(input);

	close(file->fd);
	free(file);
}

static const struct bytes_input_ops file_input_ops = {
	.read = file_input_read,
	.skip = file_input_skip,
	.rewind = file_input_rewind,
	.close = file_input_close,
};

int
bytes_file_input_open(int fd, struct bytes_input **input)
{
	struct bytes_file_input *file = calloc(1, sizeof(*file));

	if (file == NULL)
		return -ENOMEM;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	file->input.ops = &file_input_ops;
	file->input.fd = -1;
	file->fd = fd;
	*input = &file->input;
	return 0;
}
