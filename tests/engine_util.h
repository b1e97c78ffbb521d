/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _ENGINE_UTIL_H_
#define _ENGINE_UTIL_H_

/*
 * A frame that is put together header by header and shown to the virtual NIC's offload engines. Frames
 * lie at the very end of a block of memory, so that a sanitizer sees every byte that is read beyond;
 * checksums are computed here by other code.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#include "vnic_model.h"
#include "vnic_offload.h"

#define SEED 0x2545f4914f6cdd1d
#define GARBAGE_FRAMES 100000
#define ETH_LEN 14
#define VLAN_LEN 4
#define MAX_HEADERS 2048

#define IP_GOOD DUALBUF_RXD_IPCS
#define IP_BAD (DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE)
#define TCP_GOOD DUALBUF_RXD_L4CS
#define UDP_GOOD (DUALBUF_RXD_L4CS | DUALBUF_RXD_UDPCS)

#define CHECKSUMS \
	(RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM | \
			RTE_ETH_RX_OFFLOAD_UDP_CKSUM)

static struct dualbuf_rss rss;
static struct vnic_offload offload;
static struct vnic_rx_meta meta;
static uint8_t scratch[WIRE_MAX_FRAME];

/* A frame that is being put together, and where its headers are. */
static uint8_t frame[65536 + MAX_HEADERS];
static uint32_t frame_len;
static uint32_t l3, l4;

/* The frame's bytes as the last examination left them. */
static const uint8_t *result;
static uint32_t result_len;
static uint8_t *block;

static inline int
set_up(void **state)
{
	(void)state;
	rss.types = 0;
	memcpy(rss.keys[0], dualbuf_rss_default_key, sizeof(rss.keys[0]));
	memset(&offload, 0, sizeof(offload));
	offload.rss = &rss;
	offload.rx_offloads = CHECKSUMS | RTE_ETH_RX_OFFLOAD_RSS_HASH;
	memset(frame, 0, sizeof(frame));
	frame_len = 0;
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	free(block);
	block = NULL;
	return 0;
}

/* Let the engines look at a frame that ends where its memory ends. */
static inline void
examine_bytes(const uint8_t *data, uint32_t len)
{
	struct wire_frame f;

	free(block);
	/* of one byte more in front: an empty frame has an address too */
	block = malloc(len + 1);
	assert_non_null(block);
	memcpy(block + 1, data, len);
	f = (struct wire_frame){ .data = block + 1, .len = len };
	memset(&meta, 0xa5, sizeof(meta));
	vnic_offload_rx(&offload, &f, scratch, &meta);
	result = f.data;
	result_len = f.len;
}

static inline uint32_t
examine(void)
{
	examine_bytes(frame, frame_len);
	return meta.status_error;
}

static inline void
put(uint64_t value, unsigned int size)
{
	while (size-- > 0)
		frame[frame_len++] = (uint8_t)(value >> 8 * size);
}

static inline void
put_bytes(const void *data, uint32_t len)
{
	memcpy(&frame[frame_len], data, len);
	frame_len += len;
}

static inline void
set16(uint32_t at, uint16_t value)
{
	frame[at] = (uint8_t)(value >> 8);
	frame[at + 1] = (uint8_t)value;
}

/* RFC 1071, byte by byte. */
static inline uint32_t
sum(uint32_t at, uint32_t len)
{
	uint32_t total = 0, i;

	for (i = 0; i < len; i++)
		total += i % 2 == 0 ? frame[at + i] << 8 : frame[at + i];
	return total;
}

static inline uint16_t
fold(uint32_t total)
{
	while (total > 0xffff)
		total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~total;
}

static inline void
put_ethernet(uint16_t type)
{
	frame_len = 0;
	put(0x020000000001, 6);
	put(0x020000000002, 6);
	put(type, 2);
	l3 = frame_len;
}

static inline void
put_vlan(uint16_t tci, uint16_t type)
{
	put(tci, 2);
	put(type, 2);
	l3 = frame_len;
}

/* An IPv4 header with that many words of options; its length and checksum come at the end. */
static inline void
put_ipv4(uint8_t protocol, unsigned int nb_options)
{
	put(0x45 + nb_options, 1);
	put(0, 1);
	put(0, 2);
	put(0x1234, 2);
	put(0x4000, 2);
	put(64, 1);
	put(protocol, 1);
	put(0, 2);
	put(0xc0a80001, 4);
	put(0xc0a80002, 4);
	while (nb_options-- > 0)
		put(0x01010101, 4);
	l4 = frame_len;
}

static inline void
put_ipv6(uint8_t protocol)
{
	put(0x60000000, 4);
	put(0, 2);
	put(protocol, 1);
	put(64, 1);
	put(0xfe80000000000000, 8);
	put(1, 8);
	put(0xfe80000000000000, 8);
	put(2, 8);
	l4 = frame_len;
}

static inline void
put_tcp(uint16_t source, uint16_t destination)
{
	put(source, 2);
	put(destination, 2);
	put(1, 4);
	put(2, 4);
	put(0x5010, 2);
	put(1000, 2);
	put(0, 4);
}

static inline void
put_udp(uint16_t source, uint16_t destination)
{
	put(source, 2);
	put(destination, 2);
	put(0, 4);
}

static inline void
put_payload(uint32_t len)
{
	while (len-- > 0)
		put(frame_len * 7, 1);
}

static inline bool
is_ipv4(void)
{
	return frame[l3] >> 4 == 4;
}

static inline uint8_t
protocol(void)
{
	return is_ipv4() ? frame[l3 + 9] : frame[l3 + 6];
}

static inline uint32_t
checksum_at(void)
{
	return l4 + (protocol() == IPPROTO_TCP ? 16 : 6);
}

/* Over the pseudo header and len bytes. */
static inline uint16_t
l4_checksum(uint32_t len)
{
	uint32_t addresses = is_ipv4() ? sum(l3 + 12, 8) : sum(l3 + 8, 32);

	return fold(addresses + protocol() + len + sum(l4, len));
}

static inline void
seal_ipv4(void)
{
	set16(l3 + 10, 0);
	set16(l3 + 10, fold(sum(l3, l4 - l3)));
}

/* Fill in lengths and checksums. */
static inline void
seal(void)
{
	uint32_t len = frame_len - l4;

	if (is_ipv4())
		set16(l3 + 2, frame_len - l3);
	else
		set16(l3 + 4, len);
	if (protocol() == IPPROTO_UDP)
		set16(l4 + 4, len);
	if (protocol() == IPPROTO_UDP || protocol() == IPPROTO_TCP)
		set16(checksum_at(), l4_checksum(len));
	if (is_ipv4())
		seal_ipv4();
}

static inline void
make_tcp4(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV4);
	put_ipv4(IPPROTO_TCP, 0);
	put_tcp(1000, 80);
	put_payload(payload);
	seal();
}

static inline void
make_udp4(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV4);
	put_ipv4(IPPROTO_UDP, 0);
	put_udp(1000, 53);
	put_payload(payload);
	seal();
}

static inline void
make_tcp6(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV6);
	put_ipv6(IPPROTO_TCP);
	put_tcp(1000, 80);
	put_payload(payload);
	seal();
}

static inline void
make_udp6(uint32_t payload)
{
	put_ethernet(RTE_ETHER_TYPE_IPV6);
	put_ipv6(IPPROTO_UDP);
	put_udp(1000, 53);
	put_payload(payload);
	seal();
}

#define with_engine(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif /* _ENGINE_UTIL_H_ */
