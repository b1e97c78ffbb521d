/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_TX_FORMATS_H_
#define _DUALBUF_TX_FORMATS_H_

/* The functions of all descriptor formats, as this process has them: see dualbuf_rx_formats.h. */

#include "dualbuf_tx_format.h"
#include "dualbuf_txq.h"

/* The functions of a queue's format. */
const struct dualbuf_tx_format *dualbuf_tx_format_of(const struct dualbuf_txq *txq);

/*
 * Begin at descriptor 0 with an empty ring; frees whatever was still in it, and counts what the device has
 * not read as unsent. The device is stopped.
 */
void dualbuf_txq_restart(struct dualbuf_txq *txq);

#endif /* _DUALBUF_TX_FORMATS_H_ */
