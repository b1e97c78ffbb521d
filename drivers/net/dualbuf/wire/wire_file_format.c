/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <sys/utsname.h>

#include "bytes_format.h"
#include "wire_file_format.h"
#include "wire_link_type.h"

/* Of values of options: longer ones are cut. */
#define MAX_TEXT 200

/* An option and, behind its value, what pads it. Returns how many bytes. */
static size_t
put_option(uint16_t code, const void *value, size_t len, uint8_t *to)
{
	const struct wire_pcapng_option option = { .code = code, .length = len };
	const size_t padded = RTE_ALIGN_CEIL(len, (size_t)WIRE_PCAPNG_ALIGN);

	memcpy(to, &option, sizeof(option));
	memset(to + sizeof(option), 0, padded);
	memcpy(to + sizeof(option), value, len);
	return sizeof(option) + padded;
}

static size_t
put_text(uint16_t code, const char *text, uint8_t *to)
{
	return put_option(code, text, strnlen(text, MAX_TEXT), to);
}

/* The end of options and of the block that begins at block and goes to at. Returns its length. */
static size_t
end_block(uint8_t *block, uint8_t *at)
{
	struct wire_pcapng_block_begin begin;
	struct wire_pcapng_block_end end;

	at += put_option(WIRE_PCAPNG_OPTIONS_END, "", 0, at);
	end.total = at + sizeof(end) - block;
	memcpy(at, &end, sizeof(end));
	memcpy(&begin, block, sizeof(begin));
	begin.total = end.total;
	memcpy(block, &begin, sizeof(begin));
	return end.total;
}

/* What the kernel calls the processor; other systems than x86 do not say it. */
static void
find_hardware(char *text, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[MAX_TEXT];
	int at = 0;

	text[0] = '\0';
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		(void)sscanf(line, "model name : %n", &at);
		if (at == 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(text, size, "%s", line + at);
		break;
	}
	if (file != NULL)
		fclose(file);
}

static size_t
put_section(uint8_t *to)
{
	const struct wire_pcapng_section section = {
		.block.type = WIRE_PCAPNG_SECTION,
		.byte_order = WIRE_PCAPNG_BYTE_ORDER,
		.major = WIRE_PCAPNG_MAJOR,
		.minor = WIRE_PCAPNG_MINOR,
		.length = { UINT32_MAX, UINT32_MAX }, /* not known before its end */
	};
	char text[MAX_TEXT];
	struct utsname name;
	uint8_t *at = to + sizeof(section);

	memcpy(to, &section, sizeof(section));
	find_hardware(text, sizeof(text));
	if (text[0] != '\0')
		at += put_text(WIRE_PCAPNG_SHB_HARDWARE, text, at);
	if (uname(&name) == 0) {
		snprintf(text, sizeof(text), "%.60s %.60s %.60s", name.sysname, name.release,
				name.machine);
		at += put_text(WIRE_PCAPNG_SHB_OS, text, at);
	}
	at += put_text(WIRE_PCAPNG_SHB_USERAPPL, "net_dualbuf", at);
	return end_block(to, at);
}

static size_t
put_interface(const char *iface, uint32_t snaplen, uint8_t *to)
{
	const struct wire_pcapng_interface interface = {
		.block.type = WIRE_PCAPNG_INTERFACE,
		.link_type = WIRE_LINK_TYPE_ETHERNET,
		.snaplen = snaplen,
	};
	const uint8_t nanoseconds = 9;
	uint8_t *at = to + sizeof(interface);

	memcpy(to, &interface, sizeof(interface));
	at += put_text(WIRE_PCAPNG_IF_NAME, iface, at);
	at += put_option(WIRE_PCAPNG_IF_TSRESOL, &nanoseconds, sizeof(nanoseconds), at);
	return end_block(to, at);
}

static size_t
put_pcap_header(uint32_t snaplen, uint8_t *to)
{
	const struct wire_pcap_file_header header = {
		.magic = WIRE_PCAP_NANOSECONDS,
		.major = WIRE_PCAP_MAJOR,
		.minor = WIRE_PCAP_MINOR,
		.snaplen = snaplen,
		.link_type = WIRE_LINK_TYPE_ETHERNET,
	};

	memcpy(to, &header, sizeof(header));
	return sizeof(header);
}

size_t
wire_file_put_header(enum wire_file_format format, const char *iface, uint32_t snaplen, uint8_t *to)
{
	size_t len;

	if (format == WIRE_FILE_PCAP)
		return put_pcap_header(snaplen, to);
	len = put_section(to);
	return len + put_interface(iface, snaplen, to + len);
}

size_t
wire_file_put_trailer(enum wire_file_format format, const struct wire_file_counts *counts,
		uint64_t now, uint8_t *to)
{
	const struct wire_pcapng_statistics statistics = {
		.block.type = WIRE_PCAPNG_STATISTICS,
		.time_high = now >> 32,
		.time_low = (uint32_t)now,
	};
	uint8_t *at = to + sizeof(statistics);

	if (format == WIRE_FILE_PCAP)
		return 0;
	memcpy(to, &statistics, sizeof(statistics));
	at += put_option(WIRE_PCAPNG_ISB_IFRECV, &counts->received, sizeof(counts->received), at);
	at += put_option(WIRE_PCAPNG_ISB_IFDROP, &counts->dropped, sizeof(counts->dropped), at);
	return end_block(to, at);
}

uint32_t
wire_file_captured(enum wire_file_format format, const uint8_t *at, uint32_t *original)
{
	struct wire_pcapng_enhanced_packet packet;
	struct wire_pcap_record_header header;

	if (format == WIRE_FILE_PCAP) {
		memcpy(&header, at, sizeof(header));
		*original = header.original;
		return header.captured;
	}
	memcpy(&packet, at, sizeof(packet));
	*original = packet.original;
	return packet.captured;
}

static bool
ends_in(const char *text, size_t len, const char *end)
{
	return len >= strlen(end) && memcmp(text + len - strlen(end), end, strlen(end)) == 0;
}

enum wire_file_format
wire_file_format_of(const char *path, const struct wire_sink_choices *choices)
{
	const struct bytes_format *compressed = bytes_format_of_name(path);
	size_t len = strlen(path);

	if (choices->format != WIRE_FILE_BY_NAME)
		return choices->format;
	if (compressed != NULL)
		len -= strlen(compressed->suffix);
	return ends_in(path, len, ".pcapng") ? WIRE_FILE_PCAPNG : WIRE_FILE_PCAP;
}
