/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_LINK_WATCH_H_
#define _DUALBUF_LINK_WATCH_H_

#include <ethdev_driver.h>

/*
 * Events of a link that nobody tells us of: it is looked at in EAL's alarm thread. Only where the
 * port is configured for such events. Control path.
 */

/* How often it is looked at. */
#define DUALBUF_LINK_WATCH_US 100000

/*
 * Tell of changes from here on: that the link comes up with the start is none. often: look at it now and then;
 * otherwise only as dualbuf_link_look_in() says. 0 or a negative errno.
 */
int dualbuf_link_watch(struct rte_eth_dev *dev, bool often);

/* No event comes any more when this returns, also if there was none to come. */
void dualbuf_link_unwatch(struct rte_eth_dev *dev);

/* Look at the link in so many microseconds, once. */
void dualbuf_link_look_in(struct rte_eth_dev *dev, uint64_t us);

#endif /* _DUALBUF_LINK_WATCH_H_ */
