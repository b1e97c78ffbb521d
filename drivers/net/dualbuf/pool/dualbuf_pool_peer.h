/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_PEER_H_
#define _DUALBUF_POOL_PEER_H_

/*
 * Mempools that a secondary process destroys. EAL tells nobody but that process of it; it tells the primary,
 * which knows what is bound to the mempool, and waits until nothing is.
 */

/* From here on a secondary tells, and the primary listens. Called once in a process. 0 or a negative errno. */
int dualbuf_pool_peer_start(void);

#endif /* _DUALBUF_POOL_PEER_H_ */
