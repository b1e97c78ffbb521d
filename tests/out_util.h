/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _OUT_UTIL_H_
#define _OUT_UTIL_H_

/* Ports that send to a file of their own. */

#include "packet_util.h"

static inline const char *
out(void)
{
	return capture_name("out.pcap");
}

static inline uint16_t
plug_out(void)
{
	return vdev_plug("tx_pcap=%s", out());
}

static inline void
fill(struct batch *batch, struct rte_mempool *mp, unsigned int nb)
{
	uint8_t bytes[60] = { 0 };
	const struct packet packet = { .len = sizeof(bytes), .data = bytes };

	while (batch->nb < nb)
		batch_add(batch, mbuf_of(mp, &packet, UINT32_MAX));
}

#endif /* _OUT_UTIL_H_ */
