/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rte_common.h>

#include "dualbuf_logs.h"
#include "xdp_umem.h"

/* Where a pool's memory begins and ends. */
struct umem_range {
	uintptr_t begin;
	uintptr_t end;
};

static void
range_add(struct rte_mempool *mp __rte_unused, void *opaque, struct rte_mempool_memhdr *part,
		unsigned int i __rte_unused)
{
	struct umem_range *range = opaque;
	uintptr_t begin = (uintptr_t)part->addr;

	range->begin = RTE_MIN(range->begin, begin);
	range->end = RTE_MAX(range->end, begin + part->len);
}

/* Pages are pinned whole. What else lies in them is never given to the kernel. */
int
xdp_umem_area(struct rte_mempool *mp, uint32_t frame_size, struct xdp_area *area)
{
	struct umem_range range = { .begin = UINTPTR_MAX };
	uintptr_t page = sysconf(_SC_PAGESIZE);

	rte_mempool_mem_iter(mp, range_add, &range);
	if (range.begin >= range.end) {
		DUALBUF_LOG(ERR, "mempool %s: has no memory; one that is populated is required",
				mp->name);
		return -EINVAL;
	}
	range.begin = RTE_ALIGN_FLOOR(range.begin, page);
	*area = (struct xdp_area){
		.base = range.begin,
		.size = RTE_ALIGN_CEIL(range.end - range.begin, page),
		.chunk = XDP_AREA_LEAD + frame_size,
	};
	return 0;
}

static int
umem_failed(const char *name, const struct xdp_area *area, int error)
{
	struct rlimit limit = { 0 };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	switch (error) {
	case ENOBUFS:
	case ENOMEM:
		DUALBUF_LOG(ERR,
				"mempool %s: %" PRIu64
				" bytes cannot be locked for AF_XDP (%s); the "
				"limit is %" PRIu64 " (ulimit -l), and CAP_IPC_LOCK lifts it",
				name, area->size, strerror(error), (uint64_t)limit.rlim_cur);
		break;
	case EPERM:
	case EACCES:
		DUALBUF_LOG(ERR, "AF_XDP: no permission; needs CAP_NET_RAW");
		return -EPERM;
	case EAFNOSUPPORT:
		DUALBUF_LOG(ERR,
				"AF_XDP: this kernel has no such sockets; CONFIG_XDP_SOCKETS is "
				"required");
		break;
	case EFAULT:
		DUALBUF_LOG(ERR,
				"mempool %s: its memory has gaps, and AF_XDP takes one range; a pool "
				"in one piece is required",
				name);
		break;
	default:
		DUALBUF_LOG(ERR, "mempool %s: cannot be given to AF_XDP: %s", name,
				strerror(error));
	}
	return -error;
}

int
xdp_umem_create(const char *name, const struct xdp_area *area, struct xdp_umem_rings *rings,
		struct xsk_umem **umem)
{
	const struct xsk_umem_config config = {
		.fill_size = rings->nb_fill,
		.comp_size = rings->nb_completions,
		.frame_size = area->chunk,
		.flags = XDP_UMEM_UNALIGNED_CHUNK_FLAG,
	};
	int ret = xsk_umem__create(umem, (void *)(uintptr_t)area->base, area->size, &rings->fill,
			&rings->completions, &config);

	return ret == 0 ? 0 : umem_failed(name, area, -ret);
}
