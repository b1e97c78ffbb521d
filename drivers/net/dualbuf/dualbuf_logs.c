/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "dualbuf_logs.h"

RTE_LOG_REGISTER_DEFAULT(dualbuf_logtype, NOTICE)
