/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "bytes_pipe_output.h"

/* As much as Linux lets every user have in a pipe: fewer writes, and fewer waits for the reader. */
#define PIPE_SIZE (1024 * 1024)

struct bytes_pipe_output {
	struct bytes_output output;
};

/* A reader that is gone would end the process by a signal, which is taken away before it is delivered. */
static ssize_t
pipe_write_without_signal(int fd, const void *from, size_t nb)
{
	static const struct timespec at_once;
	sigset_t signal, before, pending;
	bool was_pending;
	ssize_t done;
	int error;

	sigemptyset(&signal);
	sigaddset(&signal, SIGPIPE);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE) > 0;
	pthread_sigmask(SIG_BLOCK, &signal, &before);
	done = write(fd, from, nb);
	error = errno;
	if (done < 0 && error == EPIPE && !was_pending)
		(void)sigtimedwait(&signal, NULL, &at_once);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return done;
}

static size_t
pipe_output_write(struct bytes_output *output, const void *from, size_t nb, int *error)
{
	size_t at = 0;
	ssize_t done;

	*error = 0;
	while (at < nb && *error == 0) {
		done = pipe_write_without_signal(output->fd, (const uint8_t *)from + at, nb - at);
		if (done > 0)
			at += done;
		else if (done == 0 || errno != EINTR)
			*error = done == 0 ? EIO : errno;
	}
	return at;
}

static void
pipe_output_close(struct bytes_output *output)
{
	close(output->fd);
	free(container_of(output, struct bytes_pipe_output, output));
}

static const struct bytes_output_ops pipe_output_ops = {
	.write = pipe_output_write,
	.close = pipe_output_close,
};

int
bytes_pipe_output_open(int fd, struct bytes_output **output)
{
	struct bytes_pipe_output *pipe = calloc(1, sizeof(*pipe));

	if (pipe == NULL)
		return -ENOMEM;
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	pipe->output.ops = &pipe_output_ops;
	pipe->output.is_stream = true;
	pipe->output.fd = fd;
	*output = &pipe->output;
	return 0;
}
