/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_H_
#define _GBE_H_

#include "dualbuf_port.h"
#include "gbe_hw.h"

/* One controller. */
struct gbe {
	struct gbe_hw hw;
	uint32_t rx_buf_size; /* of all receive queues */
	bool running;
	bool link_off; /* by the application; any thread may read */
};

static inline struct gbe *
gbe_of(const struct rte_eth_dev *dev)
{
	return dualbuf_port(dev)->device_port;
}

#endif /* _GBE_H_ */
