/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_iface.h"
#include "wire_iface_sink.h"

struct wire_iface_sink {
	struct wire_sink sink;
	bool shared; /* fd is somebody else's */
	bool failed; /* this was logged */
	int fd;
	char name[];
};

static struct wire_iface_sink *
iface_of(struct wire_sink *sink)
{
	return container_of(sink, struct wire_iface_sink, sink);
}

/*
 * As wire_sink_write(), with as few system calls as possible. reason: if any could not be sent, why the
 * first could not; a positive errno.
 */
static uint32_t
socket_write(int fd, const struct wire_frame *frames, uint32_t nb, int *reason)
{
	struct mmsghdr messages[WIRE_SINK_FRAMES];
	struct iovec data[WIRE_SINK_FRAMES];
	uint32_t failed = 0, done, i;
	int ret;

	for (i = 0; i < nb; i++) {
		data[i].iov_base = (void *)(uintptr_t)frames[i].data;
		data[i].iov_len = frames[i].len;
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &data[i], .msg_iovlen = 1 };
	}
	/*
	 * The kernel stops at a frame that it refuses, and says why when that is the first. Nor does it
	 * wait for an interface that does not send: a core that polls must not hang there.
	 */
	for (done = 0; done < nb; done += ret) {
		ret = sendmmsg(fd, &messages[done], nb - done, MSG_DONTWAIT);
		if (likely(ret > 0))
			continue;
		if (failed == 0)
			*reason = errno == 0 ? EIO : errno;
		failed |= UINT32_C(1) << done;
		ret = 1;
	}
	return failed;
}

static uint32_t
iface_write(struct wire_sink *sink, const struct wire_frame *frames, uint32_t nb)
{
	struct wire_iface_sink *iface = iface_of(sink);
	int reason;
	uint32_t failed = socket_write(iface->fd, frames, nb, &reason);

	if (unlikely(failed != 0 && !iface->failed)) {
		DUALBUF_LOG(ERR, "interface %s: cannot send: %s; such frames are dropped",
				iface->name, strerror(reason));
		iface->failed = true;
	}
	return failed;
}

static int
iface_pass(struct wire_sink *sink)
{
	return iface_of(sink)->fd;
}

static void
iface_close(struct wire_sink *sink)
{
	struct wire_iface_sink *iface = iface_of(sink);

	if (iface->fd >= 0 && !iface->shared)
		close(iface->fd);
	free(iface);
}

static const struct wire_sink_ops iface_ops = {
	.write = iface_write,
	.pass = iface_pass,
	.close = iface_close,
};

static struct wire_iface_sink *
iface_alloc(const char *name)
{
	size_t name_size = strlen(name) + 1;
	struct wire_iface_sink *iface = calloc(1, sizeof(*iface) + name_size);

	if (iface == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", name);
		return NULL;
	}
	memcpy(iface->name, name, name_size);
	iface->sink.ops = &iface_ops;
	iface->sink.name = iface->name;
	iface->fd = -1;
	return iface;
}

int
wire_iface_sink_open(const char *name, struct wire_sink **sink)
{
	struct wire_iface_sink *iface = iface_alloc(name);
	int ret;

	*sink = NULL;
	if (iface == NULL)
		return -ENOMEM;
	ret = wire_iface_send(name, &iface->fd);
	if (ret != 0) {
		iface_close(&iface->sink);
		return ret;
	}
	*sink = &iface->sink;
	return 0;
}

int
wire_iface_sink_share(const char *name, int fd, struct wire_sink **sink)
{
	struct wire_iface_sink *iface = iface_alloc(name);

	*sink = NULL;
	if (iface == NULL)
		return -ENOMEM;
	iface->fd = fd;
	iface->shared = true;
	*sink = &iface->sink;
	return 0;
}

int
wire_iface_sink_adopt(const char *name, int fd, struct wire_sink **sink)
{
	int ret = wire_iface_sink_share(name, fd, sink);

	if (ret != 0)
		close(fd);
	else
		iface_of(*sink)->shared = false;
	return ret;
}
