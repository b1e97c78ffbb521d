/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RXQ_UTIL_H_
#define _RXQ_UTIL_H_

/* The driver's receive queue behind a port, for tests that look into its ring. */

#include <ethdev_driver.h>

#include "dualbuf_ethdev.h"
#include "vnic_model.h"

static inline struct dualbuf_rxq *
rxq_of(uint16_t port, uint16_t queue)
{
	return rte_eth_devices[port].data->rx_queues[queue];
}

#endif /* _RXQ_UTIL_H_ */
