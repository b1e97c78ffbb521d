/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <rte_branch_prediction.h>
#include <rte_byteorder.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_filter.h"
#include "wire_iface.h"
#include "wire_ifreq.h"
#include "wire_packet_ring.h"

#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23
#endif

/* How often, of the times that nothing has come, the socket is asked what else there is to know. */
#define LOOK_INTERVAL 32

struct wire_iface {
	struct wire_source source;
	struct wire_packet_ring slots;
	int fd;
	uint32_t nb_empty; /* times that nothing had come */
	pthread_mutex_t drops_lock;
	uint64_t drops; /* the kernel's */
	uint64_t nb_passed; /* frames that nobody took in time; any thread may look */
	char name[];
};

/* An interface, and a socket that is not bound to it yet. */
struct iface_socket {
	int fd;
	int index;
	bool loopback;
};

static struct wire_iface *
iface_of(struct wire_source *source)
{
	return container_of(source, struct wire_iface, source);
}

/* Returns the negative errno. */
static int
iface_failed(const char *name, int error)
{
	switch (error) {
	case ENODEV:
		DUALBUF_LOG(ERR, "interface %s: no such interface", name);
		break;
	case EACCES:
	case EPERM:
		DUALBUF_LOG(ERR, "interface %s: no permission; needs CAP_NET_RAW", name);
		return -EPERM;
	case ENETDOWN:
		DUALBUF_LOG(ERR, "interface %s: is down; must be up", name);
		break;
	default:
		DUALBUF_LOG(ERR, "interface %s: %s", name, strerror(error));
	}
	return -error;
}

/* As far as packet sockets are concerned, the loopback interface has Ethernet headers too. */
static int
iface_check_type(const char *name, int type)
{
	if (type == ARPHRD_ETHER || type == ARPHRD_LOOPBACK)
		return 0;
	DUALBUF_LOG(ERR, "interface %s: has link type %d; Ethernet (%d) is required", name, type,
			ARPHRD_ETHER);
	return -EINVAL;
}

static int
iface_query(const char *name, struct iface_socket *iface)
{
	struct sockaddr address;
	unsigned int flags;
	int ret;

	ret = wire_ifreq_index(iface->fd, name, &iface->index);
	if (ret == 0)
		ret = wire_ifreq_address(iface->fd, name, &address);
	if (ret != 0)
		return iface_failed(name, -ret);
	ret = iface_check_type(name, address.sa_family);
	if (ret != 0)
		return ret;
	ret = wire_ifreq_flags(iface->fd, name, &flags);
	if (ret != 0)
		return iface_failed(name, -ret);
	iface->loopback = (flags & IFF_LOOPBACK) != 0;
	return flags & IFF_UP ? 0 : iface_failed(name, ENETDOWN);
}

/* protocol: what is received from then on; 0 for nothing. */
static int
iface_bind(const char *name, const struct iface_socket *iface, uint16_t protocol)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = rte_cpu_to_be_16(protocol),
		.sll_ifindex = iface->index,
	};

	if (bind(iface->fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	return iface_failed(name, errno);
}

static int
iface_open(const char *name, struct iface_socket *iface)
{
	int ret;

	/* without a protocol, so that nothing comes before all is set up */
	iface->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (iface->fd < 0)
		return iface_failed(name, errno);
	ret = iface_query(name, iface);
	if (ret != 0)
		close(iface->fd);
	return ret;
}

int
wire_iface_send(const char *name, int *fd)
{
	struct iface_socket iface;
	int ret = iface_open(name, &iface);

	*fd = -1;
	if (ret != 0)
		return ret;
	ret = iface_bind(name, &iface, 0);
	if (ret != 0) {
		close(iface.fd);
		return ret;
	}
	*fd = iface.fd;
	return 0;
}

/*
 * While nothing comes: is the interface still there? An error that the socket has to tell, which is
 * that the interface went down, is taken away, since it would end each poll() at once.
 */
static void
iface_look(struct wire_iface *iface)
{
	struct sockaddr_ll address = { 0 };
	socklen_t len = sizeof(int);
	int error;

	(void)getsockopt(iface->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	len = sizeof(address);
	if (getsockname(iface->fd, (struct sockaddr *)&address, &len) != 0 ||
			address.sll_ifindex >= 0)
		return;
	DUALBUF_LOG(ERR, "interface %s: The interface disappeared; it receives nothing any more",
			iface->name);
	iface->source.ended = true;
}

static void
iface_fill(struct wire_source *source)
{
	struct wire_iface *iface = iface_of(source);

	source->nb = wire_packet_ring_show(&iface->slots, source->frames);
	if (source->nb == 0 && ++iface->nb_empty % LOOK_INTERVAL == 0)
		iface_look(iface);
}

static uint64_t
iface_dropped_here(const struct wire_source *source)
{
	const struct wire_iface *iface = container_of(source, const struct wire_iface, source);

	return __atomic_load_n(&iface->nb_passed, __ATOMIC_RELAXED) +
			__atomic_load_n(&iface->slots.nb_cut, __ATOMIC_RELAXED);
}

static uint64_t
iface_dropped(struct wire_source *source)
{
	struct wire_iface *iface = iface_of(source);
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);
	uint64_t drops;

	pthread_mutex_lock(&iface->drops_lock);
	/* those since the last time */
	if (getsockopt(iface->fd, SOL_PACKET, PACKET_STATISTICS, &stats, &len) == 0)
		iface->drops += stats.tp_drops;
	drops = iface->drops;
	pthread_mutex_unlock(&iface->drops_lock);
	return drops + iface_dropped_here(source);
}

/* Nobody wanted what came meanwhile: it counts as dropped. The kernel fills the slots behind it anew. */
static void
iface_resume(struct wire_source *source)
{
	struct wire_iface *iface = iface_of(source);
	uint64_t nb = wire_source_shown(source);
	uint32_t looked;

	for (looked = 0; looked < iface->slots.nb; looked += source->nb) {
		source->nb = wire_packet_ring_show(&iface->slots, source->frames);
		if (source->nb == 0)
			break;
		nb += source->nb;
	}
	source->next = 0;
	source->nb = 0;
	__atomic_store_n(&iface->nb_passed, iface->nb_passed + nb, __ATOMIC_RELAXED);
}

static int
iface_fd(const struct wire_source *source)
{
	return container_of(source, const struct wire_iface, source)->fd;
}

static void
iface_close(struct wire_source *source)
{
	struct wire_iface *iface = iface_of(source);

	wire_packet_ring_close(&iface->slots);
	if (iface->fd >= 0)
		close(iface->fd);
	pthread_mutex_destroy(&iface->drops_lock);
	free(iface);
}

static const struct wire_source_ops iface_ops = {
	.fill = iface_fill,
	.dropped = iface_dropped,
	.dropped_here = iface_dropped_here,
	.fd = iface_fd,
	.resume = iface_resume,
	.close = iface_close,
};

/* Options of a socket that receives. */
static int
iface_set_up(const struct wire_iface *iface, int index)
{
	const struct packet_mreq promiscuous = {
		.mr_ifindex = index,
		.mr_type = PACKET_MR_PROMISC,
	};
	const int on = 1;

	/* stamps from where packets come in, not from when they are put into their slots */
	if (setsockopt(iface->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0 ||
			setsockopt(iface->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
					sizeof(promiscuous)) != 0)
		return -errno;
	/* kernels before 4.20 do not have it, and what is going out is passed over here */
	if (iface->slots.direction == WIRE_DIRECTION_IN)
		(void)setsockopt(iface->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	return 0;
}

static uint32_t
iface_depth(const struct wire_choices *choices)
{
	return choices->depth == 0 ? WIRE_DEPTH : choices->depth;
}

/* What goes out of the loopback interface comes in again. */
static enum wire_direction
iface_direction(const struct iface_socket *opened, enum wire_direction direction)
{
	return opened->loopback && direction == WIRE_DIRECTION_INOUT ? WIRE_DIRECTION_IN :
								       direction;
}

static int
iface_start(struct wire_iface *iface, enum wire_direction direction,
		const struct wire_choices *choices)
{
	const uint32_t depth = iface_depth(choices);
	struct iface_socket opened;
	int ret = iface_open(iface->name, &opened);

	if (ret != 0)
		return ret;
	iface->fd = opened.fd;
	iface->slots.direction = iface_direction(&opened, direction);
	ret = iface_set_up(iface, opened.index);
	if (ret == 0)
		ret = wire_packet_ring_open(&iface->slots, iface->fd, depth);
	if (ret != 0)
		return iface_failed(iface->name, -ret);
	if (iface->slots.nb < depth)
		DUALBUF_LOG(WARNING, "interface %s: the kernel has memory for %u frames, not %u",
				iface->name, iface->slots.nb, depth);
	if (choices->filter[0] != '\0')
		ret = wire_filter_attach(iface->fd, iface->name, choices->filter);
	return ret != 0 ? ret : iface_bind(iface->name, &opened, ETH_P_ALL);
}

static struct wire_iface *
iface_alloc(const char *name)
{
	size_t name_size = strlen(name) + 1;
	struct wire_iface *iface = calloc(1, sizeof(*iface) + name_size);

	if (iface == NULL) {
		DUALBUF_LOG(ERR, "interface %s: out of memory", name);
		return NULL;
	}
	memcpy(iface->name, name, name_size);
	iface->source.name = iface->name;
	iface->source.ops = &iface_ops;
	iface->source.live = true;
	iface->fd = -1;
	pthread_mutex_init(&iface->drops_lock, NULL);
	return iface;
}

int
wire_iface_receive(const char *name, enum wire_direction direction,
		const struct wire_choices *choices, struct wire_source **source)
{
	struct wire_iface *iface = iface_alloc(name);
	int ret;

	*source = NULL;
	if (iface == NULL)
		return -ENOMEM;
	ret = iface_start(iface, direction, choices);
	if (ret != 0) {
		iface_close(&iface->source);
		return ret;
	}
	*source = &iface->source;
	return 0;
}

int
wire_iface_adopt(const char *name, int fd, enum wire_direction direction,
		const struct wire_choices *choices, struct wire_source **source)
{
	struct wire_iface *iface = iface_alloc(name);
	struct iface_socket opened = { .fd = fd };
	int ret;

	*source = NULL;
	if (iface == NULL) {
		close(fd);
		return -ENOMEM;
	}
	iface->fd = fd;
	ret = iface_query(name, &opened);
	iface->slots.direction = iface_direction(&opened, direction);
	if (ret == 0)
		ret = wire_packet_ring_adopt(&iface->slots, fd, iface_depth(choices));
	if (ret != 0) {
		iface_close(&iface->source);
		return ret;
	}
	*source = &iface->source;
	return 0;
}
