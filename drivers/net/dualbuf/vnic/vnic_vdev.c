/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_logs.h"
#include "vnic_args_parse.h"
#include "vnic_ends.h"
#include "vnic_ethdev.h"
#include "vnic_link.h"
#include "vnic_passing.h"
#include "vnic_vdev.h"
#include "wire_ifreq.h"

static uint8_t vnic_next_index;

/* The MAC address of an interface. */
static int
iface_mac(const char *name, struct rte_ether_addr *mac)
{
	struct sockaddr address;
	int fd = wire_ifreq_socket();
	int ret;

	if (fd < 0)
		return fd;
	ret = wire_ifreq_address(fd, name, &address);
	close(fd);
	if (ret == 0)
		memcpy(mac, address.sa_data, sizeof(*mac));
	else
		DUALBUF_LOG(ERR, "phy_mac=1: no MAC address of interface %s: %s", name,
				strerror(-ret));
	return ret;
}

/* The port's address: the interface's when asked for, else a locally administered one. */
static int
vnic_choose_mac(const struct vnic_args *args, struct rte_ether_addr *mac)
{
	if (args->phy_mac)
		return iface_mac(args->rx[0].name, mac);
	*mac = (struct rte_ether_addr){
		.addr_bytes = { 0x02, 'd', 'u', 'a', 'l', vnic_next_index++ },
	};
	return 0;
}

/* Make the port of a virtual NIC whose ends are open. */
static int
vnic_create_port(struct rte_vdev_device *vdev, struct vnic *vnic, struct vnic_ends *ends)
{
	struct rte_ether_addr mac;
	struct rte_eth_dev *dev;
	int ret;

	ret = vnic_choose_mac(&vnic->args, &mac);
	if (ret != 0)
		return ret;
	dev = rte_eth_vdev_allocate(vdev, sizeof(struct dualbuf_port));
	if (dev == NULL)
		return -ENOMEM;
	dev->data->promiscuous = 1;
	dev->data->all_multicast = 1;
	ret = dualbuf_port_init(dev, &vnic_device, vnic, &vnic->args.common, &mac);
	if (ret != 0) {
		rte_eth_dev_release_port(dev);
		return ret;
	}
	dualbuf_port(dev)->filter.enforce_mtu = vnic->args.enforce_mtu;
	if (vnic_link_can_change(&vnic->args))
		dev->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	vnic_ends_give(dev->data->port_id, ends);
	vnic_device.rx_filter(dev);
	vnic_device.link(dev, &dev->data->dev_link);
	rte_eth_dev_probing_finish(dev);
	return 0;
}

int
vnic_vdev_probe(struct rte_vdev_device *vdev)
{
	struct vnic_ends *ends = NULL;
	struct vnic *vnic;
	int ret = vnic_passing_start();

	if (ret != 0)
		return ret;
	vnic = rte_zmalloc("vnic", sizeof(*vnic), RTE_CACHE_LINE_SIZE);
	if (vnic != NULL)
		ends = vnic_ends_make(vnic);
	if (ends == NULL) {
		rte_free(vnic);
		return -ENOMEM;
	}
	ret = vnic_args_parse(rte_vdev_device_args(vdev), &vnic->args);
	rte_strscpy(vnic->args.sink_choices.iface, rte_vdev_device_name(vdev),
			sizeof(vnic->args.sink_choices.iface));
	rte_ticketlock_init(&vnic->stepped_lock);
	if (ret == 0)
		ret = vnic_ends_open(ends, vnic);
	if (ret == 0)
		ret = vnic_create_port(vdev, vnic, ends);
	if (ret != 0) {
		vnic_ends_close(ends);
		rte_free(vnic);
	}
	return ret;
}

int
vnic_vdev_attach(struct rte_eth_dev *dev)
{
	struct vnic_ends *ends;
	int ret = vnic_passing_start();

	if (ret != 0)
		return ret;
	ends = vnic_of(dev) == NULL ? NULL : vnic_ends_make(vnic_of(dev));
	if (ends == NULL)
		return -ENOMEM;
	/* those of a port that the primary has closed, which nobody told this process */
	vnic_ends_close(vnic_ends_take(dev->data->port_id));
	vnic_ends_give(dev->data->port_id, ends);
	dualbuf_port_attach(dev, &vnic_device);
	return 0;
}
