/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _RTE_PMD_DUALBUF_H_
#define _RTE_PMD_DUALBUF_H_

/**
 * @file
 * Functions of net_dualbuf for applications beyond ethdev: deferred copies.
 *
 * A port with the device argument copy=deferred copies nothing on its receive path. When none of a
 * descriptor's other buffers is home, the packet goes up in the descriptor's last buffer, as a
 * *loan*; the descriptor waits, and is armed by the receiving thread's next burst after one of its
 * buffers came home. Somebody else, the protocol driver of the claims 5 and 6, is to *settle* loans
 * soon: to copy them and so give the buffers back. A loan that is simply freed is settled, too.
 */

#include <stdint.h>

#include <rte_compat.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The buffers of one receive queue, as they are now. */
struct rte_pmd_dualbuf_queue_state {
	uint32_t nb_desc; /**< descriptors of the ring */
	uint32_t bound; /**< buffers that are bound to them */
	uint32_t home; /**< of these, those that are not with the application */
	uint32_t out; /**< of these, those that are */
	uint32_t waiting; /**< descriptors with no buffer home to be armed with */
	uint64_t loans; /**< loans made by this queue and those before it, since a reset */
};

/**
 * @warning
 * @b EXPERIMENTAL: this API may change without prior notice.
 *
 * Is a packet a loan, in whole or in one of its segments? The mark stays until the mbuf is freed or
 * settled, even if another buffer of the descriptor has come home meanwhile.
 *
 * Any thread that owns the packet.
 *
 * @param m
 *   The packet.
 * @return
 *   1 if it went up in the last buffer of a descriptor, 0 if not.
 */
__rte_experimental int rte_pmd_dualbuf_is_loan(const struct rte_mbuf *m);

/**
 * @warning
 * @b EXPERIMENTAL: this API may change without prior notice.
 *
 * Settle the loans among some packets: each is copied, with all that the mbuf says of it, and
 * freed, so that its buffer comes home. The copy takes its place in the array; packets that are
 * no loans stay as they are. Order is kept.
 *
 * Any thread that owns the packets, on any lcore or none.
 *
 * @param pkts
 *   The packets. They stay the caller's, as their copies do.
 * @param nb_pkts
 *   How many there are.
 * @param pool
 *   Where the copies come from.
 * @return
 *   How many loans are left: those for which the pool had no mbufs. They are still good packets,
 *   and can be settled later.
 */
__rte_experimental uint16_t rte_pmd_dualbuf_copy_loans(
		struct rte_mbuf **pkts, uint16_t nb_pkts, struct rte_mempool *pool);

/**
 * @warning
 * @b EXPERIMENTAL: this API may change without prior notice.
 *
 * Look at a receive queue's buffers. The figures are read while others work, and are exact only
 * when nobody does. Any thread of any process; walks all buffers, so not for every packet.
 *
 * @param port_id
 *   A port of this driver.
 * @param queue_id
 *   A receive queue that is set up.
 * @param state
 *   Where to put it.
 * @return
 *   0; -ENODEV for a port that is not there or is another driver's; -EINVAL for a queue that is not
 *   set up, or no place to put it.
 */
__rte_experimental int rte_pmd_dualbuf_queue_state(
		uint16_t port_id, uint16_t queue_id, struct rte_pmd_dualbuf_queue_state *state);

#ifdef __cplusplus
}
#endif

#endif /* _RTE_PMD_DUALBUF_H_ */
