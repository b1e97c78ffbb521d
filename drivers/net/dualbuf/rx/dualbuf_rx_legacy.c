/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_desc_legacy.h"
#include "dualbuf_rx_legacy_types.h"

#include "dualbuf_rx_burst.h"
#include "dualbuf_rx_instance.h"

RX_INSTANCES(scalar, NULL);
RX_FORMAT(dualbuf_rx_legacy);
