/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include <rte_common.h>

#include "bytes_file_output.h"

struct bytes_file_output {
	struct bytes_output output;
	int fd;
	off_t end; /* what the file has; a device has nothing */
};

static struct bytes_file_output *
file_output_of(struct bytes_output *output)
{
	return container_of(output, struct bytes_file_output, output);
}

static size_t
file_output_write(struct bytes_output *output, const void *from, size_t nb, int *error)
{
	struct bytes_file_output *file = file_output_of(output);
	size_t written = bytes_output_put_all(write, file->fd, from, nb, error);

	file->end += written;
	return written;
}

/* A device has nothing that could be cut. */
static int
file_output_cut(struct bytes_output *output, size_t nb)
{
	struct bytes_file_output *file = file_output_of(output);

	file->end -= nb;
	return ftruncate(file->fd, file->end) == 0 || errno == EINVAL ? 0 : errno;
}

static int
file_output_file(const struct bytes_output *output)
{
	return container_of(output, const struct bytes_file_output, output)->fd;
}

static void
file_output_close(struct bytes_output *output)
{
	struct bytes_file_output *file = file_output_of(output);

	/* another process may have the descriptor too, and with it the lock */
	(void)flock(file->fd, LOCK_UN);
	close(file->fd);
	free(file);
}

static const struct bytes_output_ops file_output_ops = {
	.write = file_output_write,
	.cut = file_output_cut,
	.file = file_output_file,
	.close = file_output_close,
};

int
bytes_file_output_open(int fd, struct bytes_output **output)
{
	struct bytes_file_output *file = calloc(1, sizeof(*file));

	if (file == NULL)
		return -ENOMEM;
	file->output.ops = &file_output_ops;
	file->output.fd = -1;
	file->fd = fd;
	file->end = RTE_MAX(lseek(fd, 0, SEEK_END), 0);
	file->output.is_begun = file->end > 0;
	*output = &file->output;
	return 0;
}
