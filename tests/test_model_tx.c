/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The silicon's transmit half, between fakes. */

#include "model_util.h"

static uint8_t packet[WIRE_MAX_FRAME + 65536];

static void
fill_packet(void)
{
	uint32_t i;

	for (i = 0; i < sizeof(packet); i++)
		packet[i] = byte_of(0, i);
}

/* The driver writes one descriptor, and rings. */
static void
send_part(uint32_t from, uint32_t len, uint32_t cmd, uint16_t vlan)
{
	volatile struct dualbuf_tx_desc *desc = &tx.desc[tx.tail];

	desc->addr = rte_cpu_to_le_64((uintptr_t)&packet[from]);
	desc->cmd_len = rte_cpu_to_le_32(
			DUALBUF_TXD_DEXT | DUALBUF_TXD_DTYP_DATA | DUALBUF_TXD_IFCS | cmd | len);
	desc->status = 0;
	desc->popts = 0;
	desc->vlan = rte_cpu_to_le_16(vlan);
	tx.tail = dualbuf_pos_next(tx.tail, NB_DESC);
}

static void
assert_sent(unsigned int i, uint32_t from, uint32_t len)
{
	assert_true(i < sink.nb);
	assert_int_equal(sink.lens[i], len);
	assert_memory_equal(sink.frames[i], &packet[from], len);
}

static void
sent_frames_come_out_in_order(void **state)
{
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < 5; i++)
		send_part(i, 60 + i, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 5);
	for (i = 0; i < 5; i++)
		assert_sent(i, i, 60 + i);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 5);
	assert_int_equal(tx.errors, 0);
}

static void
only_what_asked_for_a_report_gets_one(void **state)
{
	struct dualbuf_tx_desc before[NB_DESC];
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++)
		send_part(0, 60, DUALBUF_TXD_EOP | (i == 1 || i == 4 ? DUALBUF_TXD_RS : 0), 0);
	memcpy(before, (const void *)(uintptr_t)tx.desc, sizeof(before));
	vnic_tx_process(&tx, &sink.sink);
	before[1].status = DUALBUF_TXD_STAT_DD;
	before[4].status = DUALBUF_TXD_STAT_DD;
	assert_memory_equal((const void *)(uintptr_t)tx.desc, before, sizeof(before));
}

static void
segments_are_sent_as_one_frame_round_the_ring(void **state)
{
	unsigned int round;

	(void)state;
	fill_packet();
	for (round = 0; round < 10; round++) {
		send_part(0, 100, 0, 0);
		send_part(100, 0, 0, 0);
		send_part(100, 1, DUALBUF_TXD_EOP, 0);
		send_part(7, 30, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
		vnic_tx_process(&tx, &sink.sink);
		assert_sent(2 * round, 0, 101);
		assert_sent(2 * round + 1, 7, 30);
	}
	assert_int_equal(sink.nb, 20);
}

static void
nothing_is_sent_beyond_the_tail(void **state)
{
	(void)state;
	send_part(0, 60, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 61, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	tx.tail = 1;
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 1);
	assert_int_equal(tx.head, 1);
	assert_int_equal(tx.desc[1].status, 0);
	tx.tail = 2;
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.lens[1], 61);
}

static void
assert_tagged(unsigned int i, uint32_t len, uint16_t tci)
{
	const uint8_t tag[4] = { 0x81, 0x00, (uint8_t)(tci >> 8), (uint8_t)tci };

	assert_true(i < sink.nb);
	assert_int_equal(sink.lens[i], len + 4);
	assert_memory_equal(sink.frames[i], packet, 12);
	assert_memory_equal(sink.frames[i] + 12, tag, 4);
	assert_memory_equal(sink.frames[i] + 16, packet + 12, len - 12);
}

static void
a_tag_is_put_behind_the_addresses(void **state)
{
	static const uint32_t lens[] = { 12, 13, 60, 1514, 9000 };
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < RTE_DIM(lens); i++) {
		send_part(0, lens[i], DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 0xa100 + i);
		vnic_tx_process(&tx, &sink.sink);
		assert_tagged(i, lens[i], 0xa100 + i);
	}
	/* in pieces, the first of which ends within the addresses */
	send_part(0, 5, DUALBUF_TXD_VLE, 0);
	send_part(5, 55, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 0xb123);
	vnic_tx_process(&tx, &sink.sink);
	assert_tagged(RTE_DIM(lens), 60, 0xb123);
}

static void
a_frame_that_has_no_place_for_a_tag_is_an_error(void **state)
{
	(void)state;
	send_part(0, 11, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE | DUALBUF_TXD_RS, 1);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 0);
	assert_int_equal(tx.errors, 1);
	/* as they were counted: with the tag */
	assert_int_equal(tx.error_bytes, 11 + 4);
	assert_int_equal(tx.desc[0].status, DUALBUF_TXD_STAT_DD);
}

static void
what_the_wire_refuses_is_counted_and_reported(void **state)
{
	(void)state;
	sink.refuse = true;
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	send_part(0, 100, 0, 0);
	send_part(0, 50, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 2);
	assert_int_equal(tx.error_bytes, 210);
	assert_int_equal(tx.desc[2].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(tx.head, 3);
	send_part(0, 60, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 7);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 3);
	assert_int_equal(tx.error_bytes, 210 + 64);
	sink.refuse = false;
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 1);
}

static void
the_longest_frame_is_sent(void **state)
{
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < 4; i++)
		send_part(i * 65535, 65535, 0, 0);
	send_part(4 * 65535, 4, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 0);
	assert_sent(0, 0, WIRE_MAX_FRAME);
}

static void
a_longer_one_is_dropped_and_all_its_bytes_counted(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 4; i++)
		send_part(i * 65535, 65535, 0, 0);
	send_part(4 * 65535, 5, 0, 0);
	send_part(0, 20, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 1);
	assert_int_equal(tx.error_bytes, 4 * 65535 + 25);
	assert_int_equal(tx.desc[5].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(sink.nb, 1);
	assert_sent(0, 0, 60);
}

/* One descriptor can name more than a frame may have. */
static void
a_longer_one_of_one_descriptor_is_dropped_too(void **state)
{
	(void)state;
	send_part(0, WIRE_MAX_FRAME, DUALBUF_TXD_EOP, 0);
	send_part(0, WIRE_MAX_FRAME + 1, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 1);
	assert_int_equal(tx.error_bytes, WIRE_MAX_FRAME + 1);
	assert_int_equal(tx.desc[1].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(sink.nb, 2);
	assert_sent(0, 0, WIRE_MAX_FRAME);
	assert_sent(1, 0, 60);
}

static void
a_tag_on_the_longest_frame_is_one_too_many(void **state)
{
	unsigned int i;

	(void)state;
	fill_packet();
	for (i = 0; i < 4; i++)
		send_part(i * 65535, 65535, 0, 0);
	send_part(0, 4, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 7);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 1);
	assert_int_equal(tx.error_bytes, WIRE_MAX_FRAME + 4);
	assert_int_equal(sink.nb, 0);
}

static void
what_is_sent_while_the_wire_is_unplugged_is_counted_and_reported(void **state)
{
	(void)state;
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	send_part(0, 40, 0, 0);
	send_part(40, 30, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	tx.wire = VNIC_UNPLUGGED;
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(tx.errors, 2);
	assert_int_equal(tx.error_bytes, 130);
	assert_int_equal(tx.desc[2].status, DUALBUF_TXD_STAT_DD);
	assert_int_equal(sink.nb, 0);
	tx.wire = VNIC_PLUGGED;
	send_part(0, 60, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 1);
	assert_int_equal(tx.errors, 2);
}

static void
frames_longer_than_the_mtu_are_dropped_where_that_is_enforced(void **state)
{
	(void)state;
	fill_packet();
	filter.mtu = 100;
	send_part(0, 119, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 1);
	filter.enforce_mtu = true;
	send_part(0, 118, DUALBUF_TXD_EOP, 0);
	send_part(0, 119, DUALBUF_TXD_EOP | DUALBUF_TXD_RS, 0);
	send_part(0, 114, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 7);
	send_part(0, 115, DUALBUF_TXD_EOP | DUALBUF_TXD_VLE, 7);
	vnic_tx_process(&tx, &sink.sink);
	send_part(0, 100, 0, 0);
	send_part(100, 19, DUALBUF_TXD_EOP, 0);
	vnic_tx_process(&tx, &sink.sink);
	assert_int_equal(sink.nb, 3);
	assert_sent(1, 0, 118);
	assert_int_equal(sink.lens[2], 118);
	assert_int_equal(tx.errors, 3);
	assert_int_equal(tx.error_bytes, 3 * 119);
	assert_int_equal(tx.over_mtu, 3);
	assert_int_equal(tx.desc[2].status, DUALBUF_TXD_STAT_DD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		with_nic(sent_frames_come_out_in_order),
		with_nic(only_what_asked_for_a_report_gets_one),
		with_nic(segments_are_sent_as_one_frame_round_the_ring),
		with_nic(nothing_is_sent_beyond_the_tail),
		with_nic(a_tag_is_put_behind_the_addresses),
		with_nic(a_frame_that_has_no_place_for_a_tag_is_an_error),
		with_nic(what_the_wire_refuses_is_counted_and_reported),
		with_nic(the_longest_frame_is_sent),
		with_nic(a_longer_one_is_dropped_and_all_its_bytes_counted),
		with_nic(a_longer_one_of_one_descriptor_is_dropped_too),
		with_nic(what_is_sent_while_the_wire_is_unplugged_is_counted_and_reported),
		with_nic(a_tag_on_the_longest_frame_is_one_too_many),
		with_nic(frames_longer_than_the_mtu_are_dropped_where_that_is_enforced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
