/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_H_
#define _GBE_H_

#include <pthread.h>

#include "dualbuf_port.h"
#include "gbe_hw.h"
#include "gbe_pause.h"

/* One controller. */
struct gbe {
	struct gbe_hw hw;
	uint32_t rx_buf_size; /* of all receive queues */
	struct gbe_pause pause;
	/*
	 * Who reads or changes the PHY, CTRL or what is in force of pauses while the port runs: others may ask
	 * for its link. In the primary process.
	 */
	pthread_mutex_t link_mutex;
	bool running; /* others may look, under the mutex */
	bool mac_control; /* frames of MAC control are received */
	bool link_off; /* by the application; any thread may read */
};

static inline struct gbe *
gbe_of(const struct rte_eth_dev *dev)
{
	return dualbuf_port(dev)->device_port;
}

#endif /* _GBE_H_ */
