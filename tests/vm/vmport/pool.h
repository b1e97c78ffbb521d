/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VMPORT_POOL_H_
#define _VMPORT_POOL_H_

/* The one mempool, of which everything is sent and received. */

#include <rte_mempool.h>

extern struct rte_mempool *pool;

#endif /* _VMPORT_POOL_H_ */
