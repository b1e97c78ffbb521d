/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_FLOW_H_
#define _GBE_FLOW_H_

/* Flow control, as struct dualbuf_device asks for it. */

#include <ethdev_driver.h>

/*
 * The mode in force, once the link has been made; before, the one that is asked for. In any process: others
 * than the primary see what that one saw last.
 */
int gbe_flow_get(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf);

/* Ask for another, now or from the next start on. 0, or a negative errno and all is as it was. */
int gbe_flow_set(struct rte_eth_dev *dev, const struct rte_eth_fc_conf *conf);

#endif /* _GBE_FLOW_H_ */
