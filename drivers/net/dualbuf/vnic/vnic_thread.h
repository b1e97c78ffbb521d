/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_THREAD_H_
#define _VNIC_THREAD_H_

#include <ethdev_driver.h>

/* Start and end the thread that steps the model's receive half. 0 or a negative errno. */
int vnic_thread_start(struct rte_eth_dev *dev);
void vnic_thread_stop(struct rte_eth_dev *dev);

#endif /* _VNIC_THREAD_H_ */
