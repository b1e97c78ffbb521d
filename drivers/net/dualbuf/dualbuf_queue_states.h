/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_QUEUE_STATES_H_
#define _DUALBUF_QUEUE_STATES_H_

/* The queues of a port: start and stop, of all with the port and of one alone. Control path. */

#include <ethdev_driver.h>

/* Can all queues be started? 0, or -EINVAL with a line that names one that is not set up. */
int dualbuf_queues_check(const struct rte_eth_dev *dev);

/*
 * Bring the queues, but for those of a deferred start, to the beginning of their rings and tell the
 * device of them, one after the other, as dualbuf_device.h has it; and the other way round. 0 or a
 * negative errno.
 */
int dualbuf_queues_start(struct rte_eth_dev *dev);
void dualbuf_queues_stop(struct rte_eth_dev *dev);

/* Free what is left in the rings of a device that is quiet: parts of packets, and mbufs to be sent. */
void dualbuf_queues_empty(struct rte_eth_dev *dev);

/*
 * The eth_dev_ops of one queue while the port runs. No thread receives from it, or sends on it, while it
 * stops or starts; the others go on. Stopped, it gives no packet and takes none. 0 or a negative errno.
 */
int dualbuf_rx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id);
int dualbuf_rx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id);
int dualbuf_tx_queue_start(struct rte_eth_dev *dev, uint16_t queue_id);
int dualbuf_tx_queue_stop(struct rte_eth_dev *dev, uint16_t queue_id);

#endif /* _DUALBUF_QUEUE_STATES_H_ */
