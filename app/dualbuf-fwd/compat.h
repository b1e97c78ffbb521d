/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_COMPAT_H_
#define _FWD_COMPAT_H_

/*
 * Differences between the releases of DPDK that this program builds for, 22.11 and all since. Each
 * entry says which release made the difference: when support for those before it ends, the entry goes.
 */

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_pcapng.h>
#include <rte_version.h>

/*
 * Since 23.11 rte_pcapng_copy() is not told the time of a packet any more. It notes the cycles of the
 * copying in the block's time, of which rte_pcapng_write_packets() makes a time: until then the block
 * may have other cycles. Before, it made a time of the cycles that it was given.
 */
static inline struct rte_mbuf *
pcapng_copy_at(uint16_t port, const struct rte_mbuf *pkt, struct rte_mempool *pool, uint32_t length,
		uint64_t cycles)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	struct rte_mbuf *copy =
			rte_pcapng_copy(port, 0, pkt, pool, length, RTE_PCAPNG_DIRECTION_IN, NULL);
	uint32_t *block;

	if (copy != NULL) {
		/* its type, length and interface come first */
		block = rte_pktmbuf_mtod(copy, uint32_t *);
		block[3] = cycles >> 32;
		block[4] = (uint32_t)cycles;
	}
	return copy;
#else
	return rte_pcapng_copy(port, 0, pkt, pool, length, cycles, RTE_PCAPNG_DIRECTION_IN);
#endif
}

/*
 * Before 23.11 rte_pcapng learns how to tell time when it makes its first copy, and gets it wrong for
 * ever if that packet's time is before that moment. So the first copy is of a packet of the future.
 * Since then it learns that when the file is opened.
 */
static inline void
pcapng_teach_time(struct rte_mempool *pool)
{
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
	struct rte_mbuf *pkt = rte_pktmbuf_alloc(pool);

	if (pkt == NULL)
		return;
	rte_pktmbuf_free(pcapng_copy_at(
			0, pkt, pool, 0, rte_get_tsc_cycles() + rte_get_tsc_hz() / 2));
	rte_pktmbuf_free(pkt);
#else
	(void)pool;
#endif
}

/*
 * Since 23.11 the interfaces of a file have to be added, and since 25.11 with their link type; before,
 * rte_pcapng_fdopen() added all ports. Less than 0: it failed, and errno may say why.
 */
static inline ssize_t
pcapng_add_port(rte_pcapng_t *file, uint16_t port)
{
#if RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0)
	return rte_pcapng_add_interface(file, port, DLT_EN10MB, NULL, NULL, NULL);
#elif RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	return rte_pcapng_add_interface(file, port, NULL, NULL, NULL);
#else
	(void)file;
	(void)port;
	return 0;
#endif
}

/* Since 23.11 rte_pcapng_write_stats() is not told when the capture began and ended. */
static inline ssize_t
pcapng_write_counters(rte_pcapng_t *file, uint16_t port, uint64_t received, uint64_t missed)
{
#if RTE_VERSION >= RTE_VERSION_NUM(23, 11, 0, 0)
	return rte_pcapng_write_stats(file, port, received, missed, NULL);
#else
	return rte_pcapng_write_stats(file, port, NULL, 0, 0, received, missed);
#endif
}

#endif /* _FWD_COMPAT_H_ */
