/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <ethdev_pci.h>
#include <rte_bus_pci.h>
#include <rte_cycles.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_logs.h"
#include "gbe.h"
#include "gbe_devargs.h"
#include "gbe_devices.h"
#include "gbe_ethdev.h"
#include "gbe_intr.h"
#include "gbe_pci.h"

#define GBE_PCI_ID(id, family) { RTE_PCI_DEVICE(GBE_VENDOR_ID, id) },

static const struct rte_pci_id gbe_pci_ids[] = {
	GBE_DEVICE_TABLE(GBE_PCI_ID) /* and the end */
	{ .vendor_id = 0 },
};

/* Map the registers and bring the device to a state from which a port can be started. */
static int
gbe_map(struct rte_pci_device *pci, struct gbe *gbe, struct rte_ether_addr *mac)
{
	struct gbe_hw *hw = &gbe->hw;
	int ret;

	hw->name = pci->device.name;
	hw->family = gbe_family_of(pci->id.device_id);
	hw->delay_us = rte_delay_us_sleep;
	hw->bar = pci->mem_resource[0].addr;
	hw->bar_len = pci->mem_resource[0].len;
	rte_spinlock_init(&hw->counters_lock);
	if (hw->bar == NULL || hw->bar_len < GBE_BAR_MIN_LEN) {
		DUALBUF_LOG(ERR,
				"%s: BAR 0 has %" PRIu64 " bytes, at least %u are required; is the "
				"device bound to vfio-pci or uio_pci_generic?",
				hw->name, hw->bar == NULL ? 0 : hw->bar_len, GBE_BAR_MIN_LEN);
		hw->bar = NULL;
		return -EINVAL;
	}
	if (rte_pci_set_bus_master(pci, true) != 0) {
		DUALBUF_LOG(ERR, "%s: cannot make it a bus master", hw->name);
		return -EIO;
	}
	ret = gbe_reset(hw);
	if (ret != 0)
		return ret;
	if (hw->family->check != NULL)
		ret = hw->family->check(hw);
	if (ret != 0)
		return ret;
	if (hw->family->untried != NULL)
		DUALBUF_LOG(WARNING,
				"%s: this driver has been written for the %s from its datasheet, and "
				"has not run on one yet",
				hw->name, hw->family->untried);
	ret = gbe_read_mac(hw, mac);
	if (ret == 0)
		gbe_init(hw);
	gbe->pause.conf = gbe_pause_default(hw->family);
	return ret;
}

/* Make the port of a device that is mapped; the data is the port's from here on. */
static int
gbe_create_port(struct rte_pci_device *pci, struct gbe *gbe, const struct dualbuf_args *args,
		const struct rte_ether_addr *mac)
{
	struct rte_eth_dev *dev;
	int ret;

	dev = rte_eth_dev_pci_allocate(pci, sizeof(struct dualbuf_port));
	if (dev == NULL)
		return -ENOMEM;
	ret = dualbuf_port_init(dev, gbe_device_of(gbe->hw.family), gbe, args, mac);
	if (ret != 0) {
		rte_eth_dev_release_port(dev);
		return ret;
	}
	if (gbe_intr_is_possible(gbe->hw.family, rte_intr_type_get(pci->intr_handle)))
		dev->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	dev->intr_handle = pci->intr_handle;
	rte_eth_dev_probing_finish(dev);
	return 0;
}

static int
gbe_probe_primary(struct rte_pci_device *pci, const struct gbe_devargs *devargs)
{
	struct rte_ether_addr mac;
	struct gbe *gbe;
	int ret;

	gbe = rte_zmalloc("gbe", sizeof(*gbe), RTE_CACHE_LINE_SIZE);
	if (gbe == NULL)
		return -ENOMEM;
	ret = rte_pci_map_device(pci);
	if (ret != 0) {
		DUALBUF_LOG(ERR,
				"%s: cannot map the device; is it bound to vfio-pci or "
				"uio_pci_generic?",
				pci->device.name);
		rte_free(gbe);
		return ret < 0 ? ret : -ENODEV;
	}
	pthread_mutex_init(&gbe->link_mutex, NULL);
	ret = gbe_map(pci, gbe, &mac);
	if (ret == 0)
		ret = gbe_create_port(pci, gbe, &devargs->args, &mac);
	if (ret != 0)
		gbe_shut(pci, gbe);
	return ret;
}

/*
 * Map the registers where the primary process has them, as EAL does or fails: the doorbells of queues are
 * addresses that hold in both.
 */
static int
gbe_map_secondary(struct rte_pci_device *pci, const struct gbe *gbe)
{
	int ret = rte_pci_map_device(pci);

	if (ret != 0) {
		DUALBUF_LOG(ERR, "%s: cannot map the device's registers here", pci->device.name);
		return ret < 0 ? ret : -ENODEV;
	}
	if (pci->mem_resource[0].addr == gbe->hw.bar)
		return 0;
	DUALBUF_LOG(ERR,
			"%s: the device's registers are at %p here, and at %p in the primary process; "
			"the same addresses (--base-virtaddr) are required",
			pci->device.name, pci->mem_resource[0].addr, gbe->hw.bar);
	rte_pci_unmap_device(pci);
	return -EFAULT;
}

static int
gbe_probe_secondary(struct rte_pci_device *pci)
{
	struct rte_eth_dev *dev = rte_eth_dev_attach_secondary(pci->device.name);
	int ret;

	if (dev == NULL)
		return 1; /* another driver's in the primary process */
	ret = gbe_map_secondary(pci, gbe_of(dev));
	if (ret != 0) {
		rte_eth_dev_release_port(dev);
		return ret;
	}
	dev->device = &pci->device;
	dualbuf_port_attach(dev, gbe_device_of(gbe_family_of(pci->id.device_id)));
	rte_eth_dev_probing_finish(dev);
	return 0;
}

/*
 * A controller that nobody chose this driver for is left to others: it is not even mapped, which
 * is why the driver does not let the bus do that before it is asked.
 */
static int
gbe_probe(struct rte_pci_driver *driver __rte_unused, struct rte_pci_device *pci)
{
	struct gbe_devargs args;
	int ret;

	ret = gbe_devargs_parse(pci->device.devargs, &args);
	if (ret != 0)
		return ret;
	if (!args.chosen)
		return 1;
	ret = dualbuf_pool_register();
	if (ret != 0)
		return ret;
	return rte_eal_process_type() == RTE_PROC_PRIMARY ? gbe_probe_primary(pci, &args) :
							    gbe_probe_secondary(pci);
}

static int
gbe_remove(struct rte_pci_device *pci)
{
	struct rte_eth_dev *dev = rte_eth_dev_allocated(pci->device.name);

	/* a secondary finds it by name also when it has closed it, as long as the primary has it */
	if (dev == NULL || !dualbuf_is_port(dev))
		return 0;
	dualbuf_dev_close(dev);
	return rte_eth_dev_release_port(dev);
}

struct rte_pci_driver gbe_driver = {
	.id_table = gbe_pci_ids,
	.probe = gbe_probe,
	.remove = gbe_remove,
};

RTE_PMD_REGISTER_PCI(net_dualbuf_gbe, gbe_driver);
RTE_PMD_REGISTER_PCI_TABLE(net_dualbuf_gbe, gbe_pci_ids);
RTE_PMD_REGISTER_KMOD_DEP(net_dualbuf_gbe, "* vfio-pci | uio_pci_generic");
RTE_PMD_REGISTER_PARAM_STRING(net_dualbuf_gbe, GBE_PARAM_STRING);
