/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <bus_driver.h>
#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <rte_dev.h>

#include "dualbuf_compat.h"
#include "dualbuf_logs.h"
#include "gbe_devargs.h"
#include "gbe_pci.h"

/*
 * A driver is only called for devices that it gets. This looks at those that it was asked for and did
 * not get, since somebody has to tell the user why.
 */

/* Say so if a device was chosen for this driver, but another one has it. */
static bool
device_was_lost(const struct rte_device *dev, const struct rte_driver *driver)
{
	struct gbe_devargs args;

	if (driver == NULL || driver == &gbe_driver.driver ||
			gbe_devargs_parse(dev->devargs, &args) != 0 || !args.chosen)
		return false;
	DUALBUF_LOG(ERR,
			"%s: " GBE_DRIVER_ARG "=" GBE_DRIVER_NAME " was asked for, but driver %s "
			"came first and has the device; load this driver before it, with -d",
			dev->name, driver->name);
	return true;
}

static int
watch_new_port(uint16_t port_id, enum rte_eth_event_type event __rte_unused, void *arg __rte_unused,
		void *ret __rte_unused)
{
	const struct rte_device *dev = rte_eth_devices[port_id].device;

	/* The bus notes the driver before it probes. */
	if (dev != NULL && dev->bus != NULL && strcmp(dev->bus->name, "pci") == 0)
		device_was_lost(dev, DUALBUF_PCI_DRIVER(dev));
	return 0;
}

/*
 * EAL never asks the second driver of a device, so nobody would notice that it was passed over. A
 * bus is asked, whatever happened on the others: this one has no devices, comes after the PCI bus,
 * since the library it is in depends on that one's, and looks at what became of PCI devices.
 */
static int
watch_scan(void)
{
	return 0;
}

static int
watch_probe(DUALBUF_BUS_PROBE_ARGS)
{
	struct rte_dev_iterator it;
	struct rte_device *dev;
	bool lost = false;

	RTE_DEV_FOREACH(dev, "bus=pci", &it)
	lost |= device_was_lost(dev, dev->driver);
	rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_NEW, watch_new_port, NULL);
	return lost ? -EBUSY : 0;
}

static struct rte_device *
watch_find_device(DUALBUF_BUS_FIND_ARGS const struct rte_device *start __rte_unused,
		rte_dev_cmp_t cmp __rte_unused, const void *data __rte_unused)
{
	return NULL;
}

static struct rte_bus dualbuf_watch_bus = {
	.scan = watch_scan,
	.probe = watch_probe,
	.find_device = watch_find_device,
};

RTE_REGISTER_BUS(dualbuf_watch, dualbuf_watch_bus);
