/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_FLOW_H_
#define _FWD_FLOW_H_

#include <rte_mbuf.h>

/*
 * A number that is the same for all packets of a flow: the NIC's RSS hash if there is one, else
 * a hash of addresses, protocol and ports; of addresses and protocol for fragments, of which only
 * the first has ports; of the MAC addresses for what is not IP.
 */
uint32_t flow_hash(const struct rte_mbuf *m);

#endif /* _FWD_FLOW_H_ */
