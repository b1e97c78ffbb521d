/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _CAPTURE_UTIL_H_
#define _CAPTURE_UTIL_H_

#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Captures made byte by byte, in either byte order, for tests that read them; and a folder to
 * keep them in. Nothing here uses libpcap, so that a test does not check libpcap with itself.
 */

#define CAPTURE_ETHERNET 1
#define CAPTURE_MAX 1048576
#define CAPTURE_SNAPLEN 262144

enum capture_format {
	CAPTURE_PCAP, /* microseconds */
	CAPTURE_PCAP_NANO,
	CAPTURE_PCAPNG, /* microseconds */
	CAPTURE_PCAPNG_NANO,
};

struct capture {
	uint8_t bytes[CAPTURE_MAX];
	size_t len;
	enum capture_format format;
	bool big_endian;
	uint32_t snaplen;
};

static inline void
capture_put(struct capture *c, uint64_t value, unsigned int size)
{
	unsigned int i, shift;

	for (i = 0; i < size; i++) {
		shift = 8 * (c->big_endian ? size - 1 - i : i);
		c->bytes[c->len++] = (uint8_t)(value >> shift);
	}
}

static inline void
capture_put_bytes(struct capture *c, const void *data, size_t len)
{
	memcpy(&c->bytes[c->len], data, len);
	c->len += len;
}

static inline void
capture_begin_pcap(struct capture *c, uint16_t link_type)
{
	capture_put(c, c->format == CAPTURE_PCAP ? 0xa1b2c3d4 : 0xa1b23c4d, 4);
	capture_put(c, 2, 2); /* version 2.4 */
	capture_put(c, 4, 2);
	capture_put(c, 0, 8); /* time zone and accuracy, both unused */
	capture_put(c, c->snaplen, 4);
	capture_put(c, link_type, 4);
}

static inline void
capture_begin_pcapng(struct capture *c, uint16_t link_type)
{
	bool nano = c->format == CAPTURE_PCAPNG_NANO;
	uint32_t idb_len = nano ? 32 : 20;

	capture_put(c, 0x0a0d0d0a, 4); /* section header block */
	capture_put(c, 28, 4);
	capture_put(c, 0x1a2b3c4d, 4);
	capture_put(c, 1, 2); /* version 1.0 */
	capture_put(c, 0, 2);
	capture_put(c, UINT64_MAX, 8); /* section length is not known */
	capture_put(c, 28, 4);
	capture_put(c, 1, 4); /* interface description block */
	capture_put(c, idb_len, 4);
	capture_put(c, link_type, 2);
	capture_put(c, 0, 2);
	capture_put(c, c->snaplen, 4);
	if (nano) {
		capture_put(c, 9, 2); /* if_tsresol: 10^-9, padded to 4 bytes, then the end */
		capture_put(c, 1, 2);
		capture_put_bytes(c, "\x09\0\0\0", 4);
		capture_put(c, 0, 4);
	}
	capture_put(c, idb_len, 4);
}

static inline void
capture_begin_snapped(struct capture *c, enum capture_format format, bool big_endian,
		uint16_t link_type, uint32_t snaplen)
{
	c->len = 0;
	c->format = format;
	c->big_endian = big_endian;
	c->snaplen = snaplen;
	if (format == CAPTURE_PCAP || format == CAPTURE_PCAP_NANO)
		capture_begin_pcap(c, link_type);
	else
		capture_begin_pcapng(c, link_type);
}

static inline void
capture_begin(struct capture *c, enum capture_format format, bool big_endian, uint16_t link_type)
{
	capture_begin_snapped(c, format, big_endian, link_type, CAPTURE_SNAPLEN);
}

/* wire_len: as long as the packet was; the capture has its first len bytes. */
static inline void
capture_add(struct capture *c, uint64_t stamp_ns, const void *data, uint32_t len, uint32_t wire_len)
{
	bool nano = c->format == CAPTURE_PCAP_NANO || c->format == CAPTURE_PCAPNG_NANO;
	uint64_t units = nano ? stamp_ns : stamp_ns / 1000;
	uint64_t per_second = nano ? 1000000000 : 1000000;
	uint32_t padding = -len % 4;

	if (c->format == CAPTURE_PCAP || c->format == CAPTURE_PCAP_NANO) {
		capture_put(c, units / per_second, 4);
		capture_put(c, units % per_second, 4);
		capture_put(c, len, 4);
		capture_put(c, wire_len, 4);
		capture_put_bytes(c, data, len);
		return;
	}
	capture_put(c, 6, 4); /* enhanced packet block */
	capture_put(c, 32 + len + padding, 4);
	capture_put(c, 0, 4); /* of the first interface */
	capture_put(c, units >> 32, 4);
	capture_put(c, units & UINT32_MAX, 4);
	capture_put(c, len, 4);
	capture_put(c, wire_len, 4);
	capture_put_bytes(c, data, len);
	capture_put_bytes(c, "\0\0\0", padding);
	capture_put(c, 32 + len + padding, 4);
}

static inline bool
capture_save_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *file = fopen(path, "w");
	bool whole;

	if (file == NULL)
		return false;
	whole = fwrite(bytes, 1, len, file) == len;
	return fclose(file) == 0 && whole;
}

static inline bool
capture_save(const struct capture *c, const char *path)
{
	return capture_save_bytes(path, c->bytes, c->len);
}

/* A new folder; its path is in dir, which has PATH_MAX bytes. */
static inline bool
capture_dir_make(char *dir)
{
	const char *parent = getenv("TMPDIR");

	snprintf(dir, PATH_MAX, "%s/dualbuf-test-XXXXXX", parent == NULL ? "/tmp" : parent);
	return mkdtemp(dir) != NULL;
}

static inline int
capture_dir_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline bool
capture_dir_remove(const char *dir)
{
	return nftw(dir, capture_dir_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0;
}

#endif /* _CAPTURE_UTIL_H_ */
