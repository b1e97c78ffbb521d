/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_LOAN_H_
#define _DUALBUF_LOAN_H_

#include <stdint.h>

/*
 * The mbuf flag that marks a loan; registered when a port with deferred copies is configured.
 * Returns 0 and the flag, or -ENOSPC when all dynamic flags are taken.
 */
int dualbuf_loan_register(uint64_t *flag);

/*
 * The flag, which another process may have registered. 0: nobody has, so there are no loans. Any
 * thread of any process.
 */
uint64_t dualbuf_loan_flag(void);

#endif /* _DUALBUF_LOAN_H_ */
