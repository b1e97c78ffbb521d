/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Flow control, as an application sets and sees it. */

#include <rte_ethdev.h>

#include "commands.h"

int
do_flow(const struct words *words)
{
	uint16_t port = argument(words, 1);
	struct rte_eth_fc_conf conf;
	int ret = rte_eth_dev_flow_ctrl_get(port, &conf);

	if (ret == 0 && words->nb > 2) {
		conf.mode = number_of(words, "mode", conf.mode);
		conf.autoneg = number_of(words, "autoneg", conf.autoneg);
		conf.high_water = number_of(words, "high", conf.high_water);
		conf.low_water = number_of(words, "low", conf.low_water);
		conf.pause_time = number_of(words, "time", conf.pause_time);
		conf.send_xon = number_of(words, "xon", conf.send_xon);
		conf.mac_ctrl_frame_fwd = number_of(words, "control", conf.mac_ctrl_frame_fwd);
		ret = rte_eth_dev_flow_ctrl_set(port, &conf);
	}
	return ret != 0 ? say_failed("flow", ret) :
			  say_ok("mode=%u autoneg=%u high=%u low=%u time=%u xon=%u control=%u",
					  conf.mode, conf.autoneg, conf.high_water, conf.low_water,
					  conf.pause_time, conf.send_xon, conf.mac_ctrl_frame_fwd);
}
