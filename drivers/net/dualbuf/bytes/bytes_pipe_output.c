/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "bytes_pipe_output.h"

/* As much as Linux lets every user have in a pipe: fewer writes, and fewer waits for the reader. */
#define PIPE_SIZE (1024 * 1024)

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
	return bytes_output_put_all(pipe_write_without_signal, output->fd, from, nb, error);
}

static void
pipe_output_close(struct bytes_output *output)
{
	close(output->fd);
	free(output);
}

static const struct bytes_output_ops pipe_output_ops = {
	.write = pipe_output_write,
	.close = pipe_output_close,
};

int
bytes_pipe_output_open(int fd, struct bytes_output **output)
{
	struct bytes_output *pipe = calloc(1, sizeof(*pipe));

	if (pipe == NULL)
		return -ENOMEM;
	(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
	pipe->ops = &pipe_output_ops;
	pipe->is_stream = true;
	pipe->fd = fd;
	*output = pipe;
	return 0;
}
