/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bytes_file_input.h"
#include "bytes_open.h"
#include "bytes_pipe_input.h"

static const char *
input_kind(mode_t mode)
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
				"is %s; a regular file or a pipe is required",
				input_kind(st.st_mode));
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
