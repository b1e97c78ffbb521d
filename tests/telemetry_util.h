/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _TELEMETRY_UTIL_H_
#define _TELEMETRY_UTIL_H_

/* A client of DPDK's telemetry: a socket of packets, one for each question and one for each answer. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cmocka_util.h"
#include "vdev_util.h"

#define TELEMETRY_ANSWER_SIZE 32768

struct telemetry {
	int fd;
	char answer[TELEMETRY_ANSWER_SIZE];
};

/* What a question is answered with, as JSON, until the next one. */
static inline const char *
telemetry_ask(struct telemetry *client, const char *question)
{
	ssize_t len;

	assert_int_equal(send(client->fd, question, strlen(question), MSG_NOSIGNAL),
			strlen(question));
	len = recv(client->fd, client->answer, sizeof(client->answer) - 1, 0);
	assert_true(len > 0);
	client->answer[len] = '\0';
	return client->answer;
}

/* folder: EAL's, for what is only there while it runs. */
static inline struct telemetry *
telemetry_connect(const char *folder)
{
	const struct timeval patience = { .tv_sec = 20 };
	struct telemetry *client = calloc(1, sizeof(*client));
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	assert_non_null(client);
	assert_true(snprintf(address.sun_path, sizeof(address.sun_path), "%s/dpdk_telemetry.v2",
				    folder) < (int)sizeof(address.sun_path));
	client->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	assert_true(client->fd >= 0);
	setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(connect(client->fd, (struct sockaddr *)&address, sizeof(address)), 0);
	/* it greets with what it is */
	assert_true(recv(client->fd, client->answer, sizeof(client->answer), 0) > 0);
	return client;
}

/* The other end is closed when this returns. */
static inline void
telemetry_leave(struct telemetry *client)
{
	assert_int_equal(shutdown(client->fd, SHUT_WR), 0);
	assert_int_equal(recv(client->fd, client->answer, sizeof(client->answer), 0), 0);
	close(client->fd);
	free(client);
}

/* The number under a key, in the object of another key: rx_q0, flips. Fails if it is not there. */
static inline unsigned long long
telemetry_number(const char *answer, const char *object, const char *key)
{
	char quoted[64];
	const char *at, *end;

	snprintf(quoted, sizeof(quoted), "\"%s\":", object);
	at = strstr(answer, quoted);
	end = at == NULL ? NULL : strchr(at, '}');
	snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = at == NULL ? NULL : strstr(at, quoted);
	if (at == NULL || (end != NULL && at > end))
		fail_msg("no number %s of %s in %s", key, object, answer);
	return strtoull(at + strlen(quoted), NULL, 10);
}

/* As vdev_set_up_group(), with EAL's socket where only this process looks for it. */
static inline int
telemetry_set_up_group(void **state)
{
	(void)state;
	if (!capture_dir_make(vdev.dir))
		return -1;
	setenv("RUNTIME_DIRECTORY", vdev.dir, 1);
	vdev_start_eal();
	vdev_warm_up();
	return 0;
}

#endif /* _TELEMETRY_UTIL_H_ */
