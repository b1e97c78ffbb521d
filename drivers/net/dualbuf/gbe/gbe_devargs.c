/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>

#include <bus_driver.h>
#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <rte_bus_pci.h>
#include <rte_dev.h>
#include <rte_kvargs.h>

#include "dualbuf_logs.h"
#include "gbe_devargs.h"

/* Those of this driver's arguments that every device takes. */
static const char *const common_names[] = {
	DUALBUF_ARG_BUFFERS,
	DUALBUF_ARG_COPY,
	DUALBUF_ARG_INTR_US,
	DUALBUF_ARG_BURST,
};

static int
take_common(const char *name, const char *value, void *opaque)
{
	return dualbuf_args_take(name, value, opaque);
}

static int
is_our_name(const char *name __rte_unused, const char *value, void *opaque)
{
	bool *chosen = opaque;

	*chosen |= value != NULL && strcmp(value, GBE_DRIVER_NAME) == 0;
	return 0;
}

static int
choice_check_once(const struct rte_kvargs *kvargs, const char *name)
{
	if (rte_kvargs_count(kvargs, name) <= 1)
		return 0;
	DUALBUF_LOG(ERR, "%s: is given twice; only once is allowed", name);
	return -EINVAL;
}

static int
choice_take(const struct rte_kvargs *kvargs, const char *name, struct gbe_devargs *choice)
{
	int ret = choice_check_once(kvargs, name);

	if (ret == 0)
		ret = rte_kvargs_process(kvargs, name, take_common, &choice->args);
	return ret;
}

/* The arguments of a device that was chosen for this driver must all be its own. */
static int
choice_read(const char *text, struct gbe_devargs *choice)
{
	static const char *const names[] = { GBE_DRIVER_ARG, DUALBUF_ARG_BUFFERS, DUALBUF_ARG_COPY,
		DUALBUF_ARG_INTR_US, DUALBUF_ARG_BURST, NULL };
	struct rte_kvargs *kvargs = rte_kvargs_parse(text, names);
	unsigned int i;
	int ret;

	if (kvargs == NULL) {
		DUALBUF_LOG(ERR, "devargs \"%s\": allowed are " GBE_PARAM_STRING, text);
		return -EINVAL;
	}
	ret = choice_check_once(kvargs, GBE_DRIVER_ARG);
	for (i = 0; i < RTE_DIM(common_names) && ret == 0; i++)
		ret = choice_take(kvargs, common_names[i], choice);
	rte_kvargs_free(kvargs);
	return ret == 0 ? 0 : -EINVAL;
}

int
gbe_devargs_parse(const struct rte_devargs *devargs, struct gbe_devargs *choice)
{
	const char *text = devargs == NULL || devargs->args == NULL ? "" : devargs->args;
	struct rte_kvargs *kvargs = rte_kvargs_parse(text, NULL);

	*choice = (struct gbe_devargs){ .args = dualbuf_default_args };
	if (kvargs == NULL)
		return 0;
	rte_kvargs_process(kvargs, GBE_DRIVER_ARG, is_our_name, &choice->chosen);
	rte_kvargs_free(kvargs);
	return choice->chosen ? choice_read(text, choice) : 0;
}

/* Say so if a device was chosen for this driver, but another one has it. */
static bool
choice_was_lost(const struct rte_device *dev, const struct rte_driver *driver)
{
	struct gbe_devargs choice;

	if (driver == NULL || driver == &gbe_driver.driver ||
			gbe_devargs_parse(dev->devargs, &choice) != 0 || !choice.chosen)
		return false;
	DUALBUF_LOG(ERR,
			"%s: " GBE_DRIVER_ARG "=" GBE_DRIVER_NAME " was asked for, but driver %s "
			"came first and has the device; load this driver before it, with -d",
			dev->name, driver->name);
	return true;
}

static int
choice_on_new_port(uint16_t port_id, enum rte_eth_event_type event __rte_unused,
		void *arg __rte_unused, void *ret __rte_unused)
{
	const struct rte_device *dev = rte_eth_devices[port_id].device;

	/* The bus notes the driver in its own part of the device before it probes. */
	if (dev != NULL && dev->bus != NULL && strcmp(dev->bus->name, "pci") == 0 &&
			RTE_DEV_TO_PCI_CONST(dev)->driver != NULL)
		choice_was_lost(dev, &RTE_DEV_TO_PCI_CONST(dev)->driver->driver);
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
watch_probe(void)
{
	struct rte_dev_iterator it;
	struct rte_device *dev;
	bool lost = false;

	RTE_DEV_FOREACH(dev, "bus=pci", &it)
	lost |= choice_was_lost(dev, dev->driver);
	rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_NEW, choice_on_new_port, NULL);
	return lost ? -EBUSY : 0;
}

static struct rte_device *
watch_find_device(const struct rte_device *start __rte_unused, rte_dev_cmp_t cmp __rte_unused,
		const void *data __rte_unused)
{
	return NULL;
}

static struct rte_bus dualbuf_watch_bus = {
	.scan = watch_scan,
	.probe = watch_probe,
	.find_device = watch_find_device,
};

RTE_REGISTER_BUS(dualbuf_watch, dualbuf_watch_bus);
