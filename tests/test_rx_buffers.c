/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The receive path over descriptors in memory, and a device that may write anything to them. */

#include "dualbuf_test.h"
#include "pool_util.h"

#include <rte_ethdev.h>
#include <rte_mbuf_dyn.h>
#include <rte_vect.h>

#include "dualbuf_rxq.h"
#include "path_util.h"

#define NB_DESC 32
#define BUF_SIZE 256
#define PORT 7
#define MAX_FRAME (NB_DESC * BUF_SIZE)
#define GOOD (DUALBUF_RXD_DD | DUALBUF_RXD_EOP)
#define DOORBELL_UNTOUCHED 0xdeadbeef

static enum dualbuf_burst path; /* the instance under test */
static struct rte_mempool *app;
static struct test_queue queue;
static struct dualbuf_rxq rxq;
static volatile uint32_t doorbell;
static uint32_t device_head;
static uint32_t sent, received; /* numbers of frames; each has its own bytes */

static uint64_t
fresh_rearm(void)
{
	struct rte_mbuf m = {
		.data_off = RTE_PKTMBUF_HEADROOM,
		.nb_segs = 1,
		.port = PORT,
	};

	rte_mbuf_refcnt_set(&m, 1);
	return *(uint64_t *)&m.rearm_data;
}

/* A ring over a pool that has so many mbufs for temporaries. */
static void
make_rxq(uint32_t nb_bufs, uint32_t nb_temporaries)
{
	static unsigned int serial;
	char name[RTE_MEMPOOL_NAMESIZE];
	uint32_t nb_bound = NB_DESC * nb_bufs;

	/* a pool gives up half of what it has beyond the first sides; the rest is taken away */
	snprintf(name, sizeof(name), "rx%u", serial++);
	app = test_pool_make(name, 2 * nb_bound + nb_temporaries, 0);
	test_queue_bind(&queue, app, NB_DESC, nb_bufs);
	memset(&rxq, 0, sizeof(rxq));
	rxq.desc = aligned_alloc(DUALBUF_RING_BASE_ALIGN, NB_DESC * sizeof(*rxq.desc));
	assert_non_null((const void *)(uintptr_t)rxq.desc);
	memset((void *)(uintptr_t)rxq.desc, 0xa5, NB_DESC * sizeof(*rxq.desc));
	rxq.tail_reg = &doorbell;
	rxq.ring = queue.ring;
	rxq.pool = queue.pool;
	rxq.rearm = fresh_rearm();
	rxq.buf_size = BUF_SIZE;
	rxq.mp = app;
	dualbuf_rx_restart(&rxq);
	dualbuf_rx_doorbell(&rxq);
	device_head = 0;
	sent = 0;
	received = 0;
}

static int
set_up(void **state)
{
	(void)state;
	make_rxq(2, 64);
	return 0;
}

/* Whatever a test did, nothing may be missing at its end. */
static int
tear_down(void **state)
{
	(void)state;
	dualbuf_rx_discard_partial(&rxq);
	assert_int_equal(test_queue_out(&queue), 0);
	test_queue_release(&queue);
	free((void *)(uintptr_t)rxq.desc);
	assert_pool_full(app);
	rte_mempool_free(app);
	return 0;
}

static uint64_t
armed_address(uint32_t pos)
{
	return queue.ring->addr[dualbuf_ring_armed_slot(queue.ring, pos)];
}

/* All 16 bytes of a descriptor are those of an armed one, and its buffer is home. */
static void
assert_armed(uint32_t pos)
{
	const union dualbuf_rx_desc expected = {
		.read.addr = rte_cpu_to_le_64(armed_address(pos)),
	};

	assert_memory_equal((const void *)(uintptr_t)&rxq.desc[pos], &expected, sizeof(expected));
	assert_true(dualbuf_ring_is_home(queue.ring, dualbuf_ring_armed_slot(queue.ring, pos)));
}

static void
assert_all_armed(void)
{
	uint32_t pos;

	for (pos = 0; pos < NB_DESC; pos++)
		assert_armed(pos);
	assert_int_equal(doorbell, (queue.ring->next.pos + NB_DESC - 1) % NB_DESC);
}

static uint8_t
frame_byte(uint32_t frame, uint32_t at)
{
	return (uint8_t)(frame * 31 + at * 7 + at / 256);
}

/* Write a status over a descriptor; every bit of the rest too. */
static void
write_back(uint32_t pos, uint32_t status, uint16_t len)
{
	memset((void *)(uintptr_t)&rxq.desc[pos], 0xff, 8);
	rxq.desc[pos].wb.mrq = 0;
	rxq.desc[pos].wb.length = rte_cpu_to_le_16(len);
	rxq.desc[pos].wb.vlan = 0xffff;
	rxq.desc[pos].wb.status_error = rte_cpu_to_le_32(status);
}

static uint32_t
next_pos(uint32_t pos)
{
	return (pos + 1) % NB_DESC;
}

/* Part of a frame, into the descriptor at the device's head. */
static void
device_writes_part(uint32_t frame, uint32_t from, uint16_t len, uint32_t status)
{
	uint64_t addr = rte_le_to_cpu_64(rxq.desc[device_head].read.addr);
	uint8_t *data = (uint8_t *)(uintptr_t)addr;
	uint16_t i;

	for (i = 0; i < len; i++)
		data[i] = frame_byte(frame, from + i);
	write_back(device_head, status | DUALBUF_RXD_DD, len);
	device_head = next_pos(device_head);
}

/* A good frame, in as many descriptors as it needs. */
static void
device_writes(uint32_t len)
{
	uint32_t at = 0;

	for (; len - at > BUF_SIZE; at += BUF_SIZE)
		device_writes_part(sent, at, BUF_SIZE, 0);
	device_writes_part(sent, at, (uint16_t)(len - at), DUALBUF_RXD_EOP);
	sent++;
}

static void
device_writes_frames(unsigned int n)
{
	while (n-- > 0)
		device_writes(60 + sent % 190);
}

static uint16_t
burst(struct rte_mbuf **m, uint16_t n)
{
	return dualbuf_rx_burst_of(path, false, false)(&rxq, m, n);
}

static struct rte_mbuf *
receive_one(void)
{
	struct rte_mbuf *m;

	assert_int_equal(burst(&m, 1), 1);
	return m;
}

static void
assert_nothing_received(void)
{
	struct rte_mbuf *m;

	assert_int_equal(burst(&m, 1), 0);
}

static void
assert_bytes(const struct rte_mbuf *m, uint32_t frame, uint32_t len)
{
	static uint8_t copy[MAX_FRAME];
	const uint8_t *data;
	uint32_t i;

	assert_int_equal(m->pkt_len, len);
	data = rte_pktmbuf_read(m, 0, len, copy);
	assert_non_null(data);
	for (i = 0; i < len; i++)
		if (data[i] != frame_byte(frame, i))
			fail_msg("byte %u of frame %u is wrong", i, frame);
}

/* The next frame that was sent, of this length. */
static void
assert_next_frame(struct rte_mbuf *m, uint32_t len)
{
	const char *reason = "";

	assert_int_equal(rte_mbuf_check(m, 1, &reason), 0);
	assert_bytes(m, received++, len);
	assert_int_equal(m->nb_segs, len <= BUF_SIZE ? 1 : (len + BUF_SIZE - 1) / BUF_SIZE);
	assert_int_equal(m->port, PORT);
	assert_int_equal(m->data_off, RTE_PKTMBUF_HEADROOM);
	assert_ptr_equal(m->pool, queue.pool->mp);
}

static void
receive_and_free(uint32_t len)
{
	struct rte_mbuf *m = receive_one();

	assert_next_frame(m, len);
	rte_pktmbuf_free(m);
}

static void
a_packet_comes_up_in_the_buffer_that_was_armed(void **state)
{
	uint64_t was_armed = armed_address(0);
	struct rte_mbuf *m;

	(void)state;
	device_writes(100);
	m = receive_one();
	assert_next_frame(m, 100);
	assert_int_equal((uintptr_t)rte_pktmbuf_mtod(m, char *), was_armed);
	assert_int_not_equal(armed_address(0), was_armed);
	assert_all_armed();
	assert_int_equal(test_queue_out(&queue), 1);
	assert_int_equal(rxq.stats.flips, 1);
	assert_int_equal(rxq.stats.copies, 0);
	rte_pktmbuf_free(m);
}

static void
a_packet_is_copied_when_the_alternate_is_out(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m;
	uint64_t was_armed;

	(void)state;
	device_writes_frames(NB_DESC - 1);
	assert_int_equal(burst(held, NB_DESC), NB_DESC - 1);
	received = NB_DESC - 1;
	device_writes(70);
	receive_and_free(70);
	was_armed = armed_address(0);
	device_writes(200);
	m = receive_one();
	assert_next_frame(m, 200);
	assert_int_not_equal((uintptr_t)rte_pktmbuf_mtod(m, char *), was_armed);
	assert_int_equal(armed_address(0), was_armed);
	assert_all_armed();
	assert_int_equal(rxq.stats.flips, NB_DESC);
	assert_int_equal(rxq.stats.copies, 1);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(held, NB_DESC - 1);
}

/* Nothing waits for the consumer: alternates first, then copies, in order. */
static void
hold_everything(uint32_t nb_bufs)
{
	struct rte_mbuf *held[NB_DESC * 8 + 40];
	unsigned int n = NB_DESC * (nb_bufs - 1) + 40, i;

	make_rxq(nb_bufs, 64);
	for (i = 0; i < n; i++) {
		device_writes(60 + i % 100);
		held[i] = receive_one();
		assert_next_frame(held[i], 60 + i % 100);
		assert_all_armed();
	}
	assert_int_equal(rxq.stats.flips, n - 40);
	assert_int_equal(rxq.stats.copies, 40);
	assert_int_equal(rxq.stats.packets, n);
	for (i = 0; i < n; i++)
		assert_bytes(held[i], i, 60 + i % 100);
	rte_pktmbuf_free_bulk(held, n);
}

static void
a_consumer_that_never_frees_gets_copies_with_2_buffers(void **state)
{
	(void)state;
	hold_everything(2);
}

static void
a_consumer_that_never_frees_gets_copies_with_3_buffers(void **state)
{
	(void)state;
	hold_everything(3);
}

static void
a_consumer_that_never_frees_gets_copies_with_4_buffers(void **state)
{
	(void)state;
	hold_everything(4);
}

static void
a_consumer_that_never_frees_gets_copies_with_8_buffers(void **state)
{
	(void)state;
	hold_everything(8);
}

/* Everything that is left in the application's pool. */
static unsigned int
take_all(void **objs, unsigned int max)
{
	unsigned int n = 0;

	while (n < max && rte_mempool_get(app, &objs[n]) == 0)
		n++;
	return n;
}

/* Bring the queue to where every further packet needs a temporary, of which there are none. */
static unsigned int
exhaust(struct rte_mbuf **held, void **taken, unsigned int max)
{
	unsigned int i;

	for (i = 0; i < NB_DESC; i++) {
		device_writes(64);
		held[i] = receive_one();
		assert_next_frame(held[i], 64);
	}
	return take_all(taken, max);
}

/* Frames of different lengths, whose packets are then next in order. */
static void
receive_frames(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	device_writes_frames(n);
	assert_int_equal(burst(m, (uint16_t)n), n);
	for (i = 0; i < n; i++)
		assert_next_frame(m[i], 60 + received % 190);
	assert_all_armed();
}

/* A frame for each descriptor; the device never has all of them at once. */
static void
receive_a_round(struct rte_mbuf **m)
{
	receive_frames(m, NB_DESC - 1);
	receive_frames(&m[NB_DESC - 1], 1);
}

static void
a_burst_without_any_alternate_is_copied(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[24];
	unsigned int i;

	(void)state;
	receive_a_round(held);
	for (i = 0; i < 4; i++) {
		receive_frames(m, 24);
		assert_int_equal(rxq.stats.copies, (i + 1) * 24);
		rte_pktmbuf_free_bulk(m, 24);
	}
	assert_int_equal(rxq.stats.flips, NB_DESC);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
a_burst_is_flipped_and_copied_as_each_descriptor_needs(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[24];
	unsigned int i;

	(void)state;
	receive_a_round(held);
	for (i = 0; i < NB_DESC; i += 3) {
		rte_pktmbuf_free(held[i]);
		held[i] = NULL;
	}
	receive_frames(m, 24);
	assert_int_equal(rxq.stats.flips, NB_DESC + 8);
	assert_int_equal(rxq.stats.copies, 16);
	rte_pktmbuf_free_bulk(m, 24);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
one_alternate_that_is_home_is_found_wherever_it_is(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[8];
	unsigned int i, flips;

	(void)state;
	receive_a_round(held);
	for (i = 0; i < NB_DESC; i++) {
		while (rxq.ring->next.pos != i / 8 * 8) {
			receive_frames(m, 8);
			rte_pktmbuf_free_bulk(m, 8);
		}
		rte_pktmbuf_free(held[i]);
		flips = rxq.stats.flips;
		receive_frames(m, 8);
		assert_int_equal(rxq.stats.flips, flips + 1);
		held[i] = m[i % 8];
		m[i % 8] = NULL;
		rte_pktmbuf_free_bulk(m, 8);
	}
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

/* What waited is armed by the next burst after its buffer came home. */
static void
assert_all_wake(void)
{
	assert_nothing_received();
	assert_all_armed();
}

static void
a_burst_takes_the_temporaries_that_are_left_and_lends_the_rest(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[24];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), left, i;

	(void)state;
	for (left = 1; left < 20; left++) {
		rte_mempool_put_bulk(app, taken, left);
		device_writes_frames(20);
		assert_int_equal(burst(m, 24), 20);
		for (i = 0; i < 20; i++)
			assert_next_frame(m[i], 60 + received % 190);
		rte_pktmbuf_free_bulk(m, 20);
		assert_int_equal(take_all(taken, left), left);
		assert_all_wake();
	}
	assert_int_equal(rxq.stats.copies, 19 * 20 / 2);
	assert_int_equal(rxq.stats.loans, 19 * 20 - 19 * 20 / 2);
	assert_true(rxq.stats.nombuf >= rxq.stats.loans);
	rte_pktmbuf_free_bulk(held, NB_DESC);
	rte_mempool_put_bulk(app, taken, n);
}

/* As a driver does it that frees fast, and leaves segments linked. */
static void
segments_that_come_back_linked_are_not_linked_when_they_go_up(void **state)
{
	struct rte_mbuf *m[NB_DESC], *segs[NB_DESC], *seg;
	unsigned int nb_segs, round;

	(void)state;
	for (round = 0; round < 6; round++) {
		device_writes(24 * BUF_SIZE);
		m[0] = receive_one();
		assert_next_frame(m[0], 24 * BUF_SIZE);
		nb_segs = 0;
		for (seg = m[0]; seg != NULL; seg = seg->next)
			segs[nb_segs++] = seg;
		assert_int_equal(nb_segs, 24);
		rte_mempool_put_bulk(m[0]->pool, (void **)segs, nb_segs);
		receive_frames(m, NB_DESC - 1);
		rte_pktmbuf_free_bulk(m, NB_DESC - 1);
	}
}

/* As rte_gro and rte_ip_frag do it: links, and the number of segments in the first. */
static void
chain_all(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 1; i < n; i++) {
		m[i - 1]->next = m[i];
		m[0]->pkt_len += m[i]->data_len;
	}
	m[0]->nb_segs = n;
}

/*
 * A driver that frees fast puts the segments back as they are, wherever the chain begins in its batch; and
 * the receiver may be anywhere in the ring by then.
 */
static void
mbufs_that_the_application_chained_come_up_unlinked(void **state)
{
	struct rte_mbuf *m[NB_DESC], *next[NB_DESC];
	unsigned int from, len, ahead;

	(void)state;
	for (from = 0; from < NB_DESC; from += 3) {
		for (len = 2; from + len <= NB_DESC; len += 5) {
			ahead = (from + len) % (NB_DESC - 1);
			receive_a_round(m);
			chain_all(&m[from], len);
			receive_frames(next, ahead);
			rte_mempool_put_bulk(m[0]->pool, (void **)m, NB_DESC);
			rte_pktmbuf_free_bulk(next, ahead);
			receive_a_round(m);
			rte_pktmbuf_free_bulk(m, NB_DESC);
			receive_a_round(m);
			rte_pktmbuf_free_bulk(m, NB_DESC);
			/* at the beginning of the ring again */
			receive_frames(m, (NB_DESC - ahead) % NB_DESC);
			rte_pktmbuf_free_bulk(m, (NB_DESC - ahead) % NB_DESC);
		}
	}
}

static void
without_a_temporary_the_last_buffer_goes_up_and_nothing_is_lost(void **state)
{
	struct rte_mbuf *held[NB_DESC], *last[NB_DESC];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), round, i;

	(void)state;
	for (round = 0; round < 4; round++) {
		/* the last armed descriptor is never the device's */
		for (i = 0; i < NB_DESC - 1; i++) {
			device_writes(64);
			last[i] = receive_one();
			assert_next_frame(last[i], 64);
			assert_int_equal(last[i]->ol_flags, 0);
			assert_int_equal(dualbuf_ring_waiting(rxq.ring), i + 1);
		}
		assert_int_equal(doorbell, device_head);
		assert_nothing_received();
		rte_pktmbuf_free_bulk(last, NB_DESC - 1);
		assert_all_wake();
	}
	assert_int_equal(rxq.stats.packets, NB_DESC + round * (NB_DESC - 1));
	assert_int_equal(rxq.stats.loans, round * (NB_DESC - 1));
	assert_int_equal(rxq.stats.nombuf, rxq.stats.loans);
	assert_int_equal(rxq.stats.errors, 0);
	rte_mempool_put_bulk(app, taken, n);
	device_writes(64);
	receive_and_free(64);
	assert_int_equal(rxq.stats.copies, 1);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

/* Those behind one that waits are kept from the device, until it is armed. */
static void
descriptors_behind_one_that_waits_are_armed_in_their_order(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m[20];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), i;

	(void)state;
	for (i = 0; i < 20; i++) {
		device_writes(64);
		m[i] = receive_one();
		assert_next_frame(m[i], 64);
	}
	for (i = 19; i > 0; i--) {
		rte_pktmbuf_free(m[i]);
		assert_nothing_received();
		assert_int_equal(dualbuf_ring_armed_count(rxq.ring), NB_DESC - 20);
	}
	rte_pktmbuf_free(m[0]);
	assert_all_wake();
	rte_pktmbuf_free_bulk(held, NB_DESC);
	rte_mempool_put_bulk(app, taken, n);
}

static void
a_long_packet_spans_descriptors(void **state)
{
	static const uint32_t lengths[] = { 256, 257, 511, 512, 513, 1000, 2000, 7936 };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lengths); i++) {
		device_writes(lengths[i]);
		receive_and_free(lengths[i]);
		assert_all_armed();
	}
	assert_int_equal(rxq.stats.packets, RTE_DIM(lengths));
	assert_int_equal(test_queue_out(&queue), 0);
}

static void
a_long_packet_arrives_over_several_bursts(void **state)
{
	(void)state;
	device_writes_part(sent, 0, BUF_SIZE, 0);
	assert_nothing_received();
	assert_all_armed();
	device_writes_part(sent, BUF_SIZE, BUF_SIZE, 0);
	device_writes_part(sent, 2 * BUF_SIZE, BUF_SIZE, 0);
	assert_nothing_received();
	assert_int_equal(rxq.stats.packets, 0);
	assert_int_equal(test_queue_out(&queue), 3);
	device_writes_part(sent++, 3 * BUF_SIZE, 1, DUALBUF_RXD_EOP);
	receive_and_free(3 * BUF_SIZE + 1);
	assert_int_equal(rxq.stats.bytes, 3 * BUF_SIZE + 1);
}

static void
long_packets_wrap_with_the_ring(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 10 * NB_DESC; i++) {
		device_writes(1 + i * 97 % (20 * BUF_SIZE));
		receive_and_free(1 + i * 97 % (20 * BUF_SIZE));
		assert_all_armed();
	}
}

static void
a_long_packet_mixes_flips_and_copies(void **state)
{
	struct rte_mbuf *held[NB_DESC], *m;
	unsigned int i;

	(void)state;
	device_writes_frames(NB_DESC - 1);
	assert_int_equal(burst(held, NB_DESC), NB_DESC - 1);
	device_writes_frames(1);
	assert_int_equal(burst(&held[NB_DESC - 1], 1), 1);
	received = sent;
	for (i = 0; i < 4; i += 2) {
		rte_pktmbuf_free(held[i]);
		held[i] = NULL;
	}
	device_writes(4 * BUF_SIZE);
	m = receive_one();
	assert_next_frame(m, 4 * BUF_SIZE);
	assert_int_equal(rxq.stats.flips, NB_DESC + 2);
	assert_int_equal(rxq.stats.copies, 2);
	rte_pktmbuf_free(m);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
a_long_packet_mixes_flips_copies_and_last_buffers(void **state)
{
	struct rte_mbuf *held[NB_DESC];
	void *taken[512];
	unsigned int n = exhaust(held, taken, RTE_DIM(taken)), i;

	(void)state;
	/* the first two descriptors have alternates, the third a temporary, the others nothing */
	for (i = 0; i < 2; i++) {
		rte_pktmbuf_free(held[i]);
		held[i] = NULL;
	}
	rte_mempool_put(app, taken[--n]);
	device_writes(5 * BUF_SIZE);
	receive_and_free(5 * BUF_SIZE);
	assert_int_equal(rxq.stats.flips, NB_DESC + 2);
	assert_int_equal(rxq.stats.copies, 1);
	assert_int_equal(rxq.stats.loans, 2);
	assert_all_wake();
	rte_mempool_put_bulk(app, taken, n);
	rte_pktmbuf_free_bulk(held, NB_DESC);
}

static void
the_rest_of_a_dropped_packet_may_come_in_later_bursts(void **state)
{
	unsigned int i;

	(void)state;
	device_writes_part(99, 0, BUF_SIZE, 0);
	write_back(device_head, DUALBUF_RXD_DD, BUF_SIZE + 1);
	device_head = next_pos(device_head);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	for (i = 0; i < 5; i++) {
		device_writes_part(99, 0, BUF_SIZE, 0);
		assert_nothing_received();
		assert_all_armed();
	}
	device_writes_part(99, 0, BUF_SIZE, DUALBUF_RXD_EOP);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	assert_int_equal(test_queue_out(&queue), 0);
	device_writes(100);
	receive_and_free(100);
}

static void
a_length_beyond_the_buffer_is_an_error(void **state)
{
	static const uint16_t lengths[] = { BUF_SIZE + 1, 2048, 0x8000, UINT16_MAX };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lengths); i++) {
		write_back(device_head, GOOD, lengths[i]);
		device_head = next_pos(device_head);
		assert_nothing_received();
		assert_int_equal(rxq.stats.errors, i + 1);
		assert_all_armed();
	}
	assert_int_equal(rxq.stats.flips, 0);
	device_writes(BUF_SIZE);
	receive_and_free(BUF_SIZE);
}

static void
damaged_frames_are_dropped_and_counted(void **state)
{
	static const uint32_t bits[] = { DUALBUF_RXD_CE, DUALBUF_RXD_SE, DUALBUF_RXD_SEQ,
		DUALBUF_RXD_CXE, DUALBUF_RXD_RXE };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bits); i++) {
		device_writes_part(99, 0, 64, DUALBUF_RXD_EOP | bits[i]);
		assert_nothing_received();
		assert_int_equal(rxq.stats.errors, i + 1);
		assert_all_armed();
	}
	device_writes(64);
	receive_and_free(64);
	assert_int_equal(rxq.stats.packets, 1);
}

static void
damage_that_is_reported_last_drops_the_whole_packet(void **state)
{
	(void)state;
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, 10, DUALBUF_RXD_EOP | DUALBUF_RXD_RXE);
	assert_nothing_received();
	assert_int_equal(rxq.stats.errors, 1);
	assert_int_equal(test_queue_out(&queue), 0);
	device_writes(64);
	receive_and_free(64);
}

static void
a_packet_without_end_is_dropped_after_a_round(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 5 * NB_DESC; i++) {
		device_writes_part(99, 0, BUF_SIZE, 0);
		assert_nothing_received();
		assert_all_armed();
		assert_int_equal(rxq.stats.errors, i < NB_DESC ? 0 : 1);
	}
	assert_int_equal(test_queue_out(&queue), 0);
	device_writes_part(99, 0, BUF_SIZE, DUALBUF_RXD_EOP);
	assert_nothing_received();
	device_writes(64);
	receive_and_free(64);
	assert_int_equal(rxq.stats.errors, 1);
}

static void
a_burst_goes_round_the_ring_once_at_the_most(void **state)
{
	struct rte_mbuf *m[4 * NB_DESC];
	unsigned int round;
	uint32_t pos;

	(void)state;
	for (round = 0; round < 100; round++) {
		for (pos = 0; pos < NB_DESC; pos++)
			write_back(pos, GOOD, 64);
		assert_int_equal(burst(m, 4 * NB_DESC), NB_DESC);
		assert_all_armed();
		rte_pktmbuf_free_bulk(m, NB_DESC);
	}
	assert_int_equal(test_queue_out(&queue), 0);
}

/* The device writes anywhere and anything, and whatever comes up is freed now or later. */
static void
write_anything(uint64_t *seed)
{
	uint32_t n = test_random_below(seed, NB_DESC + 1), i, pos, status;

	for (i = 0; i < n; i++) {
		pos = test_random_below(seed, 4) == 0 ? test_random_below(seed, NB_DESC) :
							(rxq.ring->next.pos + i) % NB_DESC;
		status = (uint32_t)test_random(seed) | DUALBUF_RXD_DD;
		if (test_random_below(seed, 4) != 0)
			status &= ~DUALBUF_RXD_FRAME_ERRORS;
		write_back(pos, status,
				test_random_below(seed, 5) == 0 ?
						(uint16_t)test_random(seed) :
						test_random_below(seed, BUF_SIZE));
		rxq.desc[pos].wb.mrq = (uint32_t)test_random(seed);
	}
}

static void
a_device_that_writes_anything_loses_no_buffer(void **state)
{
	struct rte_mbuf *held[256], *m[NB_DESC];
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned int nb_held = 0, i, j;
	uint16_t n;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)seed);
	for (i = 0; i < 50000; i++) {
		write_anything(&seed);
		n = burst(m, test_random_below(&seed, NB_DESC + 1));
		for (j = 0; j < n; j++) {
			if (nb_held < RTE_DIM(held) && test_random_below(&seed, 2) == 0)
				held[nb_held++] = m[j];
			else
				rte_pktmbuf_free(m[j]);
		}
		while (nb_held > 0 && test_random_below(&seed, 3) != 0)
			rte_pktmbuf_free(held[--nb_held]);
	}
	assert_true(rxq.stats.packets > 10000);
	assert_true(rxq.stats.errors > 10000);
	rte_pktmbuf_free_bulk(held, nb_held);
	dualbuf_rx_restart(&rxq);
	dualbuf_rx_doorbell(&rxq);
	assert_all_armed();
}

struct offload_case {
	uint32_t status;
	uint32_t mrq;
	uint64_t flags;
	uint32_t ptype;
};

static const struct offload_case offload_cases[] = {
	{ 0, 0, 0, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_IPCS, 0, RTE_MBUF_F_RX_IP_CKSUM_GOOD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE, 0, RTE_MBUF_F_RX_IP_CKSUM_BAD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_L4CS, 0, RTE_MBUF_F_RX_L4_CKSUM_GOOD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E, 0, RTE_MBUF_F_RX_L4_CKSUM_BAD, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS | DUALBUF_RXD_L4E, 0,
			RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_BAD,
			RTE_PTYPE_L2_ETHER },
	/* errors count only where the device looked */
	{ DUALBUF_RXD_IPE | DUALBUF_RXD_L4E, 0, 0, RTE_PTYPE_L2_ETHER },
	{ DUALBUF_RXD_VP, 0, RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED, RTE_PTYPE_L2_ETHER },
	{ 0, DUALBUF_RXD_RSS_IPV4, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN },
	{ 0, DUALBUF_RXD_RSS_TCP4, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP },
	{ 0, DUALBUF_RXD_RSS_IPV6, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN },
	{ 0, DUALBUF_RXD_RSS_TCP6, RTE_MBUF_F_RX_RSS_HASH,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT_UNKNOWN | RTE_PTYPE_L4_TCP },
	{ DUALBUF_RXD_VP | DUALBUF_RXD_IPCS | DUALBUF_RXD_L4CS, DUALBUF_RXD_RSS_TCP4,
			RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED | RTE_MBUF_F_RX_RSS_HASH |
					RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD,
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT_UNKNOWN | RTE_PTYPE_L4_TCP },
};

static void
assert_offload(const struct offload_case *t)
{
	uint32_t pos = device_head;
	struct rte_mbuf *m;

	device_writes_part(sent++, 0, 64, DUALBUF_RXD_EOP | t->status);
	/* other bits of this word are none of ours */
	rxq.desc[pos].wb.mrq = rte_cpu_to_le_32(0x7ff0u | t->mrq);
	rxq.desc[pos].wb.rss = rte_cpu_to_le_32(0x51ccc178);
	rxq.desc[pos].wb.vlan = rte_cpu_to_le_16(0xa123);
	m = receive_one();
	assert_next_frame(m, 64);
	assert_int_equal(m->ol_flags, t->flags);
	assert_int_equal(m->packet_type, t->ptype);
	if (t->flags & RTE_MBUF_F_RX_VLAN)
		assert_int_equal(m->vlan_tci, 0xa123);
	if (t->flags & RTE_MBUF_F_RX_RSS_HASH)
		assert_int_equal(m->hash.rss, 0x51ccc178);
	rte_pktmbuf_free(m);
}

static void
what_the_device_found_is_in_the_mbuf_and_nothing_of_the_last(void **state)
{
	unsigned int i;

	(void)state;
	/* twice round, so that each mbuf has been every other case */
	for (i = 0; i < 7 * NB_DESC; i++)
		assert_offload(&offload_cases[i * 5 % RTE_DIM(offload_cases)]);
}

static void
types_of_hash_that_nobody_defined_do_no_harm(void **state)
{
	const struct offload_case unknown = { .flags = RTE_MBUF_F_RX_RSS_HASH };
	struct offload_case t = unknown;
	unsigned int type;

	(void)state;
	/* what the 82574L does not define has no packet type */
	for (type = 6; type <= DUALBUF_RXD_RSS_MASK; type++) {
		t.mrq = type;
		assert_offload(&t);
	}
}

/* Is this type among those that are announced when the device hashes these? */
static bool
is_announced(uint64_t rss_types, uint32_t ptype)
{
	const uint32_t *types = dualbuf_rx_ptypes(rss_types);

	while (*types != RTE_PTYPE_UNKNOWN && *types != ptype)
		types++;
	return *types == ptype;
}

/* A type is announced when every packet to which it applies would carry it, and only then. */
static void
types_are_announced_by_what_is_hashed(void **state)
{
	const uint64_t bits[] = { RTE_ETH_RSS_IPV4, RTE_ETH_RSS_NONFRAG_IPV4_TCP, RTE_ETH_RSS_IPV6,
		RTE_ETH_RSS_NONFRAG_IPV6_TCP };
	unsigned int set, i;
	uint64_t types;

	(void)state;
	for (set = 0; set < 16; set++) {
		types = 0;
		for (i = 0; i < 4; i++)
			types |= set >> i & 1 ? bits[i] : 0;
		assert_true(is_announced(types, RTE_PTYPE_L2_ETHER));
		assert_int_equal(is_announced(types, RTE_PTYPE_L3_IPV4_EXT_UNKNOWN), set & 1);
		assert_int_equal(is_announced(types, RTE_PTYPE_L3_IPV6_EXT_UNKNOWN), set >> 2 & 1);
		assert_int_equal(is_announced(types, RTE_PTYPE_L4_TCP), set == 15);
	}
}

static void
a_long_packet_has_its_findings_from_the_last_descriptor(void **state)
{
	struct rte_mbuf *m;

	(void)state;
	device_writes_part(sent, 0, BUF_SIZE, DUALBUF_RXD_VP | DUALBUF_RXD_IPCS | DUALBUF_RXD_IPE);
	device_writes_part(sent++, BUF_SIZE, 20, DUALBUF_RXD_EOP | DUALBUF_RXD_L4CS);
	rxq.desc[1].wb.mrq = rte_cpu_to_le_32(DUALBUF_RXD_RSS_IPV4);
	rxq.desc[1].wb.rss = rte_cpu_to_le_32(77);
	m = receive_one();
	assert_next_frame(m, BUF_SIZE + 20);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_RX_L4_CKSUM_GOOD | RTE_MBUF_F_RX_RSS_HASH);
	assert_int_equal(m->hash.rss, 77);
	assert_int_equal(m->next->ol_flags, 0);
	rte_pktmbuf_free(m);
}

static void
an_empty_frame_is_a_packet(void **state)
{
	(void)state;
	device_writes(0);
	receive_and_free(0);
	assert_int_equal(rxq.stats.packets, 1);
}

static void
mbufs_are_fresh_whatever_was_done_to_them(void **state)
{
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	for (i = 0; i < 6 * NB_DESC; i++) {
		device_writes(64);
		m = receive_one();
		assert_next_frame(m, 64);
		assert_int_equal(m->ol_flags, 0);
		assert_int_equal(rte_mbuf_refcnt_read(m), 1);
		assert_null(m->next);
		m->port = 3;
		m->ol_flags = RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_TX_TCP_SEG;
		m->packet_type = UINT32_MAX;
		m->vlan_tci = 0xffff;
		if (i % 3 == 0)
			rte_pktmbuf_adj(m, 20);
		if (i % 3 == 1)
			rte_pktmbuf_prepend(m, 60);
		if (i % 3 == 2)
			m->data_off = 0;
		rte_pktmbuf_free(m);
	}
}

static void
the_doorbell_rings_once_a_burst_and_never_for_nothing(void **state)
{
	struct rte_mbuf *m[8];

	(void)state;
	doorbell = DOORBELL_UNTOUCHED;
	assert_int_equal(burst(m, 8), 0);
	device_writes_frames(5);
	assert_int_equal(burst(m, 0), 0);
	assert_int_equal(doorbell, DOORBELL_UNTOUCHED);
	assert_int_equal(burst(m, 3), 3);
	assert_int_equal(doorbell, 2);
	rte_pktmbuf_free_bulk(m, 3);
	assert_int_equal(burst(m, 8), 2);
	assert_int_equal(doorbell, 4);
	rte_pktmbuf_free_bulk(m, 2);
	doorbell = DOORBELL_UNTOUCHED;
	assert_int_equal(burst(m, 8), 0);
	assert_int_equal(doorbell, DOORBELL_UNTOUCHED);
}

/* A dropped packet gives its descriptor back, too. */
static void
the_doorbell_rings_for_what_is_dropped(void **state)
{
	(void)state;
	device_writes_part(99, 0, 64, DUALBUF_RXD_EOP | DUALBUF_RXD_RXE);
	doorbell = DOORBELL_UNTOUCHED;
	assert_nothing_received();
	assert_int_equal(doorbell, 0);
}

static void
a_burst_takes_no_more_than_asked_for(void **state)
{
	struct rte_mbuf *m[20];
	unsigned int i;

	(void)state;
	device_writes_frames(20);
	assert_int_equal(dualbuf_rx_queue_count(&rxq), 20);
	assert_int_equal(burst(m, 7), 7);
	assert_int_equal(dualbuf_rx_queue_count(&rxq), 13);
	assert_int_equal(burst(m + 7, 13), 13);
	assert_int_equal(dualbuf_rx_queue_count(&rxq), 0);
	for (i = 0; i < 20; i++)
		assert_next_frame(m[i], 60 + i);
	rte_pktmbuf_free_bulk(m, 20);
}

static void
assert_statuses(uint16_t nb_done)
{
	uint16_t offset;
	int expected;

	assert_int_equal(dualbuf_rx_queue_count(&rxq), nb_done);
	for (offset = 0; offset < NB_DESC; offset++) {
		expected = RTE_ETH_RX_DESC_AVAIL;
		if (offset < nb_done)
			expected = RTE_ETH_RX_DESC_DONE;
		else if (offset == NB_DESC - 1)
			expected = RTE_ETH_RX_DESC_UNAVAIL;
		assert_int_equal(dualbuf_rx_descriptor_status(&rxq, offset), expected);
	}
	assert_int_equal(dualbuf_rx_descriptor_status(&rxq, NB_DESC), -EINVAL);
	assert_int_equal(dualbuf_rx_descriptor_status(&rxq, UINT16_MAX), -EINVAL);
}

static void
the_status_of_every_descriptor_is_known_wherever_the_ring_stands(void **state)
{
	struct rte_mbuf *m[NB_DESC];
	unsigned int round;

	(void)state;
	for (round = 0; round < 2 * NB_DESC; round++) {
		assert_statuses(0);
		device_writes_frames(9);
		assert_statuses(9);
		assert_int_equal(burst(m, 4), 4);
		assert_statuses(5);
		assert_int_equal(burst(m + 4, 5), 5);
		rte_pktmbuf_free_bulk(m, 9);
	}
	device_writes_frames(NB_DESC - 1);
	assert_statuses(NB_DESC - 1);
	assert_int_equal(burst(m, NB_DESC), NB_DESC - 1);
	rte_pktmbuf_free_bulk(m, NB_DESC - 1);
}

static void
restart_forgets_half_a_packet_and_arms_every_descriptor(void **state)
{
	struct rte_mbuf *held;

	(void)state;
	device_writes(64);
	held = receive_one();
	assert_next_frame(held, 64);
	device_writes_part(99, 0, BUF_SIZE, 0);
	device_writes_part(99, 0, BUF_SIZE, 0);
	assert_nothing_received();
	device_writes_frames(3);
	assert_int_equal(test_queue_out(&queue), 3);
	dualbuf_rx_restart(&rxq);
	dualbuf_rx_doorbell(&rxq);
	assert_int_equal(test_queue_out(&queue), 1);
	assert_int_equal(doorbell, NB_DESC - 1);
	assert_all_armed();
	assert_nothing_received();
	device_head = 0;
	received = sent;
	device_writes(64);
	receive_and_free(64);
	rte_pktmbuf_free(held);
}

static void
restart_forgets_that_it_was_dropping(void **state)
{
	(void)state;
	write_back(device_head, DUALBUF_RXD_DD, BUF_SIZE + 1);
	assert_nothing_received();
	assert_true(rxq.dropping);
	dualbuf_rx_restart(&rxq);
	device_head = 0;
	device_writes(64);
	receive_and_free(64);
}

static void
each_packet_has_the_stamp_of_its_last_descriptor(void **state)
{
	uint64_t stamps[NB_DESC] = { 0 }, flag;
	struct rte_mbuf *m;
	int offset;

	(void)state;
	assert_int_equal(dualbuf_rx_timestamp_register(), 0);
	assert_int_equal(dualbuf_rx_timestamp_register(), 0);
	assert_int_equal(rte_mbuf_dyn_rx_timestamp_register(&offset, &flag), 0);
	rxq.timestamps = stamps;
	stamps[0] = 1;
	stamps[1] = 1700000000123456789;
	device_writes(BUF_SIZE + 1);
	assert_int_equal(dualbuf_rx_burst_of(path, false, true)(&rxq, &m, 1), 1);
	assert_next_frame(m, BUF_SIZE + 1);
	assert_int_equal(m->ol_flags, flag);
	assert_int_equal(*RTE_MBUF_DYNFIELD(m, offset, rte_mbuf_timestamp_t *), stamps[1]);
	rte_pktmbuf_free(m);
}

static void
the_path_is_what_was_asked_for_or_the_widest_that_eal_allows(void **state)
{
	static const struct {
		uint16_t bits;
		const char *info;
	} paths[] = {
		[DUALBUF_BURST_SCALAR] = { RTE_VECT_SIMD_DISABLED, "Scalar" },
		[DUALBUF_BURST_SSE] = { RTE_VECT_SIMD_128, "Vector SSE" },
		[DUALBUF_BURST_AVX2] = { RTE_VECT_SIMD_256, "Vector AVX2" },
		[DUALBUF_BURST_AVX512] = { RTE_VECT_SIMD_512, "Vector AVX512" },
	};
	uint16_t bits = rte_vect_get_max_simd_bitwidth();

	(void)state;
	assert_string_equal(dualbuf_rx_path_info(path), paths[path].info);
	assert_int_equal(rte_vect_set_max_simd_bitwidth(paths[path].bits), 0);
	assert_int_equal(dualbuf_rx_path_choose(DUALBUF_BURST_AUTO), path);
	if (path > DUALBUF_BURST_SCALAR) {
		assert_int_equal(rte_vect_set_max_simd_bitwidth(paths[path - 1].bits), 0);
		assert_int_equal(dualbuf_rx_path_choose(DUALBUF_BURST_AUTO), path - 1);
	}
	assert_int_equal(dualbuf_rx_path_choose(path), path);
	assert_int_equal(rte_vect_set_max_simd_bitwidth(bits), 0);
}

#define with_rxq(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define with_tear_down(test) cmocka_unit_test_teardown(test, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		with_rxq(a_packet_comes_up_in_the_buffer_that_was_armed),
		with_rxq(a_packet_is_copied_when_the_alternate_is_out),
		with_tear_down(a_consumer_that_never_frees_gets_copies_with_2_buffers),
		with_tear_down(a_consumer_that_never_frees_gets_copies_with_3_buffers),
		with_tear_down(a_consumer_that_never_frees_gets_copies_with_4_buffers),
		with_tear_down(a_consumer_that_never_frees_gets_copies_with_8_buffers),
		with_rxq(a_burst_without_any_alternate_is_copied),
		with_rxq(a_burst_is_flipped_and_copied_as_each_descriptor_needs),
		with_rxq(one_alternate_that_is_home_is_found_wherever_it_is),
		with_rxq(a_burst_takes_the_temporaries_that_are_left_and_lends_the_rest),
		with_rxq(segments_that_come_back_linked_are_not_linked_when_they_go_up),
		with_rxq(mbufs_that_the_application_chained_come_up_unlinked),
		with_rxq(without_a_temporary_the_last_buffer_goes_up_and_nothing_is_lost),
		with_rxq(descriptors_behind_one_that_waits_are_armed_in_their_order),
		with_rxq(a_long_packet_spans_descriptors),
		with_rxq(a_long_packet_arrives_over_several_bursts),
		with_rxq(long_packets_wrap_with_the_ring),
		with_rxq(a_long_packet_mixes_flips_and_copies),
		with_rxq(a_long_packet_mixes_flips_copies_and_last_buffers),
		with_rxq(the_rest_of_a_dropped_packet_may_come_in_later_bursts),
		with_rxq(a_length_beyond_the_buffer_is_an_error),
		with_rxq(damaged_frames_are_dropped_and_counted),
		with_rxq(damage_that_is_reported_last_drops_the_whole_packet),
		with_rxq(a_packet_without_end_is_dropped_after_a_round),
		with_rxq(a_burst_goes_round_the_ring_once_at_the_most),
		with_rxq(a_device_that_writes_anything_loses_no_buffer),
		with_rxq(what_the_device_found_is_in_the_mbuf_and_nothing_of_the_last),
		with_rxq(types_of_hash_that_nobody_defined_do_no_harm),
		with_rxq(types_are_announced_by_what_is_hashed),
		with_rxq(a_long_packet_has_its_findings_from_the_last_descriptor),
		with_rxq(an_empty_frame_is_a_packet),
		with_rxq(mbufs_are_fresh_whatever_was_done_to_them),
		with_rxq(the_doorbell_rings_once_a_burst_and_never_for_nothing),
		with_rxq(the_doorbell_rings_for_what_is_dropped),
		with_rxq(a_burst_takes_no_more_than_asked_for),
		with_rxq(the_status_of_every_descriptor_is_known_wherever_the_ring_stands),
		with_rxq(restart_forgets_half_a_packet_and_arms_every_descriptor),
		with_rxq(restart_forgets_that_it_was_dropping),
		with_rxq(each_packet_has_the_stamp_of_its_last_descriptor),
		cmocka_unit_test(the_path_is_what_was_asked_for_or_the_widest_that_eal_allows),
	};

	test_eal_start(argv[0]);
	if (dualbuf_pool_register() != 0 || test_path_of(argc, argv, &path) != 0)
		return TEST_EXIT_BROKEN;
	if (dualbuf_rx_path_check(path) != 0)
		return TEST_EXIT_SKIP;
	return test_eal_end(cmocka_run_group_tests(tests, NULL, NULL));
}
