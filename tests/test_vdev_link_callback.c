/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Calls of applications in the callback of the link: stop the port, close it, start it again. */

#include "link_util.h"

/* Receive a file until the application has been told of its end for the nb-th time. */
static void
receive_until_told(uint16_t port, uint32_t nb)
{
	unsigned int total = 0;
	double since = vdev_now();

	while (poll_once(port, nb, &total))
		if (vdev_now() - since > VDEV_PATIENCE_S)
			fail_msg("no link event number %u", nb);
	await_handler_end();
	assert_int_equal(total, NB_PACKETS);
	assert_int_equal(nb_done(), nb);
}

static void
remove_device(const char *name)
{
	assert_int_equal(rte_eal_hotplug_remove("vdev", name), 0);
}

/* Files ---------------------------------------------------------------------------------------- */

static void
stop_at_each_end(bool intr)
{
	uint16_t port = plug_file();
	uint32_t round;

	begin(STOP);
	for (round = 1; round <= ROUNDS; round++) {
		vdev_start(port, .intr_rxq = intr, .intr_lsc = true);
		receive_until_told(port, round);
		assert_int_equal(end_alarms(), 0);
	}
	finish();
}

static void
a_port_may_be_stopped_in_the_callback_at_the_end_of_its_file(void **state)
{
	(void)state;
	stop_at_each_end(false);
}

static void
with_interrupts_a_port_may_be_stopped_in_the_callback_at_the_end_of_its_file(void **state)
{
	(void)state;
	stop_at_each_end(true);
}

static void
close_at_each_end(bool intr)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	uint32_t round;
	uint16_t port;

	vdev_hush_ethdev();
	begin(STOP_AND_CLOSE);
	for (round = 1; round <= ROUNDS; round++) {
		port = plug_file();
		assert_int_equal(rte_eth_dev_get_name_by_port(port, name), 0);
		vdev_start(port, .intr_rxq = intr, .intr_lsc = true);
		receive_until_told(port, round);
		assert_int_equal(end_alarms(), 0);
		assert_false(rte_eth_dev_is_valid_port(port));
		remove_device(name);
	}
	finish();
}

static void
a_port_may_be_closed_in_the_callback_at_the_end_of_its_file(void **state)
{
	(void)state;
	close_at_each_end(false);
}

static void
with_interrupts_a_port_may_be_closed_in_the_callback_at_the_end_of_its_file(void **state)
{
	(void)state;
	close_at_each_end(true);
}

/* Alarms of a port that has just started. */
static unsigned int
alarms_of(uint16_t port)
{
	unsigned int nb;

	nb = end_alarms();
	assert_int_equal(rte_eth_dev_stop(port), 0);
	return nb;
}

static void
start_again_at_each_end(bool intr)
{
	uint16_t port = plug_file();
	unsigned int nb_alarms;
	uint32_t round;

	begin(STOP_AND_START);
	vdev_start(port, .intr_rxq = intr, .intr_lsc = true);
	nb_alarms = alarms_of(port);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (round = 1; round <= ROUNDS; round++)
		receive_until_told(port, round);
	/* as many as after one start */
	assert_int_equal(end_alarms(), nb_alarms);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	finish();
}

static void
a_port_may_be_started_again_in_the_callback_at_the_end_of_its_file(void **state)
{
	(void)state;
	start_again_at_each_end(false);
}

static void
with_interrupts_a_port_may_be_started_again_in_the_callback_at_the_end_of_its_file(void **state)
{
	(void)state;
	start_again_at_each_end(true);
}

/* Receive a file to its end, without waiting to be told. */
static void
receive_file(uint16_t port)
{
	unsigned int total = 0;
	double since = vdev_now();

	do {
		poll_once(port, UINT32_MAX, &total);
		assert_true(vdev_now() - since < VDEV_PATIENCE_S);
	} while (total < NB_PACKETS);
	poll_once(port, UINT32_MAX, &total);
	assert_int_equal(total, NB_PACKETS);
}

static void
a_stop_that_races_the_event_leaves_no_alarm_behind(void **state)
{
	uint16_t port = plug_file();
	unsigned int i;
	uint32_t done;

	(void)state;
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	for (i = 0; i < 500; i++) {
		receive_file(port);
		rte_delay_us_block(i % 100 < 80 ? i % 100 : i % 100 * 15);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		done = nb_done();
		assert_int_equal(end_alarms(), 0);
		assert_int_equal(rte_eth_dev_start(port), 0);
		assert_int_equal(nb_done(), done);
	}
	assert_true(nb_done() > 0);
	finish();
}

/* Interfaces ----------------------------------------------------------------------------------- */

static void
an_interface_may_be_stopped_in_the_callback(void **state)
{
	uint16_t port;
	uint32_t round;

	(void)state;
	need_veth();
	port = vdev_plug("iface=%s", NEAR);
	begin(STOP);
	for (round = 1; round <= LIVE_ROUNDS; round++) {
		vdev_start(port, .intr_rxq = round % 4 < 2, .intr_lsc = true);
		set_carrier(round % 2 == 0);
		await_deed(round);
		assert_int_equal(end_alarms(), 0);
	}
	finish();
}

static void
an_interface_may_be_closed_in_the_callback(void **state)
{
	char name[RTE_ETH_NAME_MAX_LEN];
	uint32_t round;
	uint16_t port;

	(void)state;
	need_veth();
	begin(STOP_AND_CLOSE);
	for (round = 1; round <= LIVE_ROUNDS; round++) {
		port = vdev_plug("iface=%s", NEAR);
		assert_int_equal(rte_eth_dev_get_name_by_port(port, name), 0);
		vdev_start(port, .intr_rxq = round % 4 < 2, .intr_lsc = true);
		set_carrier(round % 2 == 0);
		await_deed(round);
		assert_int_equal(end_alarms(), 0);
		remove_device(name);
	}
	finish();
}

static void
an_interface_may_be_started_again_in_the_callback(void **state)
{
	unsigned int nb_alarms;
	uint32_t round;
	uint16_t port;

	(void)state;
	need_veth();
	port = vdev_plug("iface=%s", NEAR);
	begin(STOP_AND_START);
	vdev_start(port, .intr_lsc = true);
	nb_alarms = alarms_of(port);
	assert_int_equal(rte_eth_dev_start(port), 0);
	for (round = 1; round <= LIVE_ROUNDS; round++) {
		set_carrier(round % 2 == 0);
		await_deed(round);
	}
	assert_int_equal(end_alarms(), nb_alarms);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	finish();
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_port_may_be_stopped_in_the_callback_at_the_end_of_its_file),
	vdev_test(with_interrupts_a_port_may_be_stopped_in_the_callback_at_the_end_of_its_file),
	vdev_test(a_port_may_be_closed_in_the_callback_at_the_end_of_its_file),
	vdev_test(with_interrupts_a_port_may_be_closed_in_the_callback_at_the_end_of_its_file),
	vdev_test(a_port_may_be_started_again_in_the_callback_at_the_end_of_its_file),
	vdev_test(with_interrupts_a_port_may_be_started_again_in_the_callback_at_the_end_of_its_file),
	vdev_test(a_stop_that_races_the_event_leaves_no_alarm_behind),
	vdev_test(an_interface_may_be_stopped_in_the_callback),
	vdev_test(an_interface_may_be_closed_in_the_callback),
	vdev_test(an_interface_may_be_started_again_in_the_callback),
};

VDEV_VETH_MAIN(tests)
