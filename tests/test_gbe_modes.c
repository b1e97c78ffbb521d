/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The modes of the receiver, and the rings of both directions. */

#include "gbe_util.h"

/* Receive mode ------------------------------------------------------------------------------- */

static void
the_largest_buffer_that_fits_is_chosen(void **state)
{
	static const struct {
		uint32_t room, size;
	} cases[] = {
		{ 0, 0 },
		{ 255, 0 },
		{ 256, 256 },
		{ 511, 256 },
		{ 512, 512 },
		{ 1023, 512 },
		{ 1024, 1024 },
		{ 2047, 1024 },
		{ 2048, 2048 },
		{ 4095, 2048 },
		{ 4096, 4096 },
		{ 8191, 4096 },
		{ 8192, 8192 },
		{ 16383, 8192 },
		{ 16384, 16384 },
		{ 65535, 16384 },
		{ UINT32_MAX, 16384 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++)
		assert_int_equal(gbe_rx_buf_size(cases[i].room), cases[i].size);
}

static uint32_t
rctl_of(struct gbe_rx_mode mode)
{
	if (mode.buf_size == 0)
		mode.buf_size = 2048;
	if (mode.max_frame == 0)
		mode.max_frame = 1518;
	gbe_enable_rx(&hw, &mode);
	return *reg_of(GBE_RCTL);
}

#define RCTL(...) rctl_of((struct gbe_rx_mode){ __VA_ARGS__ })
#define RCTL_PLAIN (GBE_RCTL_EN | GBE_RCTL_BAM | GBE_RCTL_SECRC)

static void
the_receiver_lets_pass_what_it_is_told(void **state)
{
	(void)state;
	assert_int_equal(RCTL(), RCTL_PLAIN);
	assert_int_equal(RCTL(.promiscuous = true), RCTL_PLAIN | GBE_RCTL_UPE | GBE_RCTL_MPE);
	assert_int_equal(RCTL(.all_multicast = true), RCTL_PLAIN | GBE_RCTL_MPE);
	assert_int_equal(RCTL(.promiscuous = true, .all_multicast = true),
			RCTL_PLAIN | GBE_RCTL_UPE | GBE_RCTL_MPE);
	assert_int_equal(RCTL(.by_vlan = true), RCTL_PLAIN | RTE_BIT32(18));
	assert_int_equal(RCTL(.by_vlan = true, .promiscuous = true) & RTE_BIT32(18), RTE_BIT32(18));
	assert_int_equal(RCTL(), RCTL_PLAIN); /* and nothing stays behind */
}

static void
the_crc_is_taken_off_unless_it_is_to_be_kept(void **state)
{
	(void)state;
	assert_int_equal(RCTL(.keep_crc = true), RCTL_PLAIN & ~GBE_RCTL_SECRC);
	assert_int_equal(RCTL(), RCTL_PLAIN);
}

/* Sizes are without CRC; the device counts 1522 with it and a VLAN tag. */
/* RCTL.PMCF */
static void
frames_of_mac_control_pass_where_asked_for(void **state)
{
	(void)state;
	assert_int_equal(RCTL(.buf_size = 2048) & RTE_BIT32(23), 0);
	assert_int_equal(
			RCTL(.buf_size = 2048, .mac_control = true) & RTE_BIT32(23), RTE_BIT32(23));
}

static void
long_packets_are_for_mtus_above_the_usual(void **state)
{
	(void)state;
	assert_int_equal(RCTL(.max_frame = 64) & GBE_RCTL_LPE, 0);
	assert_int_equal(RCTL(.max_frame = 1514) & GBE_RCTL_LPE, 0);
	assert_int_equal(RCTL(.max_frame = 1518) & GBE_RCTL_LPE, 0);
	assert_int_equal(RCTL(.max_frame = 1519) & GBE_RCTL_LPE, GBE_RCTL_LPE);
	assert_int_equal(RCTL(.max_frame = 9234) & GBE_RCTL_LPE, GBE_RCTL_LPE);
}

/* 82574 datasheet, 10.2.5.1: BSIZE 17:16 and BSEX 25 */
static void
the_buffer_size_is_told_to_the_receiver(void **state)
{
	static const struct {
		uint32_t size, bits;
	} cases[] = {
		{ 256, 0x00030000 },
		{ 512, 0x00020000 },
		{ 1024, 0x00010000 },
		{ 2048, 0x00000000 },
		{ 4096, 0x02030000 },
		{ 8192, 0x02020000 },
		{ 16384, 0x02010000 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++)
		assert_int_equal(RCTL(.buf_size = cases[i].size) & 0x02030000, cases[i].bits);
}

static void
vlan_stripping_and_checksums_are_switched(void **state)
{
	uint32_t others = GBE_CTRL_SLU | RTE_BIT32(0); /* FD */

	(void)state;
	*reg_of(GBE_CTRL) = others;
	RCTL(.strip_vlan = true, .check_sums = true);
	assert_int_equal(*reg_of(GBE_CTRL), others | GBE_CTRL_VME);
	assert_int_equal(
			*reg_of(GBE_RXCSUM), GBE_RXCSUM_PCSD | GBE_RXCSUM_IPOFL | GBE_RXCSUM_TUOFL);
	RCTL();
	assert_int_equal(*reg_of(GBE_CTRL), others);
	assert_int_equal(*reg_of(GBE_RXCSUM), GBE_RXCSUM_PCSD);
}

static void
the_receiver_is_switched_on_last(void **state)
{
	unsigned int en;

	(void)state;
	RCTL();
	en = find_write(0, GBE_RCTL, GBE_RCTL_EN, GBE_RCTL_EN);
	for (en++; en < fake.nb_accesses; en++)
		assert_false(fake.log[en].is_write);
}

/* Rings -------------------------------------------------------------------------------------- */

static void
a_receive_ring_is_described(void **state)
{
	static const struct gbe_ring ring = { .iova = 0x123456789ab80, .len = 4096 * 16 };

	(void)state;
	*reg_of(GBE_RDH(0)) = 7;
	*reg_of(GBE_RDT(0)) = 8;
	gbe_set_rx_ring(&hw, &ring);
	assert_int_equal(*reg_of(GBE_RDBAL(0)), 0x6789ab80);
	assert_int_equal(*reg_of(GBE_RDBAH(0)), 0x12345);
	assert_int_equal(*reg_of(GBE_RDLEN(0)), 65536);
	assert_int_equal(*reg_of(GBE_RDH(0)), 0);
	assert_int_equal(*reg_of(GBE_RDT(0)), 0);
	assert_int_equal(*reg_of(GBE_RXDCTL(0)), GBE_RXDCTL_GRAN);
}

static void
a_transmit_ring_is_described(void **state)
{
	static const struct gbe_ring ring = { .iova = 0xfedcba980, .len = 32 * 16 };

	(void)state;
	*reg_of(GBE_TDH(0)) = 7;
	*reg_of(GBE_TDT(0)) = 8;
	gbe_set_tx_ring(&hw, &ring);
	assert_int_equal(*reg_of(GBE_TDBAL(0)), 0xedcba980);
	assert_int_equal(*reg_of(GBE_TDBAH(0)), 0xf);
	assert_int_equal(*reg_of(GBE_TDLEN(0)), 512);
	assert_int_equal(*reg_of(GBE_TDH(0)), 0);
	assert_int_equal(*reg_of(GBE_TDT(0)), 0);
	assert_int_equal(*reg_of(GBE_TXDCTL(0)), GBE_TXDCTL_GRAN | GBE_TXDCTL_COUNT_DESC);
}

static void
the_transmitter_keeps_what_it_was_told_of_collisions(void **state)
{
	(void)state;
	*reg_of(GBE_TCTL) = 0x3ffu << 12 | GBE_TCTL_CT_MASK;
	gbe_enable_tx(&hw);
	assert_int_equal(*reg_of(GBE_TCTL),
			0x3ffu << 12 | GBE_TCTL_CT_15 | GBE_TCTL_EN | GBE_TCTL_PSP | GBE_TCTL_RTLC);
}

static void
a_transmit_ring_that_empties_is_waited_for(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	*reg_of(GBE_TDT(0)) = 40;
	*reg_of(GBE_TDH(0)) = 40;
	gbe_drain_tx(&hw, 0);
	assert_int_equal(fake.now, since);
}

static void
a_transmit_ring_that_stands_still_is_given_up(void **state)
{
	uint64_t since = fake.now;

	(void)state;
	*reg_of(GBE_TDT(0)) = 40;
	gbe_drain_tx(&hw, 0);
	assert_true(fake.now - since >= 1000 && fake.now - since <= 1000000);
	since = fake.now;
	fake.gone_at = 0;
	gbe_drain_tx(&hw, 0);
	assert_int_equal(fake.now, since);
}

/* What the device was writing has ended when the pause begins; all other settings stay. */
static void
the_receiver_pauses_and_goes_on(void **state)
{
	uint32_t rctl = RCTL(.promiscuous = true, .buf_size = 4096);
	uint64_t since = fake.now;

	(void)state;
	gbe_pause_rx(&hw);
	assert_int_equal(*reg_of(GBE_RCTL), rctl & ~GBE_RCTL_EN);
	assert_true(fake.now - since >= 1000);
	gbe_resume_rx(&hw);
	assert_int_equal(*reg_of(GBE_RCTL), rctl);
}

static void
the_transmitter_pauses_and_goes_on(void **state)
{
	uint64_t since = fake.now;
	uint32_t tctl;

	(void)state;
	gbe_enable_tx(&hw);
	tctl = *reg_of(GBE_TCTL);
	gbe_pause_tx(&hw);
	assert_int_equal(*reg_of(GBE_TCTL), tctl & ~GBE_TCTL_EN);
	assert_true(fake.now - since >= 1000);
	gbe_resume_tx(&hw);
	assert_int_equal(*reg_of(GBE_TCTL), tctl);
}

static const struct CMUnitTest tests[] = {
	gbe_test(the_largest_buffer_that_fits_is_chosen),
	gbe_test(the_receiver_lets_pass_what_it_is_told),
	gbe_test(the_crc_is_taken_off_unless_it_is_to_be_kept),
	gbe_test(frames_of_mac_control_pass_where_asked_for),
	gbe_test(long_packets_are_for_mtus_above_the_usual),
	gbe_test(the_buffer_size_is_told_to_the_receiver),
	gbe_test(vlan_stripping_and_checksums_are_switched),
	gbe_test(the_receiver_is_switched_on_last),
	gbe_test(the_receiver_pauses_and_goes_on),
	gbe_test(the_transmitter_pauses_and_goes_on),
	gbe_test(a_receive_ring_is_described),
	gbe_test(a_transmit_ring_is_described),
	gbe_test(the_transmitter_keeps_what_it_was_told_of_collisions),
	gbe_test(a_transmit_ring_that_empties_is_waited_for),
	gbe_test(a_transmit_ring_that_stands_still_is_given_up),
};

TEST_MAIN(tests)
