/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_bitops.h>

#include "dualbuf_logs.h"
#include "gbe.h"
#include "gbe_intr.h"
#include "gbe_link.h"

/* Two PHYs have agreed by then, or never will. */
#define GBE_LINK_PATIENCE_MS 9000

int
gbe_link_mode(uint32_t speeds, struct gbe_phy_mode *mode)
{
	static const struct {
		uint32_t speed;
		uint32_t mode;
	} modes[] = {
		{ RTE_ETH_LINK_SPEED_10M_HD, GBE_LINK_10_HALF },
		{ RTE_ETH_LINK_SPEED_10M, GBE_LINK_10_FULL },
		{ RTE_ETH_LINK_SPEED_100M_HD, GBE_LINK_100_HALF },
		{ RTE_ETH_LINK_SPEED_100M, GBE_LINK_100_FULL },
		{ RTE_ETH_LINK_SPEED_1G, GBE_LINK_1000_FULL },
	};
	bool fixed = (speeds & RTE_ETH_LINK_SPEED_FIXED) != 0;
	uint32_t left = speeds & ~RTE_ETH_LINK_SPEED_FIXED;
	unsigned int i;

	*mode = (struct gbe_phy_mode){ .offered = speeds == 0 ? GBE_LINK_ALL : 0 };
	for (i = 0; i < RTE_DIM(modes); i++) {
		if (left & modes[i].speed)
			mode->offered |= modes[i].mode;
		left &= ~modes[i].speed;
	}
	if (left != 0 || mode->offered == 0 || (fixed && !rte_is_power_of_2(mode->offered)))
		return -EINVAL;
	/* a link of 1 Gb/s is negotiated always (IEEE 802.3, 40.5): it is the only one that is offered */
	mode->forced = fixed && mode->offered != GBE_LINK_1000_FULL;
	return 0;
}

int
gbe_link_configure(const struct rte_eth_dev *dev)
{
	uint32_t speeds = dev->data->dev_conf.link_speeds;
	struct gbe_phy_mode mode;

	if (gbe_link_mode(speeds, &mode) == 0)
		return 0;
	DUALBUF_LOG(ERR,
			"%s: link speeds %#x are not supported; 0 for all, any of 10 and 100 Mb/s with half "
			"and full duplex and 1 Gb/s, or one of these with RTE_ETH_LINK_SPEED_FIXED are",
			dev->device->name, speeds);
	return -EINVAL;
}

bool
gbe_link_negotiates(const struct rte_eth_dev *dev)
{
	struct gbe_phy_mode mode;

	return gbe_link_mode(dev->data->dev_conf.link_speeds, &mode) == 0 && !mode.forced;
}

static int
link_make(struct rte_eth_dev *dev)
{
	struct gbe *gbe = gbe_of(dev);
	struct gbe_phy_mode mode;
	int ret;

	ret = gbe_link_mode(dev->data->dev_conf.link_speeds, &mode);
	if (ret != 0)
		return ret;
	mode.pause = gbe_pause_offer(gbe->pause.conf.directions);
	mode.off = gbe->link_off;
	return gbe_phy_set_mode(&gbe->hw, &mode);
}

/* A PHY that cannot be reached makes its link all the same, unless something was asked of it. */
int
gbe_link_start(struct rte_eth_dev *dev)
{
	struct gbe *gbe = gbe_of(dev);
	int ret;

	__atomic_store_n(&gbe->link_off, false, __ATOMIC_RELAXED);
	gbe_pause_start(&gbe->hw, &gbe->pause);
	ret = link_make(dev);
	return dev->data->dev_conf.link_speeds == RTE_ETH_LINK_SPEED_AUTONEG ? 0 : ret;
}

int
gbe_link_renew(struct rte_eth_dev *dev)
{
	int ret = link_make(dev);

	if (ret == 0)
		gbe_pause_start(&gbe_of(dev)->hw, &gbe_of(dev)->pause);
	return ret;
}

/* The link's speed and duplex, as far as the port has not been told to have none. */
static uint32_t
link_speed(const struct gbe *gbe, bool *full_duplex)
{
	*full_duplex = false;
	return __atomic_load_n(&gbe->link_off, __ATOMIC_RELAXED) ?
			0 :
			gbe_link_speed(&gbe->hw, full_duplex);
}

void
gbe_link_settle_pause(struct rte_eth_dev *dev)
{
	struct gbe_pause_link link = { .negotiated = gbe_link_negotiates(dev) };
	struct gbe *gbe = gbe_of(dev);

	pthread_mutex_lock(&gbe->link_mutex);
	if (gbe->running) {
		link.speed = link_speed(gbe, &link.full_duplex);
		gbe_pause_follow(&gbe->hw, &gbe->pause, &link);
	}
	pthread_mutex_unlock(&gbe->link_mutex);
}

void
gbe_link(struct rte_eth_dev *dev, struct rte_eth_link *link)
{
	bool full_duplex;

	gbe_link_settle_pause(dev);
	link->link_speed = link_speed(gbe_of(dev), &full_duplex);
	link->link_autoneg = dev->data->dev_conf.link_speeds & RTE_ETH_LINK_SPEED_FIXED ?
			RTE_ETH_LINK_FIXED :
			RTE_ETH_LINK_AUTONEG;
	link->link_duplex = full_duplex ? RTE_ETH_LINK_FULL_DUPLEX : RTE_ETH_LINK_HALF_DUPLEX;
	link->link_status = link->link_speed != 0 ? RTE_ETH_LINK_UP : RTE_ETH_LINK_DOWN;
	if (link->link_status == RTE_ETH_LINK_DOWN)
		link->link_duplex = RTE_ETH_LINK_HALF_DUPLEX;
}

uint32_t
gbe_link_patience_ms(const struct rte_eth_dev *dev)
{
	const struct gbe *gbe = gbe_of(dev);

	return gbe->running && !gbe->link_off && gbe_is_present(&gbe->hw) ? GBE_LINK_PATIENCE_MS :
									    0;
}

/*
 * The port's own word goes before the register's: a PHY takes its time. The interrupt is asked for at once,
 * since one that comes when the PHY has done it finds nothing new.
 */
int
gbe_link_set(struct rte_eth_dev *dev, bool up)
{
	struct gbe *gbe = gbe_of(dev);
	int ret;

	if (!gbe->running || gbe->link_off != up)
		return 0;
	pthread_mutex_lock(&gbe->link_mutex);
	ret = gbe_phy_power(&gbe->hw, up);
	pthread_mutex_unlock(&gbe->link_mutex);
	if (ret != 0)
		return ret;
	__atomic_store_n(&gbe->link_off, !up, __ATOMIC_RELAXED);
	gbe_intr_ask_link(dev, &gbe->hw);
	return 0;
}
