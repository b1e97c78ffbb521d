/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_tx_formats.h"

static const struct dualbuf_tx_format *const tx_formats[DUALBUF_NB_DESC_IDS] = {
	[DUALBUF_DESC_EXT] = &dualbuf_tx_ext,
	[DUALBUF_DESC_ADV] = &dualbuf_tx_adv,
};

const struct dualbuf_tx_format *
dualbuf_tx_format_of(const struct dualbuf_txq *txq)
{
	return tx_formats[txq->format];
}

void
dualbuf_txq_restart(struct dualbuf_txq *txq)
{
	dualbuf_tx_format_of(txq)->restart(txq);
}
