/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The statistics registers, and the causes that they are summed up under. */

#include "gbe_util.h"

#define ROW_NAME(name) #name,

static const char *const cause_names[] = { DUALBUF_CAUSES(ROW_NAME) };

/* 82574 datasheet, 10.2.7 */
static const struct {
	uint32_t reg;
	const char *name;
} registers[] = {
	{ 0x4000, "rx_crc_errors" },
	{ 0x4004, "rx_align_errors" },
	{ 0x4008, "rx_symbol_errors" },
	{ 0x400c, "rx_phy_errors" },
	{ 0x4010, "rx_missed_packets" },
	{ 0x4014, "tx_single_collision_packets" },
	{ 0x4018, "tx_excessive_collision_packets" },
	{ 0x401c, "tx_multiple_collision_packets" },
	{ 0x4020, "tx_late_collisions" },
	{ 0x4028, "tx_total_collisions" },
	{ 0x4030, "tx_deferred_packets" },
	{ 0x4034, "tx_no_carrier_sense_packets" },
	{ 0x403c, "rx_carrier_ext_errors" },
	{ 0x4040, "rx_length_errors" },
	{ 0x4048, "rx_xon_packets" },
	{ 0x404c, "tx_xon_packets" },
	{ 0x4050, "rx_xoff_packets" },
	{ 0x4054, "tx_xoff_packets" },
	{ 0x4058, "rx_flow_control_unsupported_packets" },
	{ 0x40a0, "rx_no_buffer_packets" },
	{ 0x40a4, "rx_undersize_errors" },
	{ 0x40a8, "rx_fragment_errors" },
	{ 0x40ac, "rx_oversize_errors" },
	{ 0x40b0, "rx_jabber_errors" },
};

static uint64_t
cause_of(const struct dualbuf_causes *causes, const char *name)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(cause_names); i++)
		if (strcmp(cause_names[i], name) == 0)
			return ((const uint64_t *)causes)[i];
	fail_msg("no cause %s", name);
	return 0;
}

static void
every_cause_has_the_register_of_its_name(void **state)
{
	struct dualbuf_causes causes;
	unsigned int i;

	(void)state;
	assert_int_equal(RTE_DIM(registers), RTE_DIM(cause_names));
	for (i = 0; i < RTE_DIM(registers); i++)
		*reg_of(registers[i].reg) = 1000 + i;
	gbe_read_counters(&hw, &causes);
	for (i = 0; i < RTE_DIM(registers); i++)
		assert_int_equal(cause_of(&causes, registers[i].name), 1000 + i);
}

static void
counters_accumulate_over_registers_that_forget(void **state)
{
	struct dualbuf_causes causes;
	unsigned int round, i;

	(void)state;
	for (round = 1; round <= 3; round++) {
		for (i = 0; i < RTE_DIM(registers); i++)
			*reg_of(registers[i].reg) = 10 + i;
		gbe_read_counters(&hw, NULL);
		gbe_read_counters(&hw, &causes); /* nothing new */
		for (i = 0; i < RTE_DIM(registers); i++)
			assert_int_equal(cause_of(&causes, registers[i].name), round * (10 + i));
	}
}

/* What is no packet, or counts one twice, is not among the errors. */
static void
errors_are_the_sums_of_their_causes(void **state)
{
	static const uint32_t rx[] = { GBE_CRCERRS, GBE_ALGNERRC, GBE_RXERRC, GBE_CEXTERR,
		GBE_RLEC };
	static const uint32_t tx[] = { GBE_ECOL, GBE_LATECOL };
	static const uint32_t other[] = { GBE_MPC, GBE_SYMERRS, GBE_SCC, GBE_MCC, GBE_COLC, GBE_DC,
		GBE_TNCRS, GBE_XONRXC, GBE_XOFFTXC, GBE_RNBC, GBE_ROC, GBE_RUC };
	struct dualbuf_causes causes;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(rx); i++)
		*reg_of(rx[i]) = 10 << i;
	for (i = 0; i < RTE_DIM(tx); i++)
		*reg_of(tx[i]) = 1000 << i;
	for (i = 0; i < RTE_DIM(other); i++)
		*reg_of(other[i]) = 100000;
	gbe_read_counters(&hw, &causes);
	assert_int_equal(gbe_rx_errors(&causes), 310);
	assert_int_equal(gbe_tx_errors(&causes), 3000);
}

static void
counters_do_not_wrap_at_32_bits(void **state)
{
	struct dualbuf_causes causes;

	(void)state;
	*reg_of(GBE_MPC) = UINT32_MAX;
	gbe_read_counters(&hw, NULL);
	*reg_of(GBE_MPC) = UINT32_MAX;
	*reg_of(GBE_CRCERRS) = UINT32_MAX;
	*reg_of(GBE_RLEC) = UINT32_MAX;
	gbe_read_counters(&hw, &causes);
	assert_true(causes.rx_missed_packets == 2 * (uint64_t)UINT32_MAX);
	assert_true(gbe_rx_errors(&causes) == 2 * (uint64_t)UINT32_MAX);
}

static void
a_missing_device_counts_nothing(void **state)
{
	static const struct dualbuf_causes nothing;
	struct dualbuf_causes causes;

	(void)state;
	*reg_of(GBE_MPC) = 9;
	gbe_read_counters(&hw, NULL);
	fake.gone_at = 0;
	gbe_read_counters(&hw, &causes);
	assert_int_equal(causes.rx_missed_packets, 9);
	causes.rx_missed_packets = 0;
	assert_memory_equal(&causes, &nothing, sizeof(causes));
}

static const struct CMUnitTest tests[] = {
	gbe_test(every_cause_has_the_register_of_its_name),
	gbe_test(counters_accumulate_over_registers_that_forget),
	gbe_test(errors_are_the_sums_of_their_causes),
	gbe_test(counters_do_not_wrap_at_32_bits),
	gbe_test(a_missing_device_counts_nothing),
};

TEST_MAIN(tests)
