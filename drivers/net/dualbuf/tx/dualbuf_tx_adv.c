/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_desc_adv.h"

#include "dualbuf_tx_instance.h"

TX_FORMAT(dualbuf_tx_adv);
