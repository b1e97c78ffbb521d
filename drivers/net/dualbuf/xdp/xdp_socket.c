/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <rte_common.h>
#include <rte_cycles.h>

#include "dualbuf_logs.h"
#include "xdp_owner.h"
#include "xdp_socket.h"

/* The kernel goes on with a socket for a while after it was closed: how long a queue's next one tries. */
#define SOCKET_PATIENCE_MS 1000
#define SOCKET_PAUSE_MS 5

static int
socket_failed(const struct xdp_socket_conf *conf, int error)
{
	char owner[128];

	switch (error) {
	case EBUSY:
		xdp_owner_name(conf->iface, conf->queue, owner, sizeof(owner));
		DUALBUF_LOG(ERR,
				"interface %s: queue %u has an AF_XDP socket already, of %s; only "
				"one is allowed",
				conf->iface, conf->queue, owner);
		break;
	case EOPNOTSUPP:
	case EINVAL:
		DUALBUF_LOG(ERR, "interface %s: queue %u takes no AF_XDP socket%s: %s", conf->iface,
				conf->queue,
				conf->zero_copy == XDP_ZERO_COPY_ON ? " with zero_copy=on" : "",
				strerror(error));
		break;
	case ENETDOWN:
		DUALBUF_LOG(ERR, "interface %s: is down; must be up", conf->iface);
		break;
	default:
		DUALBUF_LOG(ERR, "interface %s: no AF_XDP socket for queue %u: %s", conf->iface,
				conf->queue, strerror(error));
	}
	return -error;
}

static uint16_t
socket_bind_flags(enum xdp_zero_copy wanted)
{
	static const uint16_t flags[] = {
		[XDP_ZERO_COPY_AUTO] = 0,
		[XDP_ZERO_COPY_ON] = XDP_ZEROCOPY,
		[XDP_ZERO_COPY_OFF] = XDP_COPY,
	};

	return flags[wanted] | XDP_USE_NEED_WAKEUP;
}

static bool
socket_is_zero_copy(struct xsk_socket *xsk)
{
	struct xdp_options options = { 0 };
	socklen_t len = sizeof(options);

	return getsockopt(xsk_socket__fd(xsk), SOL_XDP, XDP_OPTIONS, &options, &len) == 0 &&
			(options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
}

/* What is read of rings that are not there: no entries, no room, and nobody who waits. */
static uint32_t socket_nothing;

void
xdp_socket_init(struct xdp_socket *sock)
{
	const struct xsk_ring_cons cons = {
		.producer = &socket_nothing,
		.consumer = &socket_nothing,
		.flags = &socket_nothing,
	};
	const struct xsk_ring_prod prod = {
		.producer = &socket_nothing,
		.consumer = &socket_nothing,
		.flags = &socket_nothing,
	};

	sock->rx = sock->shared.completions = cons;
	sock->tx = sock->shared.fill = prod;
}

/* Others may look at a socket from when it is shown. */
static void
socket_show(struct xdp_socket *sock, struct xsk_socket *xsk)
{
	__atomic_store_n(&sock->xsk, xsk, __ATOMIC_RELEASE);
}

/* A socket that could not be bound leaves its rings with the UMEM, which is made anew each time. */
static int
socket_try(struct xdp_socket *sock, const struct xdp_socket_conf *conf)
{
	const struct xsk_socket_config config = {
		.rx_size = rte_align32pow2(conf->nb_rx),
		.tx_size = rte_align32pow2(conf->nb_tx),
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = socket_bind_flags(conf->zero_copy),
	};
	struct xsk_socket *xsk;
	int ret = xdp_umem_create(conf->pool_name, &conf->area, &sock->shared, &sock->umem);

	if (ret != 0)
		return ret;
	ret = xsk_socket__create(
			&xsk, conf->iface, conf->queue, sock->umem, &sock->rx, &sock->tx, &config);
	if (ret == 0) {
		sock->zero_copy = socket_is_zero_copy(xsk);
		socket_show(sock, xsk);
		return 0;
	}
	xsk_umem__delete(sock->umem);
	xdp_socket_init(sock);
	if (ret == -EBUSY)
		return -EAGAIN;
	return socket_failed(conf, -ret);
}

int
xdp_socket_open(struct xdp_socket *sock, const struct xdp_socket_conf *conf)
{
	uint32_t waited;
	int ret;

	sock->shared.nb_fill = rte_align32pow2(conf->nb_rx);
	sock->shared.nb_completions = rte_align32pow2(conf->nb_tx);
	ret = socket_try(sock, conf);
	for (waited = 0; ret == -EAGAIN && waited < SOCKET_PATIENCE_MS; waited += SOCKET_PAUSE_MS) {
		rte_delay_us_sleep(SOCKET_PAUSE_MS * 1000);
		ret = socket_try(sock, conf);
	}
	return ret == -EAGAIN ? socket_failed(conf, EBUSY) : ret;
}

void
xdp_socket_close(struct xdp_socket *sock)
{
	struct xsk_socket *xsk = sock->xsk;

	if (xsk == NULL)
		return;
	socket_show(sock, NULL);
	xsk_socket__delete(xsk);
	xsk_umem__delete(sock->umem);
	sock->umem = NULL;
	xdp_socket_init(sock);
}

void
xdp_socket_counts(const struct xdp_socket *sock, struct xdp_socket_counts *counts)
{
	struct xsk_socket *xsk = __atomic_load_n(&sock->xsk, __ATOMIC_ACQUIRE);
	struct xdp_statistics stats = { 0 };
	socklen_t len = sizeof(stats);

	*counts = (struct xdp_socket_counts){ 0 };
	if (xsk == NULL ||
			getsockopt(xsk_socket__fd(xsk), SOL_XDP, XDP_STATISTICS, &stats, &len) != 0)
		return;
	*counts = (struct xdp_socket_counts){
		.rx_dropped = stats.rx_dropped,
		.rx_ring_full = stats.rx_ring_full,
	};
}
