/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _TX_UTIL_H_
#define _TX_UTIL_H_

/*
 * A transmit queue over descriptors in memory, two pools to send from, and a device that reports
 * what it is told to. Include after dualbuf_test.h.
 */

#include <rte_ethdev.h>

#include TEST_DESC_HEADER
#include "dualbuf_tx_format.h"
#include "dualbuf_txq.h"
#include "pool_util.h"

#define NB_DESC 32
#define NO_LIMIT UINT32_MAX
#define DOORBELL_UNTOUCHED 0xdeadbeef

#define TX_FORMAT_PASTE(name) dualbuf_tx_##name
#define TX_FORMAT_OF(name) TX_FORMAT_PASTE(name)

/* That of the descriptors that this test is built for. */
static const struct dualbuf_tx_format *const format = &TX_FORMAT_OF(DUALBUF_DESC_FORMAT);

static struct rte_mempool *app, *other;
static struct dualbuf_txq txq;
static volatile uint32_t doorbell;
static uint32_t device_head; /* the device has read up to here */

/* Arrays have exactly the ring's length. */
static inline void
make_txq(uint16_t nb_desc, uint16_t free_thresh, uint16_t rs_thresh, bool fast_free)
{
	const size_t size = nb_desc * sizeof(*txq.desc);

	memset(&txq, 0, sizeof(txq));
	txq.desc = aligned_alloc(DUALBUF_RING_BASE_ALIGN, size);
	txq.mbufs = calloc(nb_desc, sizeof(*txq.mbufs));
	txq.batches = calloc(nb_desc, sizeof(*txq.batches));
	assert_non_null((const void *)(uintptr_t)txq.desc);
	assert_non_null(txq.mbufs);
	assert_non_null(txq.batches);
	memset((void *)(uintptr_t)txq.desc, 0xa5, size);
	txq.tail_reg = &doorbell;
	txq.mbuf_addr_offset = offsetof(struct rte_mbuf, buf_addr);
	txq.nb_desc = nb_desc;
	txq.free_thresh = free_thresh;
	txq.rs_thresh = rs_thresh;
	txq.fast_free = fast_free;
	dualbuf_txq_limit(&txq, UINT32_MAX);
	format->restart(&txq);
	doorbell = 0;
	device_head = 0;
}

static inline void
free_txq(void)
{
	if (txq.desc == NULL)
		return;
	format->restart(&txq);
	free((void *)(uintptr_t)txq.desc);
	free(txq.mbufs);
	free(txq.batches);
	memset(&txq, 0, sizeof(txq));
}

static inline int
set_up(void **state)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];

	(void)state;
	snprintf(name, sizeof(name), "tx%u", serial);
	app = test_pool_make(name, 255, 0);
	snprintf(name, sizeof(name), "tx_other%u", serial++);
	other = test_pool_make(name, 255, 0);
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	free_txq();
	assert_pool_full(app);
	assert_pool_full(other);
	rte_mempool_free(app);
	rte_mempool_free(other);
	return 0;
}

static inline uint32_t
cmd_of(uint32_t pos)
{
	return rte_le_to_cpu_32(txq.desc[pos].cmd_len);
}

static inline bool
asks_for_report(uint32_t pos)
{
	return (cmd_of(pos) & DUALBUF_TXD_RS) != 0;
}

/* The device reads up to so many descriptors, and reports those that asked for it. */
static inline void
device_reads(uint32_t limit)
{
	uint32_t n;

	for (n = 0; n < limit && device_head != doorbell; n++) {
		if (asks_for_report(device_head))
			dualbuf_tx_desc_set_done(&txq.desc[device_head]);
		device_head = (device_head + 1) % txq.nb_desc;
	}
}

static inline uint16_t
send_all(struct rte_mbuf **m, uint16_t n)
{
	return format->burst(&txq, m, n);
}

static inline void
send_one(struct rte_mbuf *m)
{
	assert_int_equal(send_all(&m, 1), 1);
}

/* n packets of one segment, in one burst. */
static inline void
send_burst(unsigned int n)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int i;

	for (i = 0; i < n; i++)
		m[i] = test_alloc_chain(app, 1, 60);
	assert_int_equal(send_all(m, n), n);
}

static inline void
assert_statuses(uint16_t nb_full)
{
	uint16_t first = (txq.next + NB_DESC - nb_full) % NB_DESC, offset, at;

	for (offset = 0; offset < NB_DESC; offset++) {
		at = (txq.next + offset) % NB_DESC;
		assert_int_equal(format->descriptor_status(&txq, offset),
				(at + NB_DESC - first) % NB_DESC < nb_full ? RTE_ETH_TX_DESC_FULL :
									     RTE_ETH_TX_DESC_DONE);
	}
	assert_int_equal(format->queue_count(&txq), nb_full);
	assert_int_equal(format->descriptor_status(&txq, NB_DESC), -EINVAL);
	assert_int_equal(format->descriptor_status(&txq, UINT16_MAX), -EINVAL);
}

#define with_pools(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif /* _TX_UTIL_H_ */
