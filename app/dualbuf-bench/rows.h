/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _ROWS_H_
#define _ROWS_H_

/* The rows of the bench. Each prints its results, if the options ask for it. */

void ring_rows(void);
void pipe_rows(void);
void sizes_row(void);
void queues_row(void);
void copy_row(void);
void stall_row(void);
void memory_row(void);
void pcap_rows(void);
void stream_rows(void);
void live_rows(void);
void pace_row(void);

#endif /* _ROWS_H_ */
