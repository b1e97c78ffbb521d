/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_CAPTURE_H_
#define _VNIC_CAPTURE_H_

#include "vnic_source.h"

/*
 * A capture file as a source: vnic_source_open() for files. libpcap tells what kind of file it is;
 * classic pcap files are then walked in memory, all others are read through libpcap.
 */
int vnic_capture_open(const char *path, bool infinite, struct vnic_source **source);

#endif /* _VNIC_CAPTURE_H_ */
