/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_logs.h"
#include "xdp.h"
#include "xdp_ethdev.h"
#include "xdp_vdev.h"

static int
check_queues(const struct xdp *xdp)
{
	uint32_t end = xdp->args.start_queue + xdp->args.queue_count;

	if (end <= xdp->iface.nb_queues)
		return 0;
	DUALBUF_LOG(ERR,
			"start_queue=%u, queue_count=%u: interface %s has %u queues; start_queue + "
			"queue_count may be %u at the most (ethtool -L changes that)",
			xdp->args.start_queue, xdp->args.queue_count, xdp->args.iface,
			xdp->iface.nb_queues, xdp->iface.nb_queues);
	return -EINVAL;
}

static int
create_port(struct rte_vdev_device *vdev, struct xdp *xdp)
{
	struct rte_ether_addr mac;
	struct rte_eth_dev *dev;
	uint16_t mtu;
	int ret;

	ret = xdp_iface_mac(&xdp->iface, &mac);
	if (ret == 0)
		ret = xdp_iface_mtu(&xdp->iface, &mtu);
	if (ret != 0)
		return ret;
	dev = rte_eth_vdev_allocate(vdev, sizeof(struct dualbuf_port));
	if (dev == NULL)
		return -ENOMEM;
	dev->data->mtu = mtu;
	ret = dualbuf_port_init(dev, &xdp_device, xdp, &xdp->args.common, &mac);
	if (ret != 0) {
		rte_eth_dev_release_port(dev);
		return ret;
	}
	dev->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	xdp_device.link(dev, &dev->data->dev_link);
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static struct xdp *
xdp_alloc(void)
{
	struct xdp *xdp = rte_zmalloc("xdp", sizeof(*xdp), RTE_CACHE_LINE_SIZE);
	unsigned int i;

	for (i = 0; xdp != NULL && i < XDP_MAX_QUEUES; i++)
		xdp_socket_init(&xdp->sockets[i]);
	return xdp;
}

int
xdp_vdev_probe(struct rte_vdev_device *vdev)
{
	struct xdp *xdp = xdp_alloc();
	int ret;

	if (xdp == NULL)
		return -ENOMEM;
	ret = xdp_args_parse(rte_vdev_device_args(vdev), &xdp->args);
	if (ret == 0)
		ret = xdp_iface_open(&xdp->iface, xdp->args.iface);
	if (ret != 0) {
		rte_free(xdp);
		return ret;
	}
	ret = check_queues(xdp);
	if (ret == 0)
		ret = create_port(vdev, xdp);
	if (ret != 0) {
		xdp_iface_close(&xdp->iface);
		rte_free(xdp);
	}
	return ret;
}

int
xdp_vdev_attach(struct rte_eth_dev *dev)
{
	dualbuf_port_attach(dev, &xdp_device);
	DUALBUF_LOG(INFO,
			"%s: AF_XDP's rings are mapped in the primary process alone; this one looks at "
			"the port, and neither receives nor sends",
			dev->data->name);
	return 0;
}

/* A program that can be attached tells of the kernel, of our rights, and of who else uses the interface. */
static bool
is_free(const struct xdp_args *args)
{
	struct xdp_program *program;
	int ret = xdp_program_attach(args->iface, args->mode, NULL, &program);

	if (ret == 0)
		xdp_program_detach(program);
	return ret == 0;
}

bool
xdp_vdev_is_possible(struct rte_vdev_device *vdev, char *reason, size_t size)
{
	struct xdp_args args;
	struct xdp_iface iface;
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		snprintf(reason, size, "no AF_XDP socket: %s", strerror(errno));
		return false;
	}
	close(fd);
	if (xdp_args_parse(rte_vdev_device_args(vdev), &args) != 0 || !is_free(&args) ||
			xdp_iface_open(&iface, args.iface) != 0) {
		snprintf(reason, size, "see above");
		return false;
	}
	xdp_iface_close(&iface);
	if (iface.nb_queues == 1)
		return true;
	snprintf(reason, size, "it has %u queues, and a packet socket gets the packets of all",
			iface.nb_queues);
	return false;
}
