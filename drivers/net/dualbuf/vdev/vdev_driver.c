/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The driver of virtual devices, all of which have one name: which device of ours it is, devargs say. */

#include <errno.h>
#include <string.h>

#include <bus_vdev_driver.h>
#include <ethdev_driver.h>
#include <ethdev_vdev.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_logs.h"
#include "dualbuf_pairs.h"
#include "dualbuf_pool.h"
#include "dualbuf_port.h"
#include "vnic_args.h"
#include "vnic_vdev.h"
#ifdef DUALBUF_HAS_XDP
#include "xdp_args.h"
#include "xdp_vdev.h"
#else
#define XDP_PARAM_STRING ""
#endif

/* How an interface is received from and sent to. */
enum vdev_live {
	VDEV_LIVE_PACKET, /* packet sockets, by the virtual NIC */
	VDEV_LIVE_XDP,
	VDEV_LIVE_AUTO, /* AF_XDP where that gets all that a packet socket gets */
	VDEV_LIVE_NONE, /* not said right */
};

static enum vdev_live
vdev_find_live(struct rte_vdev_device *vdev)
{
	static const char *const words[] = {
		[VDEV_LIVE_PACKET] = "packet",
		[VDEV_LIVE_XDP] = "xdp",
		[VDEV_LIVE_AUTO] = "auto",
	};
	const char *args = rte_vdev_device_args(vdev);
	char value[16];
	unsigned int i;

	if (args == NULL || !dualbuf_pairs_find(args, "live", value, sizeof(value)))
		return VDEV_LIVE_PACKET;
	for (i = 0; i < RTE_DIM(words); i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	DUALBUF_LOG(ERR, "live=%s: must be packet, xdp or auto", value);
	return VDEV_LIVE_NONE;
}

#ifdef DUALBUF_HAS_XDP
static bool
vdev_takes_xdp(struct rte_vdev_device *vdev)
{
	char reason[128], iface[IF_NAMESIZE] = "";
	bool takes = xdp_vdev_is_possible(vdev, reason, sizeof(reason));

	dualbuf_pairs_find(rte_vdev_device_args(vdev), "iface", iface, sizeof(iface));
	if (takes)
		DUALBUF_LOG(NOTICE, "live=auto: interface %s is served by AF_XDP", iface);
	else
		DUALBUF_LOG(NOTICE, "live=auto: interface %s is served by packet sockets: %s",
				iface, reason);
	return takes;
}
#else
static bool
vdev_takes_xdp(struct rte_vdev_device *vdev __rte_unused)
{
	DUALBUF_LOG(NOTICE, "live=auto: packet sockets: this build has no libxdp");
	return false;
}

static int
xdp_vdev_probe(struct rte_vdev_device *vdev)
{
	DUALBUF_LOG(ERR,
			"%s: live=xdp: this build has no AF_XDP; libxdp and libbpf are required where "
			"the driver is built",
			rte_vdev_device_name(vdev));
	return -ENOTSUP;
}

static int
xdp_vdev_attach(struct rte_eth_dev *dev)
{
	DUALBUF_LOG(ERR, "%s: the primary process has AF_XDP, and this build has not",
			dev->data->name);
	return -ENOTSUP;
}
#endif

/* The primary's devargs are not known here; its port is. */
static int
vdev_probe_secondary(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_attach_secondary(rte_vdev_device_name(vdev));
	int ret;

	if (dev == NULL) {
		DUALBUF_LOG(ERR, "%s: no such port in the primary process",
				rte_vdev_device_name(vdev));
		return -ENODEV;
	}
	dev->device = &vdev->device;
	if (dualbuf_port(dev)->device_id == DUALBUF_DEVICE_XDP)
		ret = xdp_vdev_attach(dev);
	else
		ret = vnic_vdev_attach(dev);
	if (ret != 0)
		rte_eth_dev_release_port(dev);
	else
		rte_eth_dev_probing_finish(dev);
	return ret;
}

static int
vdev_probe(struct rte_vdev_device *vdev)
{
	int ret = dualbuf_pool_register();

	if (ret != 0)
		return ret;
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return vdev_probe_secondary(vdev);
	switch (vdev_find_live(vdev)) {
	case VDEV_LIVE_PACKET:
		return vnic_vdev_probe(vdev);
	case VDEV_LIVE_XDP:
		return xdp_vdev_probe(vdev);
	case VDEV_LIVE_AUTO:
		return vdev_takes_xdp(vdev) ? xdp_vdev_probe(vdev) : vnic_vdev_probe(vdev);
	default:
		return -EINVAL;
	}
}

static int
vdev_remove(struct rte_vdev_device *vdev)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(rte_vdev_device_name(vdev));

	/* a secondary finds it by name also when it has closed it, as long as the primary has it */
	if (dev == NULL || !dualbuf_is_port(dev))
		return 0;
	dualbuf_dev_close(dev);
	return rte_eth_dev_release_port(dev);
}

static struct rte_vdev_driver vdev_driver = {
	.probe = vdev_probe,
	.remove = vdev_remove,
};

RTE_PMD_REGISTER_VDEV(net_dualbuf, vdev_driver);
RTE_PMD_REGISTER_PARAM_STRING(net_dualbuf, VNIC_PARAM_STRING XDP_PARAM_STRING DUALBUF_PARAM_STRING);
