/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "dualbuf_tx_format.h"
#include "dualbuf_txq.h"

static uint16_t
txq_free_thresh(const struct dualbuf_txq_conf *conf)
{
	if (conf->free_thresh != 0)
		return conf->free_thresh;
	return conf->nb_desc - RTE_MIN(DUALBUF_TX_MAX_PENDING, conf->nb_desc / 4);
}

static int
txq_alloc_arrays(struct dualbuf_txq *txq, int socket_id)
{
	txq->mbufs = rte_zmalloc_socket("dualbuf_tx_mbufs", txq->nb_desc * sizeof(*txq->mbufs),
			RTE_CACHE_LINE_SIZE, socket_id);
	txq->batches = rte_zmalloc_socket("dualbuf_tx_batches",
			txq->nb_desc * sizeof(*txq->batches), RTE_CACHE_LINE_SIZE, socket_id);
	return txq->mbufs == NULL || txq->batches == NULL ? -ENOMEM : 0;
}

static void
txq_free_memory(struct dualbuf_txq *txq)
{
	rte_free(txq->mbufs);
	rte_free(txq->batches);
	rte_free(txq);
}

int
dualbuf_txq_make(const struct dualbuf_txq_conf *conf, struct dualbuf_txq **out)
{
	struct dualbuf_txq *txq = rte_zmalloc_socket(
			"dualbuf_txq", sizeof(*txq), RTE_CACHE_LINE_SIZE, conf->socket_id);

	if (txq == NULL)
		return -ENOMEM;
	txq->format = conf->format->id;
	txq->desc = conf->desc;
	txq->port_id = conf->port_id;
	txq->queue_id = conf->queue_id;
	txq->offloads = conf->offloads;
	txq->deferred_start = conf->deferred_start;
	txq->fast_free = (conf->offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0;
	txq->nb_desc = conf->nb_desc;
	txq->rs_thresh = conf->rs_thresh != 0 ? conf->rs_thresh :
						RTE_MIN(DUALBUF_TX_RS_THRESH, conf->nb_desc - 1);
	txq->free_thresh = txq_free_thresh(conf);
	txq->mbuf_addr_offset = conf->mbuf_addr_offset;
	txq->max_packet = UINT32_MAX;
	if (txq_alloc_arrays(txq, conf->socket_id) != 0) {
		txq_free_memory(txq);
		return -ENOMEM;
	}
	txq->mz = conf->mz;
	conf->format->restart(txq);
	*out = txq;
	return 0;
}

void
dualbuf_txq_free(struct dualbuf_txq *txq)
{
	rte_memzone_free(txq->mz);
	txq_free_memory(txq);
}

void
dualbuf_txq_limit(struct dualbuf_txq *txq, uint32_t max_packet)
{
	__atomic_store_n(&txq->max_packet, max_packet, __ATOMIC_RELAXED);
}

void
dualbuf_txq_shut(struct dualbuf_txq *txq)
{
	txq->nb_free = 0;
}

uint16_t
dualbuf_txq_used(const struct dualbuf_txq *txq)
{
	return txq->nb_desc - 1 - __atomic_load_n(&txq->nb_free, __ATOMIC_RELAXED);
}
