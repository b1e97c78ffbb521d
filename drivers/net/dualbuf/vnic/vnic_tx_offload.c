/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_tcp.h>

#include "vnic_tx_offload.h"

/* What is taken from all frames of a packet but its last. */
#define TCP_FLAGS_OF_THE_LAST (RTE_TCP_FIN_FLAG | RTE_TCP_PSH_FLAG)

static void
insert_sum(uint8_t *frame, uint32_t len, uint32_t start, uint32_t end, uint32_t at, bool is_udp)
{
	uint32_t stop = end == 0 || end >= len ? len : end + 1;
	uint16_t sum;

	if (start >= stop || at + sizeof(sum) > len)
		return;
	sum = ~rte_raw_cksum(frame + start, stop - start);
	/* in UDP, 0 says that there is none */
	if (is_udp && sum == 0)
		sum = UINT16_MAX;
	memcpy(frame + at, &sum, sizeof(sum));
}

void
vnic_tx_insert_sums(const struct dualbuf_tx_context *context, uint8_t popts, uint8_t *frame,
		uint32_t len)
{
	bool is_udp = !(rte_le_to_cpu_32(context->cmd_len) & DUALBUF_TXC_TCP);

	if (popts & DUALBUF_TXD_IXSM)
		insert_sum(frame, len, context->ip_start, rte_le_to_cpu_16(context->ip_end),
				context->ip_sum, false);
	if (popts & DUALBUF_TXD_TXSM)
		insert_sum(frame, len, context->l4_start, rte_le_to_cpu_16(context->l4_end),
				context->l4_sum, is_udp);
}

static bool
is_ipv4(const struct dualbuf_tx_context *context)
{
	return (rte_le_to_cpu_32(context->cmd_len) & DUALBUF_TXC_IPV4) != 0;
}

static bool
cut_is_possible(const struct dualbuf_tx_context *context, uint32_t len)
{
	const uint32_t wanted = DUALBUF_TXC_TSE | DUALBUF_TXC_TCP;
	uint32_t l3_len = is_ipv4(context) ? sizeof(struct rte_ipv4_hdr) :
					     sizeof(struct rte_ipv6_hdr);

	return (rte_le_to_cpu_32(context->cmd_len) & wanted) == wanted &&
			rte_le_to_cpu_16(context->mss) >= DUALBUF_TXC_MIN_MSS &&
			context->ip_start + l3_len <= context->headers_len &&
			context->l4_start + sizeof(struct rte_tcp_hdr) <= context->headers_len &&
			context->headers_len < len;
}

uint32_t
vnic_tx_cut_count(const struct dualbuf_tx_context *context, uint32_t len)
{
	uint16_t mss = rte_le_to_cpu_16(context->mss);

	if (mss == 0 || len <= context->headers_len)
		return 1;
	return (len - context->headers_len - 1) / mss + 1;
}

bool
vnic_tx_cut_begin(struct vnic_tx_cut *cut, const struct dualbuf_tx_context *context, uint8_t popts,
		uint8_t *frame, uint32_t len)
{
	if (!cut_is_possible(context, len))
		return false;
	cut->context = *context;
	cut->popts = popts;
	memcpy(cut->headers, frame, context->headers_len);
	cut->payload = frame + context->headers_len;
	cut->left = len - context->headers_len;
	cut->done = 0;
	return true;
}

/* Add to a number of 16 bits in a header; as sums are added, the carry comes in again, or it wraps. */
static void
add_16(uint8_t *at, uint32_t n, bool carries)
{
	rte_be16_t field;
	uint32_t sum;

	memcpy(&field, at, sizeof(field));
	sum = rte_be_to_cpu_16(field) + n;
	if (carries)
		sum = (sum & UINT16_MAX) + (sum >> 16);
	field = rte_cpu_to_be_16(sum);
	memcpy(at, &field, sizeof(field));
}

static void
add_32(uint8_t *at, uint32_t n)
{
	rte_be32_t field;

	memcpy(&field, at, sizeof(field));
	field = rte_cpu_to_be_32(rte_be_to_cpu_32(field) + n);
	memcpy(at, &field, sizeof(field));
}

static void
set_16(uint8_t *at, uint16_t n)
{
	const rte_be16_t field = rte_cpu_to_be_16(n);

	memcpy(at, &field, sizeof(field));
}

/* The fields in which a frame's headers differ from the packet's; the IP packet has len bytes. */
static void
cut_change_ip(const struct vnic_tx_cut *cut, uint8_t *ip, uint32_t len)
{
	if (!is_ipv4(&cut->context)) {
		set_16(ip + offsetof(struct rte_ipv6_hdr, payload_len),
				len - sizeof(struct rte_ipv6_hdr));
		return;
	}
	set_16(ip + offsetof(struct rte_ipv4_hdr, total_length), len);
	add_16(ip + offsetof(struct rte_ipv4_hdr, packet_id), cut->done, false);
}

static void
cut_change_tcp(const struct vnic_tx_cut *cut, uint8_t *tcp, bool is_last)
{
	add_32(tcp + offsetof(struct rte_tcp_hdr, sent_seq),
			cut->done * rte_le_to_cpu_16(cut->context.mss));
	if (!is_last)
		tcp[offsetof(struct rte_tcp_hdr, tcp_flags)] &= ~TCP_FLAGS_OF_THE_LAST;
}

bool
vnic_tx_cut_next(struct vnic_tx_cut *cut, uint8_t **frame, uint32_t *len)
{
	const struct dualbuf_tx_context *context = &cut->context;
	uint32_t payload = RTE_MIN(cut->left, rte_le_to_cpu_16(context->mss));
	uint32_t sum_at = context->l4_sum;

	if (payload == 0)
		return false;
	*frame = cut->payload - context->headers_len;
	*len = context->headers_len + payload;
	memcpy(*frame, cut->headers, context->headers_len);
	cut_change_ip(cut, *frame + context->ip_start, *len - context->ip_start);
	cut_change_tcp(cut, *frame + context->l4_start, payload == cut->left);
	/* the sum of the pseudo header is there without the length, which is each frame's own */
	if ((cut->popts & DUALBUF_TXD_TXSM) && sum_at + sizeof(uint16_t) <= context->headers_len)
		add_16(*frame + sum_at, *len - context->l4_start, true);
	vnic_tx_insert_sums(context, cut->popts, *frame, *len);
	cut->payload += payload;
	cut->left -= payload;
	cut->done++;
	return true;
}
