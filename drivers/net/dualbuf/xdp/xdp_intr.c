/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "dualbuf_intr_handle.h"
#include "dualbuf_logs.h"
#include "dualbuf_rx_formats.h"
#include "xdp_intr.h"

/* How long a handler sleeps at most while descriptors wait for their loans. */
#define XDP_STARVED_NS 1000000

/* And one for packets that are there already. */
#define XDP_AT_ONCE_NS 1

static int
intr_fd(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	return xdp_of(dev)->intrs[queue_id].fd;
}

/* What is put in, and ready, interrupts at once; what is in already would not do so again. */
static int
intr_put_in(const struct rte_eth_dev *dev, uint16_t queue_id, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	epoll_ctl(intr_fd(dev, queue_id), EPOLL_CTL_DEL, fd, NULL);
	return epoll_ctl(intr_fd(dev, queue_id), EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static void
intr_set_timer(const struct rte_eth_dev *dev, uint16_t queue_id, uint32_t ns)
{
	const struct itimerspec when = { .it_value.tv_nsec = ns };

	timerfd_settime(xdp_of(dev)->intrs[queue_id].timer, 0, &when, NULL);
}

static int
intr_socket(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	return xsk_socket__fd(xdp_of(dev)->sockets[queue_id].xsk);
}

void
xdp_intr_watch(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	if (dev->intr_handle != NULL && xdp_of(dev)->intrs[queue_id].enabled)
		intr_put_in(dev, queue_id, intr_socket(dev, queue_id));
}

void
xdp_intr_unwatch(const struct rte_eth_dev *dev, uint16_t queue_id)
{
	if (dev->intr_handle == NULL)
		return;
	epoll_ctl(intr_fd(dev, queue_id), EPOLL_CTL_DEL, intr_socket(dev, queue_id), NULL);
	intr_set_timer(dev, queue_id, 0);
}

/*
 * A socket is ready while there are entries in its ring. Packets that were written back already interrupt by the
 * timer; and while descriptors wait for their loans the kernel may have no buffer, and only a burst can give it
 * some: a handler that sleeps meanwhile is woken to try now and then.
 */
int
xdp_rx_intr_enable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	uint32_t ns = 0;

	if (dev->intr_handle == NULL)
		return -ENOTSUP;
	xdp_of(dev)->intrs[rxq->queue_id].enabled = true;
	if (xdp_of(dev)->sockets[rxq->queue_id].xsk == NULL)
		return 0;
	if (dualbuf_ring_armed_count(rxq->ring) < rxq->ring->nb_desc)
		ns = XDP_STARVED_NS;
	if (dualbuf_rx_format_of(rxq)->descriptor_status(rxq, 0) == RTE_ETH_RX_DESC_DONE)
		ns = XDP_AT_ONCE_NS;
	intr_set_timer(dev, rxq->queue_id, ns);
	return intr_put_in(dev, rxq->queue_id, intr_socket(dev, rxq->queue_id));
}

int
xdp_rx_intr_disable(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq)
{
	if (dev->intr_handle == NULL)
		return -ENOTSUP;
	xdp_of(dev)->intrs[rxq->queue_id].enabled = false;
	if (xdp_of(dev)->sockets[rxq->queue_id].xsk != NULL)
		xdp_intr_unwatch(dev, rxq->queue_id);
	return 0;
}

void
xdp_intr_release(struct rte_eth_dev *dev)
{
	struct xdp *xdp = xdp_of(dev);
	uint16_t i;

	if (dev->intr_handle == NULL)
		return;
	for (i = 0; i < xdp->nb_intrs; i++) {
		close(xdp->intrs[i].fd);
		close(xdp->intrs[i].timer);
	}
	xdp->nb_intrs = 0;
	dualbuf_intr_handle_free(dev);
}

static int
intr_open(struct xdp_intr *intr)
{
	struct epoll_event event = { .events = EPOLLIN };

	intr->enabled = false;
	intr->fd = epoll_create1(EPOLL_CLOEXEC);
	if (intr->fd < 0)
		return -errno;
	intr->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (intr->timer >= 0 && epoll_ctl(intr->fd, EPOLL_CTL_ADD, intr->timer, &event) == 0)
		return 0;
	close(intr->fd);
	if (intr->timer >= 0)
		close(intr->timer);
	return -errno;
}

/* A vector of the port's interrupt handle. */
static int
intr_add_vector(struct rte_eth_dev *dev, uint16_t queue_id)
{
	struct xdp *xdp = xdp_of(dev);
	int ret = intr_open(&xdp->intrs[queue_id]);

	if (ret != 0)
		return ret;
	xdp->nb_intrs++;
	return dualbuf_intr_handle_set(dev, queue_id, intr_fd(dev, queue_id));
}

/* EAL reads nothing from what it waits for: there is no counter in it. */
int
xdp_intr_configure(struct rte_eth_dev *dev)
{
	uint16_t nb = dev->data->nb_rx_queues, i;
	int ret;

	xdp_intr_release(dev);
	if (!dev->data->dev_conf.intr_conf.rxq)
		return 0;
	ret = dualbuf_intr_handle_make(dev, 0);
	for (i = 0; i < nb && ret == 0; i++)
		ret = intr_add_vector(dev, i);
	if (ret != 0) {
		DUALBUF_LOG(ERR, "cannot make receive interrupts: %s", strerror(-ret));
		xdp_intr_release(dev);
	}
	return ret;
}
