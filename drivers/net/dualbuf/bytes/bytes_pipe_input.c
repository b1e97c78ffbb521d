/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_common.h>

#include "bytes_pipe_input.h"

/* As much as Linux lets every user have in a pipe: fewer reads, and a writer that waits less. */
#define PIPE_SIZE (1024 * 1024)

struct bytes_pipe_input {
	struct bytes_input input;
	bool begun; /* there were bytes, so there was a writer */
};

static struct bytes_pipe_input *
pipe_input_of(struct bytes_input *input)
{
	return container_of(input, struct bytes_pipe_input, input);
}

/* Nothing was read. A pipe hangs up when its last writer goes, and not before the first one comes. */
static bool
pipe_input_is_at_end(const struct bytes_pipe_input *pipe)
{
	struct pollfd end = { .fd = pipe->input.fd, .events = POLLIN };

	return pipe->begun ||
			(poll(&end, 1, 0) > 0 && (end.revents & (POLLHUP | POLLIN)) == POLLHUP);
}

static ssize_t
pipe_input_read(struct bytes_input *input, void *to, size_t nb)
{
	struct bytes_pipe_input *pipe = pipe_input_of(input);
	ssize_t got;

	do {
		got = read(pipe->input.fd, to, nb);
	} while (got < 0 && errno == EINTR);
	if (got > 0)
		pipe->begun = true;
	if (got == 0 && !pipe_input_is_at_end(pipe)) {
		errno = EAGAIN;
		return -1;
	}
	return got;
}

static void
pipe_input_close(struct bytes_input *input)
{
	struct bytes_pipe_input *pipe = pipe_input_of(input);

	close(pipe->input.fd);
	free(pipe);
}

static const struct bytes_input_ops pipe_input_ops = {
	.read = pipe_input_read,
	.close = pipe_input_close,
};

int
bytes_pipe_input_open(int fd, struct bytes_input **input)
{
	struct bytes_pipe_input *pipe = calloc(1, sizeof(*pipe));

	if (pipe == NULL)
		return -ENOMEM;
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	pipe->input.ops = &pipe_input_ops;
	pipe->input.is_stream = true;
	pipe->input.fd = fd;
	*input = &pipe->input;
	return 0;
}
