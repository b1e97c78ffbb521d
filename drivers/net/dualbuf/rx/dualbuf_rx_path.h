/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_RX_PATH_H_
#define _DUALBUF_RX_PATH_H_

/* The choice of a receive path: by what was asked for, by the CPU, and by EAL's settings. */

/* The receive paths; the later the wider. */
enum dualbuf_burst {
	DUALBUF_BURST_SCALAR,
	DUALBUF_BURST_SSE,
	DUALBUF_BURST_AVX2,
	DUALBUF_BURST_AVX512,
	DUALBUF_BURST_AUTO, /* the widest that CPU and EAL allow */
};

/* 0, or -ENOTSUP for a path that this CPU or this build does not have. */
int dualbuf_rx_path_check(enum dualbuf_burst burst);

/* The path to use: the one that is wanted, or the fastest that CPU and EAL's settings allow. */
enum dualbuf_burst dualbuf_rx_path_choose(enum dualbuf_burst wanted);

/* The text of rte_eth_rx_burst_mode_get() for a path. */
const char *dualbuf_rx_path_info(enum dualbuf_burst burst);

#endif /* _DUALBUF_RX_PATH_H_ */
