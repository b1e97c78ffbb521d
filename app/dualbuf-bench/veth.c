/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <fcntl.h>
#include <inttypes.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>

#include "veth.h"

#define MAX_FRAME 1514
#define MAX_BATCH 64

#define FLOW_HEADERS 42

/* From where we send, and by what. */
static struct {
	const char *name;
	bool has_queues; /* more than one */
	int fd;
} ends[VETH_ENDS] = {
	[VETH_AT_PORT] = { VETH_PORT, false, -1 },
	[VETH_AT_PEER] = { VETH_PEER, false, -1 },
	[VETH_AT_KEPT_PEER] = { VETH_KEPT_PEER, false, -1 },
	[VETH_AT_PEER_2] = { VETH_PEER_2, true, -1 },
	[VETH_AT_KEPT_PEER_2] = { VETH_KEPT_PEER_2, true, -1 },
};

/* The kernel is not to greet its neighbours on interfaces to come. */
static void
veth_silence(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1", 1) != 1)
		fprintf(stderr, "dualbuf-bench: IPv6 stays on, its packets will be counted\n");
	close(fd);
}

static bool
veth_open(enum veth_end end)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(ends[end].name),
	};
	int fd;

	/* protocol 0: it sends, and is given nothing */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	ends[end].fd = fd;
	return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

/* A pair of interfaces, by ip of iproute2. */
static bool
veth_add(const char *port, const char *peer, const char *queues)
{
	char command[512];

	snprintf(command, sizeof(command),
			"PATH=$PATH:/usr/sbin:/sbin; ip link add %s %s type veth peer name %s %s && "
			"ip link set %s up && ip link set %s up",
			port, queues, peer, queues, port, peer);
	return system(command) == 0;
}

bool
veth_make(void)
{
	static const char two[] = "numrxqueues 2 numtxqueues 2";
	enum veth_end end;

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	veth_silence();
	if (!veth_add(VETH_PORT, VETH_PEER, "") || !veth_add(VETH_KEPT_PORT, VETH_KEPT_PEER, "") ||
			!veth_add(VETH_PORT_2, VETH_PEER_2, two) ||
			!veth_add(VETH_KEPT_PORT_2, VETH_KEPT_PEER_2, two))
		return false;
	for (end = 0; end < VETH_ENDS; end++)
		if (!veth_open(end))
			return false;
	return true;
}

uint64_t
veth_packets(enum veth_end end)
{
	const char *name = ends[end].name;
	FILE *file = fopen("/proc/thread-self/net/dev", "re");
	uint64_t bytes, packets = 0;
	char line[512], *at;

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		at = strstr(line, name);
		if (at != NULL)
			sscanf(at + strlen(name), ":%" SCNu64 " %" SCNu64, &bytes, &packets);
	}
	if (file != NULL)
		fclose(file);
	return packets;
}

/* The headers of a UDP datagram, by source port one of MAX_BATCH flows. Whoever hashes them needs no more. */
static uint8_t *
veth_flow(unsigned int number)
{
	static const uint8_t headers[FLOW_HEADERS] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00, /* Ethernet */
		0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, /* IPv4 */
		0, 0, 0, 9, 0, 26, 0, 0, /* UDP */
	};
	static uint8_t flows[MAX_BATCH][FLOW_HEADERS];
	uint8_t *flow = flows[number];

	memcpy(flow, headers, sizeof(headers));
	flow[35] = (uint8_t)number;
	return flow;
}

unsigned int
veth_send(enum veth_end end, unsigned int nb, uint16_t length)
{
	static uint8_t frame[MAX_FRAME] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };
	struct iovec data = { .iov_base = frame, .iov_len = length }, parts[MAX_BATCH][2];
	struct mmsghdr messages[MAX_BATCH];
	unsigned int done = 0, i;
	int ret;

	memset(messages, 0, sizeof(messages));
	for (i = 0; i < MAX_BATCH; i++) {
		messages[i].msg_hdr.msg_iov = ends[end].has_queues ? parts[i] : &data;
		messages[i].msg_hdr.msg_iovlen = ends[end].has_queues ? 2 : 1;
		parts[i][0] = (struct iovec){ veth_flow(i), FLOW_HEADERS };
		parts[i][1] = (struct iovec){ frame, (size_t)length - FLOW_HEADERS };
	}
	while (done < nb) {
		ret = sendmmsg(ends[end].fd, messages,
				nb - done < MAX_BATCH ? nb - done : MAX_BATCH, 0);
		if (ret <= 0)
			break;
		done += (unsigned int)ret;
	}
	return done;
}
