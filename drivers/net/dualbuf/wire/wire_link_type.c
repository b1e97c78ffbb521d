/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>

#include <pcap/pcap.h>

#include "wire_frame.h"
#include "wire_link_type.h"
#include "wire_pcap.h"

struct wire_link_type_text
wire_link_type_of_dlt(int dlt)
{
	const char *name = pcap_datalink_val_to_name(dlt);
	struct wire_link_type_text text;

	snprintf(text.text, sizeof(text.text), "%s (%d)", name == NULL ? "unknown" : name, dlt);
	return text;
}

/*
 * Files do not number all link types as libpcap does in memory, and it has no function that tells one from
 * the other: it is asked for the link type of a file without packets.
 */
struct wire_link_type_text
wire_link_type_of_file(uint16_t link_type)
{
	struct wire_pcap_file_header header = {
		.magic = WIRE_PCAP_MICROSECONDS,
		.major = WIRE_PCAP_MAJOR,
		.minor = WIRE_PCAP_MINOR,
		.snaplen = WIRE_MAX_FRAME,
		.link_type = link_type,
	};
	FILE *stream = fmemopen(&header, sizeof(header), "r");
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = stream == NULL ? NULL : pcap_fopen_offline(stream, reason);
	int dlt = pcap == NULL ? link_type : pcap_datalink(pcap);

	if (pcap != NULL)
		pcap_close(pcap);
	else if (stream != NULL)
		fclose(stream);
	return wire_link_type_of_dlt(dlt);
}
