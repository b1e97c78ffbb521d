/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_mbuf_dyn.h>

#include "dualbuf_rx_format.h"
#include "dualbuf_rxq.h"

int dualbuf_rx_timestamp_offset = -1;
uint64_t dualbuf_rx_timestamp_flag;

int
dualbuf_rx_timestamp_register(void)
{
	return rte_mbuf_dyn_rx_timestamp_register(
			       &dualbuf_rx_timestamp_offset, &dualbuf_rx_timestamp_flag) == 0 ?
			0 :
			-rte_errno;
}

/* The eight bytes of rearm_data as a freshly received mbuf has them. */
static uint64_t
rxq_rearm(uint16_t port_id)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
		.port = port_id,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return *(uint64_t *)&m.rearm_data;
}

static struct dualbuf_rxq *
rxq_alloc(const struct dualbuf_rxq_conf *conf)
{
	struct dualbuf_rxq *rxq = rte_zmalloc_socket(
			"dualbuf_rxq", sizeof(*rxq), RTE_CACHE_LINE_SIZE, conf->request.socket_id);

	if (rxq == NULL)
		return NULL;
	rxq->format = conf->format->id;
	rxq->path = conf->burst;
	rxq->features = conf->loan_flag != 0 ? RX_DEFERRED : 0;
	if (conf->offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP)
		rxq->features |= RX_TIMESTAMP;
	rxq->desc = conf->desc;
	rxq->mp = conf->request.mp;
	rxq->port_id = conf->port_id;
	rxq->queue_id = conf->queue_id;
	rxq->offloads = conf->offloads;
	rxq->rearm = rxq_rearm(conf->port_id);
	rxq->loan_flag = conf->loan_flag;
	rxq->deferred_start = conf->deferred_start;
	rxq->buf_room = conf->buf_size;
	rxq->buf_size = conf->buf_size;
	rxq->crc_len = conf->offloads & RTE_ETH_RX_OFFLOAD_KEEP_CRC ? RTE_ETHER_CRC_LEN : 0;
	dualbuf_rxq_limit(rxq, UINT32_MAX);
	return rxq;
}

void
dualbuf_rxq_set_ptypes(struct dualbuf_rxq *rxq, bool given)
{
	uint8_t features = rxq->features & ~RX_PTYPE;

	if (given)
		features |= RX_PTYPE;
	__atomic_store_n(&rxq->features, features, __ATOMIC_RELEASE);
}

int
dualbuf_rxq_make(const struct dualbuf_rxq_conf *conf, struct dualbuf_rxq **out)
{
	struct dualbuf_rxq *rxq = rxq_alloc(conf);
	int ret;

	if (rxq == NULL)
		return -ENOMEM;
	ret = dualbuf_pool_bind(&conf->request, &rxq->pool, &rxq->ring);
	if (ret != 0) {
		rte_free(rxq);
		return ret;
	}
	rxq->mz = conf->mz;
	conf->format->restart(rxq);
	*out = rxq;
	return 0;
}

void
dualbuf_rxq_free(struct dualbuf_rxq *rxq)
{
	dualbuf_rx_discard_partial(rxq);
	dualbuf_pool_release(rxq->pool, rxq->ring);
	rte_memzone_free(rxq->mz);
	rte_free(rxq);
}

void
dualbuf_rxq_limit(struct dualbuf_rxq *rxq, uint32_t max_packet)
{
	__atomic_store_n(&rxq->max_len, RTE_MIN(rxq->buf_size, max_packet), __ATOMIC_RELAXED);
	__atomic_store_n(&rxq->max_packet, max_packet, __ATOMIC_RELAXED);
}

void
dualbuf_rx_discard_partial(struct dualbuf_rxq *rxq)
{
	rte_pktmbuf_free(rxq->first_seg);
	rxq->first_seg = NULL;
	rxq->last_seg = NULL;
	rxq->dropping = false;
}
