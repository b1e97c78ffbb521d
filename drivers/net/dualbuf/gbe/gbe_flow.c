/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_eal.h>

#include "dualbuf_logs.h"
#include "gbe.h"
#include "gbe_flow.h"
#include "gbe_link.h"

/* ethdev's modes, whose order is that of GBE_PAUSE_RX and GBE_PAUSE_TX. */
static enum rte_eth_fc_mode
flow_mode_of(uint32_t directions)
{
	static const enum rte_eth_fc_mode modes[] = {
		[0] = RTE_ETH_FC_NONE,
		[GBE_PAUSE_RX] = RTE_ETH_FC_RX_PAUSE,
		[GBE_PAUSE_TX] = RTE_ETH_FC_TX_PAUSE,
		[GBE_PAUSE_RX | GBE_PAUSE_TX] = RTE_ETH_FC_FULL,
	};

	return modes[directions];
}

static int
flow_directions(const char *name, enum rte_eth_fc_mode mode, uint32_t *directions)
{
	for (*directions = 0; *directions <= (GBE_PAUSE_RX | GBE_PAUSE_TX); ++*directions)
		if (flow_mode_of(*directions) == mode)
			return 0;
	DUALBUF_LOG(ERR,
			"%s: flow control of mode %d is not known; %d (none), %d (rx_pause), %d "
			"(tx_pause) and %d (full) are",
			name, mode, RTE_ETH_FC_NONE, RTE_ETH_FC_RX_PAUSE, RTE_ETH_FC_TX_PAUSE,
			RTE_ETH_FC_FULL);
	return -EINVAL;
}

/* Of a link that is forced to one speed there is nobody to ask. */
static int
flow_check_autoneg(const struct rte_eth_dev *dev, uint8_t autoneg)
{
	if (autoneg == 0 || gbe_link_negotiates(dev))
		return 0;
	DUALBUF_LOG(ERR,
			"%s: flow control with autoneg %u: the link's speed is fixed, and nothing is "
			"negotiated; 0 is allowed",
			dev->device->name, autoneg);
	return -ENOTSUP;
}

int
gbe_flow_get(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf)
{
	const struct gbe_pause *pause = &gbe_of(dev)->pause;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		gbe_link_settle_pause(dev);
	*conf = (struct rte_eth_fc_conf){
		.high_water = pause->conf.high_water,
		.low_water = pause->conf.low_water,
		.pause_time = pause->conf.pause_time,
		.send_xon = pause->conf.send_xon,
		.mode = flow_mode_of(pause->settled ? pause->directions : pause->conf.directions),
		.mac_ctrl_frame_fwd = gbe_of(dev)->mac_control,
		.autoneg = pause->conf.negotiated && gbe_link_negotiates(dev),
	};
	return 0;
}

/* Have a port that runs do it; if it cannot, it is to go on as it was. */
static int
flow_apply(struct rte_eth_dev *dev, const struct gbe_pause_conf *new)
{
	struct gbe_pause *pause = &gbe_of(dev)->pause;
	struct gbe_pause_conf old = pause->conf;
	int ret = 0;

	pthread_mutex_lock(&gbe_of(dev)->link_mutex);
	pause->conf = *new;
	if (gbe_of(dev)->running)
		ret = gbe_link_renew(dev);
	else
		pause->settled = false;
	if (ret != 0)
		pause->conf = old;
	pthread_mutex_unlock(&gbe_of(dev)->link_mutex);
	return ret;
}

int
gbe_flow_set(struct rte_eth_dev *dev, const struct rte_eth_fc_conf *conf)
{
	struct gbe_pause_conf pause = {
		.negotiated = conf->autoneg != 0,
		.high_water = conf->high_water,
		.low_water = conf->low_water,
		.pause_time = conf->pause_time,
		.send_xon = conf->send_xon != 0,
	};
	struct gbe *gbe = gbe_of(dev);
	int ret;

	ret = flow_directions(gbe->hw.name, conf->mode, &pause.directions);
	if (ret == 0)
		ret = flow_check_autoneg(dev, conf->autoneg);
	if (ret == 0)
		ret = gbe_pause_check(&gbe->hw, &pause);
	if (ret == 0)
		ret = flow_apply(dev, &pause);
	if (ret == 0)
		gbe->mac_control = conf->mac_ctrl_frame_fwd != 0;
	return ret;
}
