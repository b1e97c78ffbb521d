/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_bitops.h>
#include <rte_branch_prediction.h>
#include <rte_mbuf_dyn.h>

#include "dualbuf_loan.h"

#define LOAN_FLAG_NAME "net_dualbuf_loan"

/* The flag as this process knows it; 0 until it was registered or found. */
static uint64_t loan_flag;

int
dualbuf_loan_register(uint64_t *flag)
{
	static const struct rte_mbuf_dynflag params = { .name = LOAN_FLAG_NAME };
	int bit = rte_mbuf_dynflag_register(&params);

	if (bit < 0)
		return -ENOSPC;
	*flag = RTE_BIT64(bit);
	__atomic_store_n(&loan_flag, *flag, __ATOMIC_RELAXED);
	return 0;
}

uint64_t
dualbuf_loan_flag(void)
{
	uint64_t flag = __atomic_load_n(&loan_flag, __ATOMIC_RELAXED);
	int bit;

	if (likely(flag != 0))
		return flag;
	bit = rte_mbuf_dynflag_lookup(LOAN_FLAG_NAME, NULL);
	if (bit < 0)
		return 0;
	flag = RTE_BIT64(bit);
	__atomic_store_n(&loan_flag, flag, __ATOMIC_RELAXED);
	return flag;
}
