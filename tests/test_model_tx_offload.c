/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* What the silicon's transmit half makes of contexts, good ones and garbage. */

#include "l4_util.h"
#include "model_util.h"
#include "random_util.h"

#define SEED 0x2545f4914f6cdd1d
#define GARBAGE_ROUNDS 20000
#define SUMS (DUALBUF_TXD_IXSM | DUALBUF_TXD_TXSM)
#define EOP DUALBUF_TXD_EOP

static uint8_t packet[65536 + L4_MAX_HEADERS];

/* The driver writes a context. */
static void
send_context(const struct dualbuf_tx_context *context)
{
	tx.desc[tx.tail].halves[0] = context->halves[0];
	tx.desc[tx.tail].halves[1] = context->halves[1];
	tx.tail = dualbuf_pos_next(tx.tail, NB_DESC);
}

/* The sums that a kind of packet has. */
static uint8_t
popts_of(const struct l4_kind *kind)
{
	return kind->is_ipv6 ? DUALBUF_TXD_TXSM : SUMS;
}

static void
send_context_of(const struct l4_kind *kind, uint16_t mss)
{
	const struct dualbuf_tx_asked asked = {
		.l3 = l4_l2_len(kind),
		.l4 = l4_l2_len(kind) + l4_l3_len(kind),
		.is_ipv4 = !kind->is_ipv6,
		.l4_type = kind->is_tcp ? DUALBUF_TX_L4_TCP : DUALBUF_TX_L4_UDP,
		.payload_at = mss == 0 ? 0 : l4_headers_len(kind),
		.mss = mss,
		.payload = mss == 0 ? 0 : kind->payload,
	};
	const struct dualbuf_tx_context context = dualbuf_tx_context_of(&asked);

	send_context(&context);
}

/* And a part of the packet. */
static void
send_part(const uint8_t *data, uint32_t len, uint32_t cmd, uint8_t popts)
{
	volatile struct dualbuf_tx_desc *desc = &tx.desc[tx.tail];

	desc->addr = rte_cpu_to_le_64((uintptr_t)data);
	desc->cmd_len = rte_cpu_to_le_32(DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | cmd | len);
	desc->status = 0;
	desc->popts = popts;
	desc->vlan = rte_cpu_to_le_16(0x2abc);
	tx.tail = dualbuf_pos_next(tx.tail, NB_DESC);
}

/* As the driver hands a packet over: with the sum of the pseudo header, without its length to cut it. */
static uint32_t
put_prepared(const struct l4_kind *kind, bool to_cut)
{
	uint32_t len = l4_put(kind, packet);
	uint8_t *l3 = packet + l4_l2_len(kind), *l4 = l3 + l4_l3_len(kind);
	uint64_t flags = to_cut ? RTE_MBUF_F_TX_TCP_SEG : 0;
	uint16_t sum = kind->is_ipv6 ? rte_ipv6_phdr_cksum((struct rte_ipv6_hdr *)l3, flags) :
				       rte_ipv4_phdr_cksum((struct rte_ipv4_hdr *)l3, flags);

	memcpy(l4 + (kind->is_tcp ? 16 : 6), &sum, sizeof(sum));
	if (!kind->is_ipv6)
		memset(l3 + 10, 0, 2);
	return len;
}

static void
drop_sent(void)
{
	while (sink.nb > 0)
		free(sink.frames[--sink.nb]);
}

static void
assert_sent(unsigned int i, const uint8_t *data, uint32_t len)
{
	assert_true(i < sink.nb);
	assert_int_equal(sink.lens[i], len);
	assert_memory_equal(sink.frames[i], data, len);
}

/* The same with a tag, as it was asked for. */
static void
assert_sent_tagged(unsigned int i, const uint8_t *data, uint32_t len)
{
	static const uint8_t tag[] = { 0x81, 0x00, 0x2a, 0xbc };

	assert_true(i < sink.nb);
	assert_int_equal(sink.lens[i], len + 4);
	assert_memory_equal(sink.frames[i], data, 12);
	assert_memory_equal(sink.frames[i] + 12, tag, 4);
	assert_memory_equal(sink.frames[i] + 16, data + 12, len - 12);
}

/* Sums ----------------------------------------------------------------------------------------- */

static void
assert_sums_of(const struct l4_kind *kind, uint32_t first)
{
	static uint8_t wanted[sizeof(packet)], before[sizeof(packet)];
	uint32_t len = put_prepared(kind, false);

	memcpy(before, packet, len);
	l4_put(kind, wanted);
	l4_put_sums(kind, wanted);
	send_context_of(kind, 0);
	if (first > 0)
		send_part(packet, first, 0, popts_of(kind));
	send_part(packet + first, len - first, EOP, popts_of(kind));
	send_part(packet, len, EOP | DUALBUF_TXD_VLE, popts_of(kind));
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 2);
	assert_sent(0, wanted, len);
	assert_sent_tagged(1, wanted, len);
	/* others may have the packet */
	assert_memory_equal(packet, before, len);
	drop_sent();
}

static void
sums_of_every_kind_of_packet_are_inserted(void **state)
{
	static const uint32_t payloads[] = { 0, 1, 2, 17, 99, 1400, 1401, 60000 };
	struct l4_kind kind;
	unsigned int i, k;

	(void)state;
	for (i = 0; i < L4_KINDS; i++) {
		for (k = 0; k < RTE_DIM(payloads); k++) {
			kind = l4_kind_of(i, payloads[k]);
			assert_sums_of(&kind, 0);
			assert_sums_of(&kind, l4_headers_len(&kind));
			assert_sums_of(&kind, 13);
		}
	}
	assert_int_equal(tx.errors, 0);
}

static void
only_sums_that_are_asked_for_are_inserted(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 10 };
	uint8_t full[100], wanted[100];
	uint32_t len;

	(void)state;
	len = put_prepared(&kind, false);
	l4_put(&kind, full);
	l4_put_sums(&kind, full);
	send_context_of(&kind, 0);
	send_part(packet, len, EOP, 0);
	send_part(packet, len, EOP, DUALBUF_TXD_IXSM);
	send_part(packet, len, EOP, DUALBUF_TXD_TXSM);
	vnic_tx_process(&tx, &sink.sink);
	assert_sent(0, packet, len);
	memcpy(wanted, packet, len);
	memcpy(wanted + 24, full + 24, 2);
	assert_sent(1, wanted, len);
	memcpy(wanted, packet, len);
	memcpy(wanted + 50, full + 50, 2);
	assert_sent(2, wanted, len);
}

/* UDP has no sum of 0: that says that there is none. */
static void
a_sum_of_zero_is_all_ones_in_udp_alone(void **state)
{
	struct l4_kind kind = { .payload = 2 };
	unsigned int tcp;
	uint32_t len;
	uint16_t sum;

	(void)state;
	for (tcp = 0; tcp < 2; tcp++) {
		kind.is_tcp = tcp;
		len = put_prepared(&kind, false);
		memset(packet + len - 2, 0, 2);
		sum = ~rte_raw_cksum(packet + 34, len - 34);
		memcpy(packet + len - 2, &sum, sizeof(sum));
		send_context_of(&kind, 0);
		send_part(packet, len, EOP, DUALBUF_TXD_TXSM);
		vnic_tx_process(&tx, &sink.sink);
		memcpy(&sum, sink.frames[tcp] + 34 + (tcp ? 16 : 6), sizeof(sum));
		assert_int_equal(sum, tcp ? 0 : 0xffff);
	}
}

static void
a_context_holds_until_the_next(void **state)
{
	static const struct l4_kind kinds[] = { { .is_tcp = true, .payload = 1 },
		{ .is_tcp = false, .payload = 1 } };
	uint8_t wanted[100];
	unsigned int i, k;
	uint32_t len;

	(void)state;
	for (i = 0; i < 2; i++) {
		send_context_of(&kinds[i], 0);
		for (k = 0; k < 3; k++) {
			len = put_prepared(&kinds[i], false);
			send_part(packet, len, EOP, SUMS);
			vnic_tx_process(&tx, &sink.sink);
			l4_put(&kinds[i], wanted);
			l4_put_sums(&kinds[i], wanted);
			assert_sent(3 * i + k, wanted, len);
		}
	}
}

/* A context asks for a report or not; it is one of the descriptors. */
static void
contexts_are_reported_like_others(void **state)
{
	struct dualbuf_tx_context context = {
		.cmd_len = rte_cpu_to_le_32(DUALBUF_TXD_DEXT | DUALBUF_TXD_RS),
	};

	(void)state;
	send_context(&context);
	context.cmd_len = rte_cpu_to_le_32(DUALBUF_TXD_DEXT);
	send_context(&context);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.head, 2);
	assert_int_equal(tx.desc[0].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(tx.desc[1].status, 0);
	assert_int_equal(sink.nb, 0);
	assert_int_equal(tx.errors, 0);
}

/* Segments ------------------------------------------------------------------------------------- */

static void
assert_segments_of(const struct l4_kind *kind, uint16_t mss, bool tagged)
{
	static uint8_t wanted[sizeof(packet)], before[sizeof(packet)];
	uint32_t cmd = DUALBUF_TXD_TSE | (tagged ? DUALBUF_TXD_VLE : 0);
	uint32_t len = put_prepared(kind, true), first = l4_headers_len(kind) + 3;
	unsigned int nb = (kind->payload + mss - 1) / mss, i;

	memcpy(before, packet, len);
	send_context_of(kind, mss);
	send_part(packet, first, cmd, popts_of(kind));
	send_part(packet + first, len - first, cmd | EOP, popts_of(kind));
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, nb);
	for (i = 0; i < nb; i++) {
		len = l4_put_segment(kind, mss, i, wanted);
		if (tagged)
			assert_sent_tagged(i, wanted, len);
		else
			assert_sent(i, wanted, len);
	}
	assert_memory_equal(packet, before, l4_headers_len(kind) + kind->payload);
	drop_sent();
}

static void
packets_are_cut_into_segments_that_are_right_in_every_byte(void **state)
{
	struct l4_kind kind;
	unsigned int i;

	(void)state;
	for (i = 0; i < L4_KINDS; i += 2) {
		kind = l4_kind_of(i, 1001);
		assert_segments_of(&kind, 17, false);
		assert_segments_of(&kind, 17, true);
		assert_segments_of(&kind, 100, true);
		assert_segments_of(&kind, 1001, false);
		assert_segments_of(&kind, 9000, true);
		kind.payload = 65000;
		assert_segments_of(&kind, 1460, true);
		assert_segments_of(&kind, 1461, false);
	}
	assert_int_equal(tx.errors, 0);
}

/* The length is added to a sum of any value, and some overflow. */
static void
segments_of_every_sum_are_right(void **state)
{
	struct l4_kind kind = { .is_tcp = true, .payload = 250 };
	uint32_t host;

	(void)state;
	for (host = 0; host <= UINT16_MAX; host += 61) {
		kind.host = host;
		kind.is_ipv6 = host % 2;
		assert_segments_of(&kind, 100, false);
	}
}

/* Frames before it and behind it, in one burst. */
static void
a_packet_to_be_cut_stays_in_its_place(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 300 };
	uint8_t plain[60] = { 1, 2, 3 }, wanted[400];
	uint32_t len = put_prepared(&kind, true), i;

	(void)state;
	send_part(plain, 60, EOP, 0);
	send_part(plain, 59, EOP, 0);
	send_context_of(&kind, 100);
	send_part(packet, len, EOP | DUALBUF_TXD_TSE, SUMS);
	send_part(plain, 58, EOP | DUALBUF_TXD_RS, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 6);
	assert_sent(0, plain, 60);
	assert_sent(1, plain, 59);
	for (i = 0; i < 3; i++) {
		len = l4_put_segment(&kind, 100, i, wanted);
		assert_sent(2 + i, wanted, len);
	}
	assert_sent(5, plain, 58);
	assert_int_equal(tx.desc[4].status, DUALBUF_TXD_STAT_DD);
}

/* What is lost is counted as frames, as it was when the driver took it. */
static void
frames_that_a_packet_would_have_been_are_lost_one_by_one(void **state)
{
	static const struct l4_kind kind = { .is_tcp = true, .payload = 250 };
	const uint32_t cmd = EOP | DUALBUF_TXD_TSE | DUALBUF_TXD_VLE;
	uint32_t len = put_prepared(&kind, true);
	const uint32_t bytes = len + 2 * 54 + 3 * 4;
	uint64_t errors;

	(void)state;
	sink.refuse = true;
	send_context_of(&kind, 100);
	send_part(packet, len, cmd, SUMS);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 3);
	assert_int_equal(tx.error_bytes, bytes);
	send_context_of(&kind, 100);
	send_part(packet, len, cmd, SUMS);
	vnic_tx_discard(&tx);
	assert_int_equal(tx.errors, 6);
	assert_int_equal(tx.error_bytes, 2 * bytes);
	/* the hardware takes no smaller size */
	errors = tx.errors;
	send_context_of(&kind, 16);
	send_part(packet, len, cmd, SUMS);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, errors + 16);
	assert_int_equal(sink.nb, 0);
}

/* Garbage -------------------------------------------------------------------------------------- */

static struct dualbuf_tx_context
random_context(uint64_t *seed)
{
	struct dualbuf_tx_context context;
	uint32_t cmd;

	context.halves[0] = test_random(seed);
	context.halves[1] = test_random(seed);
	cmd = rte_le_to_cpu_32(context.cmd_len) & ~DUALBUF_TXD_DTYP_DATA;
	cmd |= DUALBUF_TXD_DEXT | DUALBUF_TXC_TCP;
	if (test_random_below(seed, 2) == 0)
		cmd |= DUALBUF_TXC_TSE;
	context.cmd_len = rte_cpu_to_le_32(cmd);
	if (test_random_below(seed, 4) != 0)
		context.mss = rte_cpu_to_le_16(20 + test_random_below(seed, 400));
	if (test_random_below(seed, 2) == 0) {
		context.ip_start = test_random_below(seed, 20);
		context.l4_start = test_random_below(seed, 60);
		context.headers_len = 40 + test_random_below(seed, 60);
	}
	return context;
}

/* The frame ends where its memory ends, and so does scratch: the sanitizer sees what is beyond. */
static void
contexts_of_random_bytes_touch_nothing_but_the_frame(void **state)
{
	uint64_t seed = SEED;
	struct dualbuf_tx_context context;
	uint32_t i, len, at, cmd;
	uint8_t *data, *copy;
	unsigned int cut = 0;

	(void)state;
	print_message("seed %#llx\n", (unsigned long long)seed);
	for (i = 0; i < GARBAGE_ROUNDS; i++) {
		len = test_random_below(&seed, 600);
		data = malloc(len + 1);
		copy = malloc(len + 1);
		assert_non_null(data);
		assert_non_null(copy);
		for (at = 0; at < len; at++)
			data[1 + at] = (uint8_t)test_random(&seed);
		memcpy(copy, data + 1, len);
		context = random_context(&seed);
		send_context(&context);
		cmd = test_random_below(&seed, 2) == 0 ? DUALBUF_TXD_TSE : 0;
		cmd |= test_random_below(&seed, 2) == 0 ? DUALBUF_TXD_VLE : 0;
		if (test_random_below(&seed, 2) == 0)
			send_part(data + 1, len, cmd | EOP, (uint8_t)test_random(&seed));
		else {
			at = test_random_below(&seed, len + 1);
			send_part(data + 1, at, cmd, SUMS);
			send_part(data + 1 + at, len - at, cmd | EOP, SUMS);
		}
		vnic_tx_process(&tx, &sink.sink);
		assert_memory_equal(data + 1, copy, len);
		cut += sink.nb > 1;
		drop_sent();
		free(data);
		free(copy);
	}
	/* some of it was good enough */
	assert_true(cut > 100);
}

/* Sums whose bounds lie beyond the frame are of what there is, or not at all. */
static void
sums_are_bounded_by_the_frame(void **state)
{
	struct dualbuf_tx_context context = {
		.ip_start = 10,
		.ip_sum = 4,
		.ip_end = rte_cpu_to_le_16(5000),
		.l4_start = 20,
		.l4_sum = 19,
		.cmd_len = rte_cpu_to_le_32(DUALBUF_TXD_DEXT),
	};
	uint8_t data[20] = { [10] = 0x12, 0x34 };
	const uint16_t sum = ~rte_raw_cksum(data + 10, 10);

	(void)state;
	send_context(&context);
	send_part(data, sizeof(data), EOP, SUMS);
	vnic_tx_process(&tx, &sink.sink);
	memcpy(data + 4, &sum, sizeof(sum));
	assert_sent(0, data, sizeof(data));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_nic(sums_of_every_kind_of_packet_are_inserted),
		with_nic(only_sums_that_are_asked_for_are_inserted),
		with_nic(a_sum_of_zero_is_all_ones_in_udp_alone),
		with_nic(a_context_holds_until_the_next),
		with_nic(contexts_are_reported_like_others),
		with_nic(packets_are_cut_into_segments_that_are_right_in_every_byte),
		with_nic(segments_of_every_sum_are_right),
		with_nic(a_packet_to_be_cut_stays_in_its_place),
		with_nic(frames_that_a_packet_would_have_been_are_lost_one_by_one),
		with_nic(contexts_of_random_bytes_touch_nothing_but_the_frame),
		with_nic(sums_are_bounded_by_the_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
