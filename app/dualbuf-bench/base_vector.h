/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The vector paths of the baseline, for any width: base_sse.c, base_avx2.c and base_avx512.c say
 * what a vector is, then include this. LANES is how many descriptors (of 16 bytes) one has; a step
 * takes four vectors of them.
 *
 * Vector j of a step has descriptors j * LANES and on, one in each lane. Status words and RSS types
 * of the step are transposed to one vector each, in which dword j of lane l belongs to descriptor
 * j * LANES + l, so that all flags and packet types of the step are looked up at once; from there
 * each goes to its mbuf by a shuffle within its lane.
 */

#define STEP (4 * LANES)

/* By bits 0, 1: L4CS, IPCS; 2, 3: L4E, IPE. Half of the flags' value, which has nine bits. */
#define CK_L4(bad) \
	((bad) ? (int)(RTE_MBUF_F_RX_L4_CKSUM_BAD >> 1) : (int)(RTE_MBUF_F_RX_L4_CKSUM_GOOD >> 1))
#define CK_IP(bad) \
	((bad) ? (int)(RTE_MBUF_F_RX_IP_CKSUM_BAD >> 1) : (int)(RTE_MBUF_F_RX_IP_CKSUM_GOOD >> 1))
#define CK(i) (char)(((i)&1 ? CK_L4((i)&4) : 0) | ((i)&2 ? CK_IP((i)&8) : 0))

/* By bits 0 to 2: RSS type; 3: VP */
#define VR(i) \
	(char)(((i)&7 ? (int)RTE_MBUF_F_RX_RSS_HASH : 0) | \
			((i)&8 ? (int)(RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED) : 0))

#define SIXTEEN(f) \
	f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7), f(8), f(9), f(10), f(11), f(12), f(13), \
			f(14), f(15)

/* By RSS type, less RTE_PTYPE_L2_ETHER which all have: the low bytes, then the high bytes. */
#define PTYPE_LOW \
	0, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN, \
			RTE_PTYPE_L3_IPV6_EXT_UNKNOWN, 0, RTE_PTYPE_L3_IPV6_EXT_UNKNOWN, 0, 0
#define PTYPE_HIGH 0, RTE_PTYPE_L4_TCP >> 8, 0, RTE_PTYPE_L4_TCP >> 8, 0, 0, 0, 0

/* The 16 bytes from packet_type on; the first four are put there later. */
#define FIELDS -1, -1, -1, -1, 12, 13, -1, -1, 12, 13, 14, 15, 4, 5, 6, 7

struct vector_tables {
	int8_t fields[16];
	int8_t checksum[16];
	int8_t vlan_rss[16];
	uint8_t ptype[16];
};

static const struct vector_tables tables __rte_cache_aligned = {
	.fields = { FIELDS },
	.checksum = { SIXTEEN(CK) },
	.vlan_rss = { SIXTEEN(VR) },
	.ptype = { PTYPE_LOW, PTYPE_HIGH },
};

/* mbuf flags of a step, from status words and RSS types. */
static __rte_always_inline vec
vector_flags(vec status, vec type)
{
	vec checksum = v_or(v_and(v_srl32(status, 5), v_set32(0x3)),
			v_and(v_srl32(status, 27), v_set32(0xc)));
	vec vlan_rss = v_or(v_and(status, v_set32(DUALBUF_RXD_VP)), type);

	checksum = v_shuffle8(v_load16(tables.checksum), checksum);
	return v_or(v_add32(checksum, checksum), v_shuffle8(v_load16(tables.vlan_rss), vlan_rss));
}

static __rte_always_inline vec
vector_ptypes(vec type)
{
	vec index = v_or(v_or(type, v_sll32(type, 8)), v_set32(0x0800));

	return v_or(v_shuffle8(v_load16(tables.ptype), index), v_set32(RTE_PTYPE_L2_ETHER));
}

/* The four dwords d of descriptors become one vector: dword j of each lane from vector j. */
#define TRANSPOSE(unpack, v) v_unpacklo64(unpack((v)[0], (v)[1]), unpack((v)[2], (v)[3]))

/* Write the mbufs of vector j: rearm data, flags, then the 16 bytes from packet_type on. */
#define FILL(j) \
	v_fill(&mbufs[(j)*LANES], v_flags(rearm, flags, j), \
			v_ptype(v_shuffle8(desc[j], v_load16(tables.fields)), ptypes, j))

/* DD and anything that makes a descriptor more than a packet of its own. */
static __rte_always_inline vec
vector_special(vec status)
{
	vec done = v_sra32(v_sll32(status, 31), 31);
	vec odd = v_and(v_xor(status, v_set32(DUALBUF_RXD_EOP)),
			v_set32(DUALBUF_RXD_EOP | DUALBUF_RXD_FRAME_ERRORS));

	return v_and(done, odd);
}

/*
 * Look at the next STEP descriptors and fill in their mbufs, which are ours still if the device is
 * not done with them. Returns how many are done, from the first on without a gap; in that order the
 * words of *status follow. Each descriptor is written and read as one, in whatever order.
 */
static __rte_always_inline uint32_t
vector_step(const struct base_queue *queue, uint32_t pos, uint32_t *status_words, vec *special)
{
	struct rte_mbuf **mbufs = &queue->mbufs[pos];
	const char *at = (const char *)(uintptr_t)&queue->desc[pos];
	const vec rearm = v_rearm(queue->rearm);
	vec desc[4], status, type, flags, ptypes;
	int j;

	for (j = 0; j < 4; j++)
		desc[j] = v_load(at + j * sizeof(vec));
	rte_compiler_barrier();
	status = TRANSPOSE(v_unpackhi32, desc);
	type = v_and(TRANSPOSE(v_unpacklo32, desc), v_set32(0x7));
	flags = vector_flags(status, type);
	ptypes = vector_ptypes(type);
	FILL(0);
	FILL(1);
	FILL(2);
	FILL(3);
	*special = v_or(*special, vector_special(status));
	status = v_order(status);
	v_store(status_words, status);
	return v_count_done(status);
}

/* Pointers of a step; where there is less room than that, only as many as are done. */
static __rte_always_inline void
vector_hand_up(struct rte_mbuf **pkts, struct rte_mbuf *const *mbufs, uint32_t room, uint32_t n)
{
	if (likely(room >= STEP))
		memcpy(pkts, mbufs, STEP * sizeof(*pkts));
	else
		memcpy(pkts, mbufs, n * sizeof(*pkts));
}

/* Receive at most one batch, and not beyond the end of the ring. */
static __rte_always_inline uint16_t
vector_batch(struct base_queue *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	uint32_t status[BASE_BATCH + STEP];
	vec special = v_set32(0);
	uint32_t nb = 0, done;

	rte_prefetch0((const void *)(uintptr_t)&queue->desc[queue->next]);
	if (queue->nb_bare >= BASE_BATCH)
		base_refill(queue);
	while (nb < nb_pkts) {
		done = vector_step(queue, queue->next + nb, &status[nb], &special);
		done = RTE_MIN(done, nb_pkts - nb);
		vector_hand_up(&pkts[nb], &queue->mbufs[queue->next + nb], nb_pkts - nb, done);
		nb += done;
		if (done < STEP)
			break;
	}
	queue->next = (queue->next + nb) & (queue->nb_desc - 1);
	queue->nb_bare += nb;
	if (unlikely(v_any(special) || queue->first_seg != NULL || queue->dropping))
		return base_assemble(queue, pkts, status, nb);
	return nb;
}

static __rte_always_inline uint16_t
vector_burst(struct base_queue *queue, struct rte_mbuf **pkts, uint16_t nb_pkts)
{
	uint16_t nb = 0, wanted, n;

	do {
		wanted = RTE_MIN(nb_pkts - nb, BASE_BATCH);
		n = vector_batch(queue, &pkts[nb], wanted);
		nb += n;
	} while (n == wanted && nb < nb_pkts);
	return nb;
}
