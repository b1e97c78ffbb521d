/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "dualbuf_logs.h"
#include "vnic_ends.h"
#include "vnic_passing.h"

#define PASSING_ACTION "net_dualbuf"

/* How long the primary has for its answer, in s. */
#define PASSING_PATIENCE_S 5

/* A message: what is asked for, and in the answer whether it is there. */
struct passing {
	uint16_t port_id;
	uint16_t queue_id;
	uint32_t what; /* enum vnic_passing */
	int32_t error; /* a negative errno, or 0 */
};

/* Under the lock of ends. Returns a descriptor of theirs or a negative errno. */
static int
passing_find(struct vnic_ends *ends, const struct passing *asked)
{
	struct wire_source *source = ends->sources[asked->queue_id];
	struct wire_sink *sink = ends->sinks[asked->queue_id];

	switch (asked->what) {
	case VNIC_PASS_SOURCE:
		return source != NULL && source->live ? wire_source_fd(source) : -ENOTSUP;
	case VNIC_PASS_SINK:
		return sink != NULL ? wire_sink_pass(sink) : -ENOTSUP;
	case VNIC_PASS_WAKE:
		return ends->wake_fd >= 0 ? ends->wake_fd : -ENOTSUP;
	default:
		return -EINVAL;
	}
}

/* A copy, which lives on when the port stops meanwhile. */
static int
passing_copy(const struct passing *asked)
{
	struct vnic_ends *ends;
	int fd = -ENODEV;

	if (asked->port_id >= RTE_MAX_ETHPORTS || asked->queue_id >= VNIC_MAX_QUEUES)
		return -EINVAL;
	vnic_ends_lock();
	ends = vnic_ends_of[asked->port_id];
	if (ends != NULL)
		fd = passing_find(ends, asked);
	if (fd >= 0) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
		fd = fd < 0 ? -errno : fd;
	}
	vnic_ends_unlock();
	return fd;
}

static void
passing_compose(struct rte_mp_msg *message, const struct passing *passing)
{
	memset(message, 0, sizeof(*message));
	strlcpy(message->name, PASSING_ACTION, sizeof(message->name));
	memcpy(message->param, passing, sizeof(*passing));
	message->len_param = sizeof(*passing);
}

/* Runs in the primary's thread for such messages. */
static int
passing_answer(const struct rte_mp_msg *request, const void *peer)
{
	struct passing passing;
	struct rte_mp_msg reply;
	int fd, ret;

	if (request->len_param != sizeof(passing))
		return -EINVAL;
	memcpy(&passing, request->param, sizeof(passing));
	fd = passing_copy(&passing);
	passing.error = RTE_MIN(fd, 0);
	passing_compose(&reply, &passing);
	if (fd >= 0)
		reply.fds[reply.num_fds++] = fd;
	ret = rte_mp_reply(&reply, peer);
	if (fd >= 0)
		close(fd);
	return ret;
}

int
vnic_passing_start(void)
{
	if (rte_eal_process_type() != RTE_PROC_PRIMARY ||
			rte_mp_action_register(PASSING_ACTION, passing_answer) == 0)
		return 0;
	/* a primary that shares nothing has nobody to pass it to */
	if (rte_errno == EEXIST || rte_errno == ENOTSUP)
		return 0;
	DUALBUF_LOG(ERR, "cannot answer other processes: %s", rte_strerror(rte_errno));
	return -rte_errno;
}

/* The descriptor of an answer, or its error. */
static int
passing_take(const struct rte_mp_msg *reply)
{
	struct passing passing;

	if (reply->len_param != sizeof(passing))
		return -ENOTCONN;
	memcpy(&passing, reply->param, sizeof(passing));
	if (passing.error != 0)
		return passing.error;
	return reply->num_fds == 1 ? reply->fds[0] : -ENOTCONN;
}

int
vnic_passing_ask(const struct rte_eth_dev *dev, uint16_t queue_id, enum vnic_passing what)
{
	const struct timespec patience = { .tv_sec = PASSING_PATIENCE_S };
	const struct passing passing = {
		.port_id = dev->data->port_id,
		.queue_id = queue_id,
		.what = what,
	};
	struct rte_mp_reply replies;
	struct rte_mp_msg request;
	int fd = -ENOTCONN;

	passing_compose(&request, &passing);
	if (rte_mp_request_sync(&request, &replies, &patience) != 0)
		return -ENOTCONN;
	if (replies.nb_received == 1)
		fd = passing_take(&replies.msgs[0]);
	free(replies.msgs);
	return fd;
}
