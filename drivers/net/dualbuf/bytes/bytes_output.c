/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <poll.h>
#include <stdint.h>

#include "bytes_output.h"

size_t
bytes_output_put_all(bytes_put put, int fd, const void *from, size_t nb, int *error)
{
	size_t at = 0;
	ssize_t done;

	*error = 0;
	while (at < nb && *error == 0) {
		done = put(fd, (const uint8_t *)from + at, nb - at);
		if (done > 0)
			at += done;
		else if (done == 0 || errno != EINTR)
			*error = done == 0 ? EIO : errno;
	}
	return at;
}

int
bytes_output_cut(struct bytes_output *output, size_t nb)
{
	return output->ops->cut == NULL ? 0 : output->ops->cut(output, nb);
}

int
bytes_output_finish(struct bytes_output *output)
{
	return output->ops->finish == NULL ? 0 : output->ops->finish(output);
}

int
bytes_output_file(const struct bytes_output *output)
{
	return output->ops->file == NULL ? -1 : output->ops->file(output);
}

void
bytes_output_wait(const struct bytes_output *output, unsigned int ms)
{
	struct pollfd room = { .fd = output->fd, .events = POLLOUT };

	(void)poll(&room, 1, ms);
}

void
bytes_output_close(struct bytes_output *output)
{
	if (output != NULL)
		output->ops->close(output);
}
