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

/* That send from the ends. */
static int sockets[VETH_AT_KEPT_PEER + 1];

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
veth_open(enum veth_end end, const char *name)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(name),
	};
	int fd;

	/* protocol 0: it sends, and is given nothing */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	sockets[end] = fd;
	return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

bool
veth_make(void)
{
	static const char commands[] =
			"PATH=$PATH:/usr/sbin:/sbin; "
			"ip link add " VETH_PORT " type veth peer name " VETH_PEER
			" && ip link add " VETH_KEPT_PORT " type veth peer name " VETH_KEPT_PEER
			" && for i in " VETH_PORT " " VETH_PEER " " VETH_KEPT_PORT
			" " VETH_KEPT_PEER "; do ip link set $i up || exit 1; done";

	if (unshare(CLONE_NEWNET) != 0)
		return false;
	veth_silence();
	return system(commands) == 0 && veth_open(VETH_AT_PORT, VETH_PORT) &&
			veth_open(VETH_AT_PEER, VETH_PEER) &&
			veth_open(VETH_AT_KEPT_PEER, VETH_KEPT_PEER);
}

uint64_t
veth_packets(const char *name)
{
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

unsigned int
veth_send(enum veth_end end, unsigned int nb, uint16_t length)
{
	static uint8_t frame[MAX_FRAME] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };
	struct iovec data = { .iov_base = frame, .iov_len = length };
	struct mmsghdr messages[MAX_BATCH];
	unsigned int done = 0, i;
	int ret;

	memset(messages, 0, sizeof(messages));
	for (i = 0; i < MAX_BATCH; i++) {
		messages[i].msg_hdr.msg_iov = &data;
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < nb) {
		ret = sendmmsg(sockets[end], messages,
				nb - done < MAX_BATCH ? nb - done : MAX_BATCH, 0);
		if (ret <= 0)
			break;
		done += (unsigned int)ret;
	}
	return done;
}
