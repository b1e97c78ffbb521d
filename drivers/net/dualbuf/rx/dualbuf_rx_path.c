/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdbool.h>

#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "dualbuf_rx_path.h"

static const struct {
	const char *info; /* NULL: not in this build */
	uint16_t bitwidth; /* of the vectors it uses */
	unsigned int nb_flags;
	enum rte_cpu_flag_t flags[2]; /* what the CPU has to have */
} rx_paths[] = {
	[DUALBUF_BURST_SCALAR] = { "Scalar", 0, 0, { 0 } },
#ifdef DUALBUF_RX_VECTOR
	[DUALBUF_BURST_SSE] = { "Vector SSE", RTE_VECT_SIMD_128, 1, { RTE_CPUFLAG_SSE4_2 } },
	[DUALBUF_BURST_AVX2] = { "Vector AVX2", RTE_VECT_SIMD_256, 1, { RTE_CPUFLAG_AVX2 } },
#endif
#ifdef DUALBUF_RX_AVX512
	[DUALBUF_BURST_AVX512] = { "Vector AVX512", RTE_VECT_SIMD_512, 2,
			{ RTE_CPUFLAG_AVX512F, RTE_CPUFLAG_AVX512BW } },
#endif
};

static bool
rx_path_is_possible(unsigned int i)
{
	unsigned int n;

	for (n = 0; n < rx_paths[i].nb_flags; n++)
		if (rte_cpu_get_flag_enabled(rx_paths[i].flags[n]) <= 0)
			return false;
	return rx_paths[i].info != NULL;
}

int
dualbuf_rx_path_check(enum dualbuf_burst burst)
{
	if (burst == DUALBUF_BURST_AUTO ||
			(burst < RTE_DIM(rx_paths) && rx_path_is_possible(burst)))
		return 0;
	return -ENOTSUP;
}

enum dualbuf_burst
dualbuf_rx_path_choose(enum dualbuf_burst wanted)
{
	unsigned int i;

	if (wanted != DUALBUF_BURST_AUTO)
		return wanted;
	for (i = RTE_DIM(rx_paths) - 1; i > DUALBUF_BURST_SCALAR; i--)
		if (rx_path_is_possible(i) &&
				rx_paths[i].bitwidth <= rte_vect_get_max_simd_bitwidth())
			break;
	return i;
}

const char *
dualbuf_rx_path_info(enum dualbuf_burst burst)
{
	return rx_paths[burst].info;
}
