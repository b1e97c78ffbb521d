/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_desc_adv.h"
#include "dualbuf_rx_adv_types.h"

#include "dualbuf_rx_sse.h"
#include "dualbuf_rx_vec_burst.h"
#include "dualbuf_rx_vec_table.h"

RX_INSTANCES(sse, rx_vec_burst);
