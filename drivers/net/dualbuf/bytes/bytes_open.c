/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bytes_file_input.h"
#include "bytes_file_output.h"
#include "bytes_open.h"
#include "bytes_pipe_input.h"
#include "bytes_pipe_output.h"

static const char *
kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFSOCK:
		return "a socket";
	default:
		return "a device";
	}
}

static int
input_open_pipe(int fd, struct bytes_input **input, struct bytes_reason *reason)
{
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return bytes_refuse(reason, -EBUSY,
				"another queue reads this pipe; a pipe of its own is required");
	return bytes_pipe_input_open(fd, input);
}

/* The descriptor is the input's if this succeeds. */
static int
input_open_fd(int fd, struct bytes_input **input, struct bytes_reason *reason)
{
	struct stat st;
	int ret;

	if (fstat(fd, &st) != 0)
		return bytes_refuse(reason, -EIO, "%s", strerror(errno));
	if (S_ISREG(st.st_mode)) {
		/* for those who would empty it; to read what one of them writes is harmless */
		(void)flock(fd, LOCK_SH | LOCK_NB);
		ret = bytes_file_input_open(fd, input);
	} else if (S_ISFIFO(st.st_mode)) {
		ret = input_open_pipe(fd, input, reason);
	} else {
		return bytes_refuse(reason, S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL,
				"is %s; a regular file or a pipe is required", kind_of(st.st_mode));
	}
	return ret == -ENOMEM ? bytes_refuse(reason, ret, "out of memory") : ret;
}

int
bytes_input_open(const char *path, struct bytes_input **input, struct bytes_reason *reason)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd, ret;

	*input = NULL;
	/*
	 * Standard input is opened anew, since the flags of what was opened are shared with whoever has
	 * it too. A pipe without a writer must not hold up whoever opens it.
	 */
	fd = open(is_stdin ? "/dev/stdin" : path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		return bytes_refuse(reason, ret, "%s", strerror(errno));
	}
	ret = input_open_fd(fd, input, reason);
	if (ret != 0)
		close(fd);
	return ret;
}

/* Only a regular file has something to lose. */
static int
output_take_file(int fd, bool keep, struct bytes_reason *reason)
{
	int ret;

	/* a source or sink of this or another port holds it; no locks at all are no reason */
	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return bytes_refuse(reason, -EBUSY,
				"another queue reads or writes this file; one that is not in use is "
				"required");
	if (keep || ftruncate(fd, 0) == 0)
		return 0;
	ret = -errno;
	return bytes_refuse(reason, ret, "%s", strerror(errno));
}

/* The descriptor is the output's if this succeeds. */
static int
output_open_fd(int fd, bool keep, struct bytes_output **output, struct bytes_reason *reason)
{
	struct stat st;
	int ret = 0;

	if (fstat(fd, &st) != 0)
		return bytes_refuse(reason, -EIO, "%s", strerror(errno));
	if (S_ISREG(st.st_mode))
		ret = output_take_file(fd, keep, reason);
	else if (!S_ISFIFO(st.st_mode) && (!S_ISCHR(st.st_mode) || isatty(fd)))
		return bytes_refuse(reason, -EINVAL,
				"is %s; a regular file, a pipe or a device that takes all is required",
				isatty(fd) ? "a terminal" : kind_of(st.st_mode));
	if (ret != 0)
		return ret;
	ret = S_ISFIFO(st.st_mode) ? bytes_pipe_output_open(fd, output) :
				     bytes_file_output_open(fd, output);
	return ret == -ENOMEM ? bytes_refuse(reason, ret, "out of memory") : ret;
}

static bool
is_pipe(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* A pipe can be opened when somebody reads it, who may come a little later. */
static int
output_open_path(const char *path)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int tries, fd;

	for (tries = 0;; tries++) {
		/* in a folder as /tmp the kernel may refuse to create what is a pipe of somebody else */
		fd = open(path,
				(is_pipe(path) ? 0 : O_CREAT) | O_WRONLY | O_NONBLOCK | O_NOCTTY |
						O_CLOEXEC,
				0666);
		if (fd >= 0 || errno != ENXIO || !is_pipe(path) || tries == BYTES_PATIENCE_S * 100)
			return fd;
		nanosleep(&pause, NULL);
	}
}

int
bytes_output_open(const char *path, bool keep, struct bytes_output **output,
		struct bytes_reason *reason)
{
	bool is_stdout = strcmp(path, "-") == 0;
	int fd, ret;

	*output = NULL;
	fd = output_open_path(is_stdout ? "/dev/stdout" : path);
	if (fd < 0) {
		ret = -errno;
		if (ret == -ENXIO && is_pipe(path))
			return bytes_refuse(reason, ret,
					"is a pipe that nobody reads; a reader is required within %d s",
					BYTES_PATIENCE_S);
		return bytes_refuse(reason, ret, "%s", strerror(errno));
	}
	ret = output_open_fd(fd, keep, output, reason);
	if (ret != 0)
		close(fd);
	return ret;
}
