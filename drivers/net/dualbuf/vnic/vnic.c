/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include "vnic.h"

struct vnic_ends *vnic_ends_of[RTE_MAX_ETHPORTS];
