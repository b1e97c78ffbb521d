/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_IFACE_H_
#define _VNIC_IFACE_H_

#include "vnic_source.h"

/* A live interface, through libpcap. */

struct pcap;

/* A live interface as a source: vnic_source_open() for interfaces. */
int vnic_iface_receive(const char *name, bool received_only, struct vnic_source **source);

/* The libpcap handle of a source, to send by it too; NULL if it is no interface. */
struct pcap *vnic_iface_pcap(struct vnic_source *source);

/*
 * An interface to send by only: the kernel keeps no packet for it. On failure logs as
 * vnic_source_open() does.
 */
int vnic_iface_send(const char *name, struct pcap **pcap);

/* 0 if a capture or interface carries Ethernet; else logs, and returns -EINVAL. */
int vnic_iface_check_link_type(const char *what, const char *name, struct pcap *pcap);

#endif /* _VNIC_IFACE_H_ */
