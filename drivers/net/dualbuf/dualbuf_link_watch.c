/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_alarm.h>

#include "dualbuf_link_watch.h"
#include "dualbuf_logs.h"
#include "dualbuf_port.h"

/*
 * Runs in EAL's alarm thread. The application is called last: it may stop the port and close it, after
 * which there is nothing left to touch.
 */
static void
link_look(void *arg)
{
	struct rte_eth_dev *dev = arg;
	struct dualbuf_port *port = dualbuf_port(dev);
	struct rte_eth_link link = { 0 };

	dualbuf_device(dev)->link(dev, &link);
	rte_eth_linkstatus_set(dev, &link);
	if (link.link_status == port->told_link)
		return;
	port->told_link = link.link_status;
	rte_eth_dev_callback_process(dev, RTE_ETH_EVENT_INTR_LSC, NULL);
}

/* The next alarm is set first, so that a stop in the event's callback cancels it. */
static void
link_look_often(void *dev)
{
	if (rte_eal_alarm_set(DUALBUF_LINK_WATCH_US, link_look_often, dev) != 0)
		DUALBUF_LOG(ERR, "no alarm to watch the link with");
	link_look(dev);
}

int
dualbuf_link_watch(struct rte_eth_dev *dev, bool often)
{
	struct rte_eth_link link = { 0 };
	int ret = 0;

	if (!dev->data->dev_conf.intr_conf.lsc)
		return 0;
	dualbuf_device(dev)->link(dev, &link);
	dualbuf_port(dev)->told_link = link.link_status;
	if (often)
		ret = rte_eal_alarm_set(DUALBUF_LINK_WATCH_US, link_look_often, dev);
	if (ret != 0)
		DUALBUF_LOG(ERR, "no alarm to watch the link with: %s", strerror(-ret));
	return ret;
}

void
dualbuf_link_unwatch(struct rte_eth_dev *dev)
{
	rte_eal_alarm_cancel(link_look_often, dev);
	rte_eal_alarm_cancel(link_look, dev);
}

void
dualbuf_link_look_in(struct rte_eth_dev *dev, uint64_t us)
{
	if (dev->data->dev_conf.intr_conf.lsc && rte_eal_alarm_set(us, link_look, dev) != 0)
		DUALBUF_LOG(ERR, "no alarm to tell of the link with");
}
