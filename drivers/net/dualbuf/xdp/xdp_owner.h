/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_OWNER_H_
#define _XDP_OWNER_H_

#include <stddef.h>
#include <stdint.h>

/*
 * Who has the AF_XDP socket of an interface's queue, in words for a message: "process 17 (testpmd)";
 * "probably process 17 (testpmd)", when the kernel does not tell, and that one has such sockets; or that it is
 * not known. Control path.
 */
void xdp_owner_name(const char *iface, uint32_t queue, char *text, size_t size);

#endif /* _XDP_OWNER_H_ */
