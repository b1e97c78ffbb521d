/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _TX_TOLD_UTIL_H_
#define _TX_TOLD_UTIL_H_

/*
 * What descriptors tell the device of a packet, in each format, as its datasheet has it: the numbers here are
 * not the driver's. For rings that were filled from their beginning on. Include after tx_util.h.
 */

/* Offsets and lengths in bytes. */
struct told {
	uint32_t popts;
	bool is_segmented;
	uint32_t len; /* of a packet that is not segmented, where TELLS_LEN */
	int tag; /* -1: none is inserted */
	uint32_t l3;
	uint32_t l4;
	bool is_ipv4;
	enum dualbuf_tx_l4 l4_type;

	/* If it is segmented */
	uint32_t headers;
	uint32_t mss;
	uint32_t payload;
};

/* The upper 4 bytes of a descriptor, which has no status. */
static inline uint32_t
upper_of(uint32_t pos)
{
	uint32_t upper = rte_le_to_cpu_64(txq.desc[pos].halves[1]) >> 32;

	assert_int_equal(upper & 0xf, 0);
	return upper;
}

static inline bool
has_context(uint32_t pos)
{
	return dualbuf_tx_is_context(cmd_of(pos));
}

#ifdef _DUALBUF_DESC_ADV_H_

#define TELLS_LEN true

static_assert(DUALBUF_TXC_SLOTS == 2 && !DUALBUF_TXC_COUNTS,
		"two contexts a queue, which stay as they are");

/* The last context of that number before a descriptor; all 0 if there is none. */
static inline struct dualbuf_tx_context
context_before(uint32_t pos, uint32_t number)
{
	struct dualbuf_tx_context context = { 0 };

	while (pos-- > 0) {
		if (!has_context(pos) || (upper_of(pos) >> 4 & 0xf) != number)
			continue;
		context.halves[0] = txq.desc[pos].halves[0];
		context.halves[1] = txq.desc[pos].halves[1];
		break;
	}
	return context;
}

static inline void
read_context(struct told *told, const struct dualbuf_tx_context *context)
{
	uint64_t low = rte_le_to_cpu_64(context->halves[0]);
	uint64_t high = rte_le_to_cpu_64(context->halves[1]);

	/* DEXT, the type 2, IPv4 and the protocol: no other bit */
	assert_int_equal(high & 0xffffffff & ~0x1c00u, 0x20200000);
	assert_int_equal(low >> 32, 0);
	told->l3 = low >> 9 & 0x7f;
	told->l4 = told->l3 + (low & 0x1ff);
	told->is_ipv4 = high >> 10 & 1;
	told->l4_type = high >> 11 & 3;
	told->tag = low >> 16 & 0xffff;
	told->mss = high >> 48;
	told->headers = told->mss == 0 ? 0 : told->l4 + (high >> 40 & 0xff);
	static_assert(DUALBUF_TX_L4_UDP == 0 && DUALBUF_TX_L4_TCP == 1 && DUALBUF_TX_L4_SCTP == 2,
			"as the advanced format numbers protocols");
}

/* What is told of the packet with its first data descriptor here. */
static inline struct told
told_of(uint32_t pos)
{
	const struct dualbuf_tx_context context = context_before(pos, upper_of(pos) >> 4 & 0xf);
	struct told told = { 0 };

	if (context.halves[1] != 0)
		read_context(&told, &context);
	told.popts = upper_of(pos) >> 8 & 0x3f;
	told.is_segmented = cmd_of(pos) >> 31 & 1;
	if (!(cmd_of(pos) & RTE_BIT32(30)))
		told.tag = -1;
	*(told.is_segmented ? &told.payload : &told.len) = upper_of(pos) >> 14;
	return told;
}

#else

#define TELLS_LEN false

static inline struct told
told_of(uint32_t pos)
{
	uint32_t upper = upper_of(pos), at = pos, cmd;
	struct told told = { .popts = upper >> 8 & 0xff, .tag = -1 };
	uint64_t low;

	assert_int_equal(upper & 0xf0, 0);
	told.is_segmented = cmd_of(pos) >> 26 & 1;
	if (cmd_of(pos) & RTE_BIT32(30))
		told.tag = upper >> 16;
	while (at > 0 && !has_context(at))
		at--;
	if (!has_context(at))
		return told;
	low = rte_le_to_cpu_64(txq.desc[at].halves[0]);
	cmd = cmd_of(at);
	told.l3 = low & 0xff;
	told.l4 = low >> 32 & 0xff;
	told.is_ipv4 = cmd >> 25 & 1;
	told.l4_type = cmd >> 24 & 1 ? DUALBUF_TX_L4_TCP : DUALBUF_TX_L4_UDP;
	told.headers = upper_of(at) >> 8 & 0xff;
	told.mss = upper_of(at) >> 16;
	told.payload = cmd & 0xfffff;
	/* DEXT, TSE, IPv4 and TCP: no other bit */
	assert_int_equal(cmd & ~0x030fffffu, told.mss == 0 ? 0x20000000 : 0x24000000);
	/* where the sums stand, and where what they are of ends; 0: with the packet */
	assert_int_equal(low >> 8 & 0xff, (told.l3 + 10) & 0xff);
	assert_int_equal(low >> 16 & 0xff, told.is_ipv4 ? (told.l4 - 1) & 0xff : 0);
	assert_int_equal(low >> 40 & 0xff,
			(told.l4 + (told.l4_type == DUALBUF_TX_L4_TCP ? 16 : 6)) & 0xff);
	assert_int_equal(low >> 48, 0);
	return told;
}

#endif

#endif /* _TX_TOLD_UTIL_H_ */
