/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Flow control as an application asks for it, on a port that stands still and on one that runs. */

#include "gbe_util.h"

/* and what of the port it takes */
#include "gbe_flow.c"
#include "gbe_link.c"

static struct gbe gbe;
static struct dualbuf_port port = { .device_port = &gbe };
static struct rte_eth_dev_data data = { .dev_private = &port };
static struct rte_device device = { .name = "fake" };
static struct rte_eth_dev dev = { .data = &data, .device = &device };

void
gbe_intr_ask_link(const struct rte_eth_dev *asking, const struct gbe_hw *asked)
{
	(void)asking;
	(void)asked;
}

static int
flow_set_up(void **state)
{
	int ret = set_up(state);

	gbe = (struct gbe){ .hw = hw, .pause.conf = gbe_pause_default(&gbe_82574) };
	pthread_mutex_init(&gbe.link_mutex, NULL);
	data.dev_conf.link_speeds = RTE_ETH_LINK_SPEED_AUTONEG;
	return ret;
}

/* As gbe_ethdev.c does it. */
static void
start(uint32_t link_speeds)
{
	data.dev_conf.link_speeds = link_speeds;
	assert_int_equal(gbe_reset(&gbe.hw), 0);
	gbe_init(&gbe.hw);
	assert_int_equal(gbe_link_start(&dev), 0);
	gbe.running = true;
}

static void
stop(void)
{
	gbe.running = false;
	assert_int_equal(gbe_reset(&gbe.hw), 0);
	gbe_init(&gbe.hw);
}

static void
link_is(bool up)
{
	*reg_of(GBE_STATUS) = up ? GBE_STATUS_LU | GBE_STATUS_FD | 2u << 6 : 0;
}

static struct rte_eth_fc_conf
get(void)
{
	struct rte_eth_fc_conf conf;

	memset(&conf, 0xff, sizeof(conf));
	assert_int_equal(gbe_flow_get(&dev, &conf), 0);
	return conf;
}

static int
set(enum rte_eth_fc_mode mode, uint8_t autoneg)
{
	struct rte_eth_fc_conf conf = get();

	conf.mode = mode;
	conf.autoneg = autoneg;
	return gbe_flow_set(&dev, &conf);
}

static void
is_shown(const struct rte_eth_fc_conf *expected)
{
	const struct rte_eth_fc_conf got = get();

	assert_int_equal(got.high_water, expected->high_water);
	assert_int_equal(got.low_water, expected->low_water);
	assert_int_equal(got.pause_time, expected->pause_time);
	assert_int_equal(got.send_xon, expected->send_xon);
	assert_int_equal(got.mode, expected->mode);
	assert_int_equal(got.mac_ctrl_frame_fwd, expected->mac_ctrl_frame_fwd);
	assert_int_equal(got.autoneg, expected->autoneg);
}

static uint32_t
mac_directions(void)
{
	uint32_t ctrl = *reg_of(GBE_CTRL);

	return (ctrl & GBE_CTRL_RFCE ? GBE_PAUSE_RX : 0) |
			(ctrl & GBE_CTRL_TFCE ? GBE_PAUSE_TX : 0);
}

static void
full_flow_control_is_offered_unless_another_is_asked_for(void **state)
{
	struct rte_eth_fc_conf conf = get();

	(void)state;
	assert_int_equal(conf.mode, RTE_ETH_FC_FULL);
	assert_int_equal(conf.autoneg, 1);
	assert_int_equal(conf.high_water, 17408);
	assert_int_equal(conf.low_water, 15908);
	assert_int_equal(conf.pause_time, 0x680);
	assert_int_equal(conf.send_xon, 1);
	assert_int_equal(conf.mac_ctrl_frame_fwd, 0);
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	assert_int_equal(fake.nb_phy_writes, 0);
	link_is(true);
	assert_int_equal(get().mode, RTE_ETH_FC_FULL);
	assert_int_equal(mac_directions(), GBE_PAUSE_RX | GBE_PAUSE_TX);
}

static void
what_is_shown_is_what_is_in_force_on_a_link_that_is_up(void **state)
{
	(void)state;
	fake.phy[GBE_PHY_LPA] = 0x09e1;
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	link_is(false);
	assert_int_equal(get().mode, RTE_ETH_FC_FULL);
	assert_int_equal(mac_directions(), 0);
	link_is(true);
	assert_int_equal(get().mode, RTE_ETH_FC_RX_PAUSE);
	assert_int_equal(mac_directions(), GBE_PAUSE_RX);
	link_is(false);
	assert_int_equal(get().mode, RTE_ETH_FC_FULL);
	assert_int_equal(mac_directions(), 0);
}

/* Who asks for the link has it settled: no more calls are needed than a forwarder makes. */
static void
looking_at_the_link_settles_it(void **state)
{
	struct rte_eth_link link = { 0 };

	(void)state;
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	link_is(true);
	gbe_link(&dev, &link);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(mac_directions(), GBE_PAUSE_RX | GBE_PAUSE_TX);
	/* not of a port that is being stopped, whose registers are another's */
	stop();
	link_is(true);
	gbe_link(&dev, &link);
	assert_int_equal(mac_directions(), 0);
}

static void
each_mode_is_set_while_the_port_runs(void **state)
{
	static const struct {
		enum rte_eth_fc_mode mode;
		uint16_t advertised;
		uint32_t directions;
		bool waters;
	} cases[] = {
		{ RTE_ETH_FC_NONE, 0x01e1, 0, false },
		{ RTE_ETH_FC_RX_PAUSE, 0x0de1, GBE_PAUSE_RX, false },
		{ RTE_ETH_FC_TX_PAUSE, 0x09e1, GBE_PAUSE_TX, true },
		{ RTE_ETH_FC_FULL, 0x0de1, GBE_PAUSE_RX | GBE_PAUSE_TX, true },
	};
	unsigned int i;

	(void)state;
	fake.phy[GBE_PHY_LPA] = 0x0de1;
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	link_is(true);
	for (i = 0; i < RTE_DIM(cases); i++) {
		assert_int_equal(set(cases[i].mode, 1), 0);
		assert_int_equal(fake.phy[GBE_PHY_ANA], cases[i].advertised);
		assert_int_equal(*reg_of(GBE_FCRTH) != 0, cases[i].waters);
		assert_int_equal(get().mode, cases[i].mode);
		assert_int_equal(mac_directions(), cases[i].directions);
	}
	/* that nothing else is offered than before takes no link away */
	fake.nb_phy_writes = 0;
	assert_int_equal(set(RTE_ETH_FC_RX_PAUSE, 1), 0);
	assert_int_equal(fake.nb_phy_writes, 0);
	assert_int_equal(get().mode, RTE_ETH_FC_RX_PAUSE);
	assert_nothing_logged(&logged);
}

static void
what_was_set_stays_over_stop_and_start(void **state)
{
	const struct rte_eth_fc_conf conf = {
		.mode = RTE_ETH_FC_TX_PAUSE,
		.high_water = 4096,
		.low_water = 2048,
		.pause_time = 77,
		.mac_ctrl_frame_fwd = 1,
		.autoneg = 1,
	};
	unsigned int turn;

	(void)state;
	assert_int_equal(gbe_flow_set(&dev, &conf), 0);
	assert_int_equal(fake.nb_phy_writes, 0);
	fake.phy[GBE_PHY_LPA] = 0x0de1;
	for (turn = 0; turn < 2; turn++) {
		start(RTE_ETH_LINK_SPEED_AUTONEG);
		link_is(true);
		is_shown(&conf);
		assert_int_equal(*reg_of(GBE_FCRTH), 4096);
		assert_int_equal(*reg_of(GBE_FCRTL), 2048);
		assert_int_equal(*reg_of(GBE_FCTTV), 77);
		assert_int_equal(mac_directions(), GBE_PAUSE_TX);
		assert_true(gbe.mac_control);
		stop();
		is_shown(&conf);
	}
}

static void
a_fixed_link_negotiates_no_flow_control(void **state)
{
	(void)state;
	fake.phy[GBE_PHY_LPA] = 0;
	start(RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_100M);
	link_is(true);
	assert_int_equal(get().autoneg, 0);
	assert_int_equal(set(RTE_ETH_FC_FULL, 1), -ENOTSUP);
	assert_logged(&logged, "fake", "autoneg 1");
	assert_int_equal(set(RTE_ETH_FC_TX_PAUSE, 0), 0);
	assert_int_equal(get().mode, RTE_ETH_FC_TX_PAUSE);
	/* 1 Gb/s is negotiated all the same */
	start(RTE_ETH_LINK_SPEED_FIXED | RTE_ETH_LINK_SPEED_1G);
	assert_int_equal(set(RTE_ETH_FC_FULL, 1), 0);
}

static void
flow_control_can_be_forced_on_a_negotiated_link(void **state)
{
	(void)state;
	fake.phy[GBE_PHY_LPA] = 0x01e1;
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	link_is(true);
	assert_int_equal(get().mode, RTE_ETH_FC_NONE);
	assert_int_equal(set(RTE_ETH_FC_FULL, 0), 0);
	assert_int_equal(get().mode, RTE_ETH_FC_FULL);
	assert_int_equal(get().autoneg, 0);
	assert_int_equal(mac_directions(), GBE_PAUSE_RX | GBE_PAUSE_TX);
}

static void
a_link_that_was_set_down_stays_down(void **state)
{
	(void)state;
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	link_is(true);
	assert_int_equal(gbe_link_set(&dev, false), 0);
	assert_int_equal(set(RTE_ETH_FC_NONE, 1), 0);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL] & GBE_PHY_CONTROL_POWER_DOWN,
			GBE_PHY_CONTROL_POWER_DOWN);
	/* and offers what was asked for meanwhile when it comes up */
	assert_int_equal(fake.phy[GBE_PHY_ANA], 0x01e1);
	assert_int_equal(gbe_link_set(&dev, true), 0);
	assert_int_equal(fake.phy[GBE_PHY_CONTROL], 0x1140);
}

static void
bad_values_are_refused_and_change_nothing(void **state)
{
	struct rte_eth_fc_conf before, bad;

	(void)state;
	start(RTE_ETH_LINK_SPEED_AUTONEG);
	link_is(true);
	before = get();
	assert_int_equal(set(RTE_ETH_FC_FULL + 1, 1), -EINVAL);
	assert_logged(&logged, "mode 4", "tx_pause");
	bad = before;
	bad.high_water = 20480;
	assert_int_equal(gbe_flow_set(&dev, &bad), -EINVAL);
	assert_logged(&logged, "20480", "8 to 18962");
	/* nor does a PHY that cannot be told */
	fake.mdic_flags = 0;
	bad = before;
	bad.mode = RTE_ETH_FC_NONE;
	bad.mac_ctrl_frame_fwd = 1;
	assert_int_equal(gbe_flow_set(&dev, &bad), -ETIMEDOUT);
	assert_logged(&logged, "fake", "PHY");
	fake.mdic_flags = GBE_MDIC_READY;
	is_shown(&before);
	assert_int_equal(mac_directions(), GBE_PAUSE_RX | GBE_PAUSE_TX);
}

#define flow_test(name) cmocka_unit_test_setup_teardown(name, flow_set_up, tear_down)

static const struct CMUnitTest tests[] = {
	flow_test(full_flow_control_is_offered_unless_another_is_asked_for),
	flow_test(what_is_shown_is_what_is_in_force_on_a_link_that_is_up),
	flow_test(looking_at_the_link_settles_it),
	flow_test(each_mode_is_set_while_the_port_runs),
	flow_test(what_was_set_stays_over_stop_and_start),
	flow_test(a_fixed_link_negotiates_no_flow_control),
	flow_test(flow_control_can_be_forced_on_a_negotiated_link),
	flow_test(a_link_that_was_set_down_stays_down),
	flow_test(bad_values_are_refused_and_change_nothing),
};

TEST_MAIN(tests)
