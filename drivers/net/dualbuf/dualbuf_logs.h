/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_LOGS_H_
#define _DUALBUF_LOGS_H_

#include <rte_log.h>

/* Log type pmd.net.dualbuf. */
extern int dualbuf_logtype;

/* Control path only: nothing that runs per packet or per burst logs. */
#define DUALBUF_LOG(level, fmt, ...) \
	rte_log(RTE_LOG_##level, dualbuf_logtype, "net_dualbuf: " fmt "\n", ##__VA_ARGS__)

#endif /* _DUALBUF_LOGS_H_ */
