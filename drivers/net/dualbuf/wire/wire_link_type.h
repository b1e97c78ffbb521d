/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_LINK_TYPE_H_
#define _WIRE_LINK_TYPE_H_

#include <stdint.h>

/* As captures number it: what comes first in a packet is an Ethernet header. */
#define WIRE_LINK_TYPE_ETHERNET 1

/* What is to be said of a link type: its name and libpcap's number. */
struct wire_link_type_text {
	char text[64];
};

/* Of a number as libpcap has it in memory. */
struct wire_link_type_text wire_link_type_of_dlt(int dlt);

/* Of a number as it is in files. */
struct wire_link_type_text wire_link_type_of_file(uint16_t link_type);

#endif /* _WIRE_LINK_TYPE_H_ */
