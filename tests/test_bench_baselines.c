/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The baselines of the bench do what they claim: a figure against a driver that loses packets or
 * leaves fields out would be worth nothing. Ours is among the paths, as the bench sets it up.
 */

#include "compat_util.h"
#include "dualbuf_test.h"

#include "base.h"
#include "test_rxq.h"
#include "wire.h"

#define SEED 0x9e3779b97f4a7c15
#define MAX_BURST 96

struct path {
	const char *name;
	enum test_rxq_kind kind;
	unsigned int bits;
};

static const struct path paths[] = {
	{ "dualbuf", RIG_OURS, 0 },
	{ "scalar", RIG_B1, 0 },
	{ "sse", RIG_B2, 128 },
	{ "avx2", RIG_B2, 256 },
	{ "avx512", RIG_B2, 512 },
};

static const uint32_t lengths[] = { 128, 512 };

/* A tq and what has to come out of it next. */
struct stand {
	struct test_rxq *tq;
	struct rte_mempool *pool;
	uint32_t expected; /* sequence number */
	uint64_t seed;
};

typedef void (*check_t)(struct stand *stand);

static struct stand
stand_make(const struct path *path, uint32_t nb_desc)
{
	struct test_rxq_shape shape = {
		.kind = path->kind,
		.nb_desc = nb_desc,
		.nb_bufs = 2,
		.nb_spare = 256,
		.bits = path->bits,
	};
	struct stand stand = { .seed = SEED };

	stand.pool = test_pool_make("stand", test_rxq_pool_size(&shape), 32);
	shape.pool = stand.pool;
	stand.tq = test_rxq_open(&shape);
	return stand;
}

static void
stand_end(struct stand *stand)
{
	test_rxq_close(stand->tq);
	assert_pool_full(stand->pool);
	rte_mempool_free(stand->pool);
}

/* Once for each path that this machine has, and for each length. */
static void
for_all(check_t check)
{
	struct stand stand;
	unsigned int i, k;

	for (i = 0; i < RTE_DIM(paths); i++) {
		if (paths[i].bits > 0 && base_vector(paths[i].bits) == NULL) {
			print_message("this machine has no %s\n", paths[i].name);
			continue;
		}
		for (k = 0; k < RTE_DIM(lengths); k++) {
			stand = stand_make(&paths[i], lengths[k]);
			check(&stand);
			stand_end(&stand);
		}
	}
}

/* Flags as rte_mbuf.h describes them, bit by bit. */
static uint64_t
flags_of(const union dualbuf_rx_desc *desc)
{
	uint32_t status = rte_le_to_cpu_32(desc->wb.status_error);
	uint64_t flags = 0;

	if (desc->wb.mrq != 0)
		flags |= RTE_MBUF_F_RX_RSS_HASH;
	if (status & DUALBUF_RXD_VP)
		flags |= RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	if ((status & DUALBUF_RXD_IPCS) && (status & DUALBUF_RXD_IPE))
		flags |= RTE_MBUF_F_RX_IP_CKSUM_BAD;
	else if (status & DUALBUF_RXD_IPCS)
		flags |= RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	if ((status & DUALBUF_RXD_L4CS) && (status & DUALBUF_RXD_L4E))
		flags |= RTE_MBUF_F_RX_L4_CKSUM_BAD;
	else if (status & DUALBUF_RXD_L4CS)
		flags |= RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	return flags;
}

static uint32_t
ptype_of(const union dualbuf_rx_desc *desc)
{
	const uint32_t ip4 = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN;
	const uint32_t ip6 = RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN;

	switch (rte_le_to_cpu_32(desc->wb.mrq)) {
	case DUALBUF_RXD_RSS_TCP4:
		return ip4 | RTE_PTYPE_L4_TCP;
	case DUALBUF_RXD_RSS_IPV4:
		return ip4;
	case DUALBUF_RXD_RSS_TCP6:
		return ip6 | RTE_PTYPE_L4_TCP;
	case DUALBUF_RXD_RSS_IPV6:
		return ip6;
	default:
		return RTE_PTYPE_L2_ETHER;
	}
}

/* All fields of a packet's write-back are in its mbuf. */
static void
assert_fields(const struct rte_mbuf *m, const union dualbuf_rx_desc *desc)
{
	uint64_t flags = flags_of(desc);

	assert_int_equal(m->ol_flags, flags);
	assert_int_equal(m->packet_type, ptype_of(desc));
	if (flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(m->hash.rss, rte_le_to_cpu_32(desc->wb.rss));
	if (flags & RTE_MBUF_F_RX_VLAN)
		assert_int_equal(m->vlan_tci, rte_le_to_cpu_16(desc->wb.vlan));
}

static void
assert_packet(const struct stand *stand, const struct rte_mbuf *m, uint32_t sequence)
{
	const union dualbuf_rx_desc desc = wire_write_back(&stand->tq->wire, sequence);
	const char *reason;

	if (rte_mbuf_check(m, 1, &reason) != 0)
		fail_msg("%s (%u bits), packet %u: a broken mbuf: %s", stand->tq->name,
				stand->tq->shape.bits, sequence, reason);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	assert_int_equal(m->nb_segs, 1);
	assert_null(m->next);
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_int_equal(m->data_len, rte_le_to_cpu_16(desc.wb.length));
	assert_int_equal(m->pkt_len, m->data_len);
	assert_fields(m, &desc);
	if (stand->tq->wire.data_len > 0)
		assert_int_equal(*rte_pktmbuf_mtod(m, const uint8_t *), (uint8_t)sequence);
}

static uint16_t
receive(struct stand *stand, struct rte_mbuf **pkts, uint16_t nb)
{
	return stand->tq->burst(stand->tq->queue, pkts, nb);
}

/* Receive up to max packets, the next ones of the sequence; free them. */
static uint16_t
receive_next(struct stand *stand, uint16_t max)
{
	struct rte_mbuf *pkts[MAX_BURST];
	uint16_t nb = receive(stand, pkts, max), i;

	assert_between(nb, 0, max);
	for (i = 0; i < nb; i++)
		assert_packet(stand, pkts[i], stand->expected++);
	rte_pktmbuf_free_bulk(pkts, nb);
	return nb;
}

static void
check_order(struct stand *stand)
{
	struct wire *wire = &stand->tq->wire;

	while (wire->sequence < 20000) {
		wire_fill(wire, test_random_below(&stand->seed, wire->nb_desc + 1));
		while (receive_next(stand, 1 + test_random_below(&stand->seed, MAX_BURST)) > 0)
			;
		assert_int_equal(stand->expected, wire->sequence);
	}
}

static void
every_packet_comes_once_in_order_with_every_field(void **state)
{
	(void)state;
	for_all(check_order);
}

static void
check_contents(struct stand *stand)
{
	stand->tq->wire.data_len = 64;
	check_order(stand);
}

static void
packets_are_in_the_buffers_that_were_armed(void **state)
{
	(void)state;
	for_all(check_contents);
}

/* A write-back with some bits added and some taken away. */
static void
write_odd(struct stand *stand, uint32_t set, uint32_t clear, uint16_t length)
{
	struct wire *wire = &stand->tq->wire;
	union dualbuf_rx_desc desc = wire_write_back(wire, wire->sequence);

	desc.wb.status_error |= rte_cpu_to_le_32(set);
	desc.wb.status_error &= ~rte_cpu_to_le_32(clear);
	desc.wb.length = rte_cpu_to_le_16(length);
	assert_true(wire_write(wire, desc));
}

/* One packet of three descriptors, the rest of which comes later. */
static void
check_chain(struct stand *stand)
{
	union dualbuf_rx_desc last;
	struct rte_mbuf *m;
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		wire_fill(&stand->tq->wire, i % 7);
		while (stand->expected < stand->tq->wire.sequence)
			assert_int_not_equal(receive_next(stand, MAX_BURST), 0);
		write_odd(stand, 0, DUALBUF_RXD_EOP, 2048);
		write_odd(stand, 0, DUALBUF_RXD_EOP, 2048);
		assert_int_equal(receive(stand, &m, 1), 0);
		assert_int_equal(receive(stand, &m, 1), 0);
		last = wire_write_back(&stand->tq->wire, stand->tq->wire.sequence);
		write_odd(stand, 0, 0, 100);
		assert_int_equal(receive(stand, &m, 1), 1);
		assert_int_equal(m->nb_segs, 3);
		assert_int_equal(m->pkt_len, 2 * 2048 + 100);
		assert_int_equal(m->next->next->data_len, 100);
		assert_null(m->next->next->next);
		assert_fields(m, &last);
		rte_pktmbuf_free(m);
		stand->expected += 3;
	}
}

static void
descriptors_become_one_packet(void **state)
{
	(void)state;
	for_all(check_chain);
}

/* Damage in a packet of its own, and in the middle of a longer one. */
static void
check_damage(struct stand *stand)
{
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		wire_fill(&stand->tq->wire, 3);
		while (stand->expected < stand->tq->wire.sequence)
			assert_int_not_equal(receive_next(stand, 3), 0);
		write_odd(stand, DUALBUF_RXD_RXE, 0, 60);
		write_odd(stand, 0, DUALBUF_RXD_EOP, 2048);
		write_odd(stand, DUALBUF_RXD_CE, DUALBUF_RXD_EOP, 2048);
		write_odd(stand, 0, 0, 60);
		stand->expected += 4;
		wire_fill(&stand->tq->wire, 2);
		while (stand->expected < stand->tq->wire.sequence)
			receive_next(stand, MAX_BURST);
	}
}

static void
damaged_packets_are_dropped_whole(void **state)
{
	(void)state;
	for_all(check_damage);
}

/* The application keeps all it gets; when it lets go, everything goes on where it was. */
static void
check_starvation(struct stand *stand)
{
	struct rte_mbuf **held = calloc(stand->pool->size + MAX_BURST, sizeof(*held));
	uint32_t nb_held = 0, idle = 0, i;
	uint16_t nb;

	assert_non_null(held);
	while (idle < 100) {
		wire_fill(&stand->tq->wire, 32);
		nb = receive(stand, &held[nb_held], 32);
		nb_held += nb;
		idle = nb == 0 ? idle + 1 : 0;
	}
	for (i = 0; i < nb_held; i++)
		assert_packet(stand, held[i], stand->expected + i);
	stand->expected += nb_held;
	rte_pktmbuf_free_bulk(held, nb_held);
	free(held);
	while (stand->expected < stand->tq->wire.sequence)
		assert_int_not_equal(receive_next(stand, 32), 0);
	check_order(stand);
}

/* Ours drops instead of waiting, and its tests are elsewhere. */
static void
check_baseline_starvation(struct stand *stand)
{
	if (stand->tq->shape.kind != RIG_OURS)
		check_starvation(stand);
}

static void
an_empty_pool_costs_no_packet(void **state)
{
	(void)state;
	for_all(check_baseline_starvation);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(every_packet_comes_once_in_order_with_every_field),
	cmocka_unit_test(packets_are_in_the_buffers_that_were_armed),
	cmocka_unit_test(descriptors_become_one_packet),
	cmocka_unit_test(damaged_packets_are_dropped_whole),
	cmocka_unit_test(an_empty_pool_costs_no_packet),
};

TEST_EAL_MAIN(tests, 0)
