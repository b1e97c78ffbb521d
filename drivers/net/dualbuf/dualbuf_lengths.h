/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_LENGTHS_H_
#define _DUALBUF_LENGTHS_H_

/* How long a port's packets may be, by its MTU and its buffers. Control path. */

#include <stdbool.h>
#include <stdint.h>

struct rte_eth_dev;

/* Will a frame of that MTU's size need more than one buffer, in some queue? Those that are set up count. */
bool dualbuf_lengths_need_scatter(const struct rte_eth_dev *dev, uint16_t mtu);

/*
 * Settle whether packets may take several buffers, which they may if that was asked for or if the MTU asks for
 * it. When a port starts, after the device has: it may choose the size of the buffers.
 */
void dualbuf_lengths_settle(struct rte_eth_dev *dev);

/* The longest packets, in bytes, that queues are to let pass; UINT32_MAX for no limit. */
uint32_t dualbuf_lengths_rx(const struct rte_eth_dev *dev);
uint32_t dualbuf_lengths_tx(const struct rte_eth_dev *dev);

/* Tell queues that run of another MTU. */
void dualbuf_lengths_apply(struct rte_eth_dev *dev);

#endif /* _DUALBUF_LENGTHS_H_ */
