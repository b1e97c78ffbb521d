/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_ARGS_PARSE_H_
#define _VNIC_ARGS_PARSE_H_

#include "vnic_args.h"

/*
 * Parse and check the devargs of a virtual NIC.
 *
 * text: the devargs after the device name; NULL or "" is an error, since a port needs an end.
 * Logs one line that names what was wrong and what is allowed.
 * Returns 0, -EINVAL, or -ENOMEM.
 */
int vnic_args_parse(const char *text, struct vnic_args *args);

#endif /* _VNIC_ARGS_PARSE_H_ */
