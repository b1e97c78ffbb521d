/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_LINK_H_
#define _GBE_LINK_H_

/* The link of a controller, as struct dualbuf_device asks for it. */

#include <ethdev_driver.h>

#include "gbe_phy.h"

/* The PHY's mode for RTE_ETH_LINK_SPEED_*. -EINVAL, with nothing logged, for what it cannot do. */
int gbe_link_mode(uint32_t speeds, struct gbe_phy_mode *mode);

/* Are the port's configured speeds possible? 0, or -EINVAL with a line in the log. */
int gbe_link_configure(const struct rte_eth_dev *dev);

/* Have the link made as it was configured, on a device that was initialized. 0 or a negative errno. */
int gbe_link_start(struct rte_eth_dev *dev);

/*
 * The same on a port that runs, for what may be negotiated otherwise now. A link that was set down stays so. The
 * caller has the link's mutex. 0 or a negative errno.
 */
int gbe_link_renew(struct rte_eth_dev *dev);

/* Settle which pauses are in force, by the link as it is now. Any thread of the primary process. */
void gbe_link_settle_pause(struct rte_eth_dev *dev);

/* Is the link, as it is configured, made by negotiation? */
bool gbe_link_negotiates(const struct rte_eth_dev *dev);

void gbe_link(struct rte_eth_dev *dev, struct rte_eth_link *link);
uint32_t gbe_link_patience_ms(const struct rte_eth_dev *dev);
int gbe_link_set(struct rte_eth_dev *dev, bool up);

#endif /* _GBE_LINK_H_ */
