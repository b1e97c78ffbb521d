/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Controllers with advanced descriptors: the 82576, and what others have otherwise. */

#define TEST_FAMILY gbe_82576
#define TEST_FAMILY_SOURCE "gbe_igb.c"
#define TEST_VECTORS_SOURCE "gbe_igb_vectors.c"

#include "gbe_util.h"

/* Reset and semaphores ----------------------------------------------------------------------- */

static void
a_reset_owns_the_phy_and_waits_for_its_configuration(void **state)
{
	unsigned int mask, sync, reset, nvm, config;

	(void)state;
	assert_int_equal(gbe_reset(&hw), 0);
	mask = find_write(0, 0x1528, UINT32_MAX, UINT32_MAX);
	sync = find_write(mask, 0x5b5c, 0x2, 0x2);
	reset = find_write(sync, GBE_CTRL, GBE_CTRL_RST, GBE_CTRL_RST);
	nvm = find_read(reset, GBE_EECD);
	config = find_read(nvm, 0x1010);
	find_write(config, 0x1528, UINT32_MAX, UINT32_MAX);
	assert_int_equal(*reg_of(0x5b5c), 0);
	assert_int_equal(*reg_of(0x5b50), 0);
	/* the fake never says that the PHY is configured, which is no error */
	assert_logged(&logged, "fake", "EEMNGCTL.CFG_DONE");
}

static void
a_phy_that_is_configured_gives_no_line(void **state)
{
	(void)state;
	*reg_of(GBE_STATUS) |= 2u << 2;
	*reg_of(0x1010) = RTE_BIT32(20);
	*reg_of(GBE_EECD) = GBE_EECD_AUTO_RD;
	assert_int_equal(await_nvm(&hw), 0);
	assert_nothing_logged(&logged);
}

static void
an_nvm_that_is_never_read_is_told(void **state)
{
	(void)state;
	*reg_of(0x1010) = RTE_BIT32(18);
	*reg_of(GBE_EECD) = 0;
	assert_int_equal(await_nvm(&hw), 0);
	assert_logged(&logged, "fake", "EECD.AUTO_RD");
}

static void
a_phy_that_firmware_keeps_is_not_taken(void **state)
{
	(void)state;
	*reg_of(0x5b5c) = 0x2u << 16;
	assert_int_equal(own_phy(&hw), -ETIMEDOUT);
	assert_int_equal(*reg_of(0x5b5c), 0x2u << 16);
	assert_int_equal(*reg_of(0x5b50), 0);
	assert_true(fake.now < 1000000);
}

static void
each_port_has_a_bit_of_its_own_for_its_phy(void **state)
{
	static const uint32_t bits[] = { 0x02, 0x04, 0x20, 0x40 };
	uint32_t port;

	(void)state;
	for (port = 0; port < RTE_DIM(bits); port++) {
		*reg_of(GBE_STATUS) = port << 2;
		*reg_of(0x5b5c) = 0x1;
		assert_int_equal(own_phy(&hw), 0);
		assert_int_equal(*reg_of(0x5b5c), 0x1 | bits[port]);
		assert_int_equal(*reg_of(0x5b50), 0);
		disown_phy(&hw);
		assert_int_equal(*reg_of(0x5b5c), 0x1);
	}
}

static void
a_link_that_is_not_copper_is_refused(void **state)
{
	uint32_t mode;

	(void)state;
	*reg_of(GBE_CTRL_EXT) = ~(3u << 22);
	assert_int_equal(check(&hw), 0);
	assert_nothing_logged(&logged);
	for (mode = 1; mode < 4; mode++) {
		*reg_of(GBE_CTRL_EXT) = mode << 22;
		assert_int_equal(check(&hw), -ENOTSUP);
		assert_logged(&logged, "fake", "only copper");
	}
}

/* Rings -------------------------------------------------------------------------------------- */

static void
rings_stand_at_their_places(void **state)
{
	const struct gbe_ring ring = { .iova = 0x123456789000, .len = 4096, .queue = 15 };

	(void)state;
	gbe_init(&hw);
	gbe_set_rx_ring(&hw, &ring);
	gbe_set_tx_ring(&hw, &ring);
	assert_int_equal(*reg_of(0xc3c0), 0x56789000);
	assert_int_equal(*reg_of(0xc3c4), 0x1234);
	assert_int_equal(*reg_of(0xc3c8), 4096);
	assert_int_equal(*reg_of(0xe3c0), 0x56789000);
	assert_int_equal(*reg_of(0xe3c8), 4096);
	set_rx_buf_size(&hw, 15, 2048);
	assert_int_equal(*reg_of(0xc3cc), 0x02000002);
}

static void
a_ring_is_switched_alone(void **state)
{
	unsigned int i;

	(void)state;
	assert_int_equal(gbe_switch_rx_ring(&hw, 3, true), 0);
	assert_int_equal(*reg_of(0xc0e8), RTE_BIT32(25));
	assert_int_equal(gbe_switch_tx_ring(&hw, 3, true), 0);
	assert_int_equal(*reg_of(0xe0e8), RTE_BIT32(25));
	assert_int_equal(gbe_switch_rx_ring(&hw, 3, false), 0);
	assert_int_equal(*reg_of(0xc0e8), 0);
	for (i = 0; i < fake.nb_accesses; i++)
		assert_true(fake.log[i].reg == 0xc0e8 || fake.log[i].reg == 0xe0e8);
}

static void
a_ring_that_cannot_be_switched_is_told(void **state)
{
	(void)state;
	fake.gone_at = 0;
	assert_int_equal(gbe_switch_rx_ring(&hw, 0, false), -ETIMEDOUT);
	assert_logged(&logged, "fake", "switched off", "0xc028");
	assert_true(fake.now < 1000000);
}

static void
initialisation_leaves_no_ring_switched_on(void **state)
{
	(void)state;
	*reg_of(0xc028) = RTE_BIT32(25);
	*reg_of(0xe028) = RTE_BIT32(25);
	*reg_of(0xa000) = 1;
	*reg_of(0xa1fc) = 1;
	gbe_init(&hw);
	assert_int_equal(*reg_of(0xc028), 0);
	assert_int_equal(*reg_of(0xe028), 0);
	assert_int_equal(*reg_of(0xa000), 0);
	assert_int_equal(*reg_of(0xa1fc), 0);
}

static void
frames_are_limited(void **state)
{
	const struct gbe_rx_mode mode = { .max_frame = 9230, .buf_size = 2048 };

	(void)state;
	gbe_set_rx_mode(&hw, &mode);
	assert_int_equal(*reg_of(0x5004), 9234);
	assert_int_equal(*reg_of(GBE_RCTL) & GBE_RCTL_LPE, GBE_RCTL_LPE);
}

/* Hashes ------------------------------------------------------------------------------------- */

static void
all_types_and_queues_are_hashed_to(void **state)
{
	const uint8_t *bytes = (const uint8_t *)reg_of(0x5c00);
	struct dualbuf_rss rss = { .types = GBE_RSS_TYPES_ADV };
	unsigned int i;

	(void)state;
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++)
		rss.table[i] = i % 16;
	gbe_set_rss(&hw, &rss);
	assert_int_equal(*reg_of(0x5818), 0x01ff0002);
	for (i = 0; i < DUALBUF_RSS_TABLE_SIZE; i++)
		assert_int_equal(bytes[i], i % 16);
}

/* The I350 forgets words of its table now and then. */
static void
a_table_of_vlan_ids_is_written_as_often_as_needed(void **state)
{
	struct dualbuf_filter filter = { 0 };
	unsigned int i, nb = 0;

	(void)state;
	filter.vlans[0] = 1u << 5;
	hw.family = &gbe_i350;
	gbe_set_rx_tables(&hw, &filter);
	for (i = 0; i < fake.nb_accesses; i++)
		nb += fake.log[i].is_write && fake.log[i].reg == GBE_VFTA(0);
	assert_int_equal(nb, 10);
	assert_int_equal(*reg_of(GBE_VFTA(0)), 1u << 5);
}

/* Interrupts --------------------------------------------------------------------------------- */

static void
each_queue_has_a_vector(void **state)
{
	(void)state;
	gbe_82576.vectors->route(&hw, 9);
	assert_int_equal(*reg_of(0x1514), 0x80000011);
	assert_int_equal(*reg_of(0x1700), 0x00890081);
	assert_int_equal(*reg_of(0x171c), 0x00000088);
	assert_int_equal(*reg_of(0x1740), 0x8000);
	assert_int_equal(*reg_of(0x152c), 0x3ff);
	gbe_i350.vectors->route(&hw, 3);
	assert_int_equal(*reg_of(0x1700), 0x00820081);
	assert_int_equal(*reg_of(0x1704) & 0xff, 0x83);
	assert_int_equal(*reg_of(0x152c), 0xf);
}

static void
moderation_is_in_us(void **state)
{
	(void)state;
	gbe_82576.vectors->moderate(&hw, 2, 100);
	assert_int_equal(*reg_of(0x1688), 100 << 2);
	gbe_82576.vectors->moderate(&hw, 2, 16000);
	assert_int_equal(*reg_of(0x1688), 0x1fff << 2);
}

/* NVM ---------------------------------------------------------------------------------------- */

static void
the_nvm_is_as_large_as_eecd_says(void **state)
{
	(void)state;
	*reg_of(GBE_EECD) = 4u << 11;
	assert_int_equal(gbe_nvm_len(&hw), 2048);
	*reg_of(GBE_EECD) = 15u << 11;
	assert_int_equal(gbe_nvm_len(&hw), 32768);
	hw.family = &gbe_i211;
	assert_int_equal(gbe_nvm_len(&hw), 0);
}

static const struct CMUnitTest tests[] = {
	gbe_test(a_reset_owns_the_phy_and_waits_for_its_configuration),
	gbe_test(a_phy_that_is_configured_gives_no_line),
	gbe_test(an_nvm_that_is_never_read_is_told),
	gbe_test(a_phy_that_firmware_keeps_is_not_taken),
	gbe_test(each_port_has_a_bit_of_its_own_for_its_phy),
	gbe_test(a_link_that_is_not_copper_is_refused),
	gbe_test(rings_stand_at_their_places),
	gbe_test(a_ring_is_switched_alone),
	gbe_test(a_ring_that_cannot_be_switched_is_told),
	gbe_test(initialisation_leaves_no_ring_switched_on),
	gbe_test(frames_are_limited),
	gbe_test(all_types_and_queues_are_hashed_to),
	gbe_test(a_table_of_vlan_ids_is_written_as_often_as_needed),
	gbe_test(each_queue_has_a_vector),
	gbe_test(moderation_is_in_us),
	gbe_test(the_nvm_is_as_large_as_eecd_says),
};

TEST_MAIN(tests)
