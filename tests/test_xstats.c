/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Extended statistics: their names, the same for every device, and what stands under each. */

#include "dualbuf_xstats.h"
#include "gbe_devices.h"
#include "gbe_ethdev.h"
#include "vnic_ethdev.h"

#include "stats_util.h"

#define MAX_ROWS 512

struct rows {
	struct rte_eth_xstat_name names[MAX_ROWS];
	unsigned int nb;
};

static struct rows
names_of(const struct dualbuf_device *device, uint16_t nb_rx, uint16_t nb_tx)
{
	struct rows rows;

	make_port(device);
	data.nb_rx_queues = nb_rx;
	data.nb_tx_queues = nb_tx;
	rows.nb = dualbuf_xstats_get_names(&dev, NULL, 0);
	assert_between(rows.nb, 1, MAX_ROWS);
	assert_int_equal(dualbuf_xstats_get_names(&dev, rows.names, rows.nb), rows.nb);
	return rows;
}

/* Where a name stands; rows->nb if it does not. */
static unsigned int
find(const struct rows *rows, const char *name)
{
	unsigned int i;

	for (i = 0; i < rows->nb && strcmp(rows->names[i].name, name) != 0; i++)
		;
	return i;
}

/* The figure under a name, asked for in each of the ways there are. */
static uint64_t
xstat(const char *name)
{
	struct rte_eth_xstat_name by_id;
	struct rte_eth_xstat all[MAX_ROWS];
	struct rows rows;
	uint64_t id, value;

	rows.nb = dualbuf_xstats_get_names(&dev, rows.names, MAX_ROWS);
	id = find(&rows, name);
	if (id == rows.nb)
		fail_msg("no row %s", name);
	assert_int_equal(dualbuf_xstats_get(&dev, all, MAX_ROWS), rows.nb);
	assert_int_equal(all[id].id, id);
	assert_int_equal(dualbuf_xstats_get_by_id(&dev, &id, &value, 1), 1);
	assert_int_equal(value, all[id].value);
	assert_int_equal(dualbuf_xstats_get_names_by_id(&dev, &id, &by_id, 1), 1);
	assert_string_equal(by_id.name, name);
	return value;
}

static void
all_devices_have_the_same_names(void **state)
{
	struct rows gbe = names_of(gbe_device_of(&gbe_82574), 2, 2),
		    vnic = names_of(&vnic_device, 2, 2);
	unsigned int i;

	(void)state;
	assert_int_equal(gbe.nb, vnic.nb);
	for (i = 0; i < gbe.nb; i++)
		assert_string_equal(gbe.names[i].name, vnic.names[i].name);
}

/* DPDK's rule for names: the direction, which queue, then what; no name fills its field. */
static void
no_name_is_there_twice_and_every_one_tells_its_direction(void **state)
{
	struct rows rows = names_of(&vnic_device, DUALBUF_MAX_QUEUES, DUALBUF_MAX_QUEUES);
	unsigned int i;

	(void)state;
	for (i = 0; i < rows.nb; i++) {
		const char *name = rows.names[i].name;

		assert_int_equal(find(&rows, name), i);
		assert_true(strncmp(name, "rx_", 3) == 0 || strncmp(name, "tx_", 3) == 0);
		assert_true(strlen(name) < RTE_ETH_XSTATS_NAME_SIZE - 1);
	}
	assert_true(find(&rows, "rx_q15_flips") < rows.nb);
	assert_true(find(&rows, "tx_q15_errors") < rows.nb);
}

static void
rows_are_those_of_the_queues_that_are_configured(void **state)
{
	unsigned int none = names_of(&vnic_device, 0, 0).nb;
	unsigned int rx = names_of(&vnic_device, 1, 0).nb - none;
	unsigned int tx = names_of(&vnic_device, 0, 1).nb - none;
	struct rows rows = names_of(&vnic_device, 3, 2);

	(void)state;
	assert_int_equal(rows.nb, none + 3 * rx + 2 * tx);
	assert_int_equal(find(&rows, "rx_q3_flips"), rows.nb);
	assert_int_equal(find(&rows, "tx_q2_errors"), rows.nb);
	/* no more than a port has room for, whatever ethdev says */
	assert_int_equal(names_of(&vnic_device, 99, 99).nb, none + 16 * rx + 16 * tx);
}

static void
packets_that_are_lost_are_counted_by_queue_and_by_cause(void **state)
{
	(void)state;
	make_port(&by_queue);
	rxqs[1].stats.flips = 9;
	assert_int_equal(xstat("rx_q0_flips"), 0);
	assert_int_equal(xstat("rx_q1_flips"), 9);
	assert_int_equal(xstat("rx_q0_missed"), 10);
	assert_int_equal(xstat("rx_q1_missed"), 11);
	assert_int_equal(xstat("rx_q1_no_descriptor_drops"), 5);
	assert_int_equal(xstat("rx_q1_kernel_drops"), 4);
	assert_int_equal(xstat("rx_q1_stop_drops"), 2);
	assert_int_equal(xstat("rx_q1_oversize_errors"), 21);
	assert_int_equal(xstat("rx_q1_descriptor_errors"), 1);
	assert_int_equal(xstat("rx_q1_foreign"), 30);
	txqs[0].stats.unsent = 8;
	txqs[0].stats.errors = 100;
	assert_int_equal(xstat("tx_q0_device_errors"), 3);
	assert_int_equal(xstat("tx_q0_over_mtu"), 2);
	assert_int_equal(xstat("tx_q0_stop_drops"), 8);
	assert_int_equal(xstat("tx_q0_segment_errors"), 100);
	assert_int_equal(xstat("tx_q0_errors"), 111);
	assert_int_equal(xstat("tx_q1_errors"), 4);
}

static void
the_port_has_the_sums_of_what_is_counted_by_queue(void **state)
{
	(void)state;
	make_port(&by_queue);
	assert_int_equal(xstat("rx_missed_packets"), 10 + 11);
	assert_int_equal(xstat("rx_no_buffer_packets"), 5 + 5);
	assert_int_equal(xstat("rx_oversize_errors"), 20 + 21);
	assert_int_equal(xstat("rx_crc_errors"), 0);
}

#define COUNT_CAUSE(cause) counted.causes.cause = ++nb;
#define CHECK_CAUSE(cause) assert_int_equal(xstat(#cause), ++nb);
#define CHECK_RESET(cause) assert_int_equal(xstat(#cause), 0);

static void
what_a_device_counts_by_port_stands_under_its_cause(void **state)
{
	uint64_t nb = 0;

	(void)state;
	make_port(&by_port);
	DUALBUF_CAUSES(COUNT_CAUSE)
	nb = 0;
	DUALBUF_CAUSES(CHECK_CAUSE)
	assert_int_equal(xstat("rx_q0_missed"), 0);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	DUALBUF_CAUSES(CHECK_RESET)
}

static void
a_queue_that_is_gone_has_what_it_had_counted_and_no_state(void **state)
{
	(void)state;
	make_port(&by_queue);
	rxqs[0].stats.copies = 6;
	dualbuf_stats_keep_rxq(&dev, 0);
	dualbuf_stats_keep_txq(&dev, 1);
	port.rxqs[0] = NULL;
	port.txqs[1] = NULL;
	assert_int_equal(xstat("rx_q0_copies"), 6);
	assert_int_equal(xstat("rx_q0_missed"), 10);
	assert_int_equal(xstat("rx_q0_bound"), 0);
	assert_int_equal(xstat("tx_q1_errors"), 4);
	assert_int_equal(dualbuf_stats_reset(&dev), 0);
	assert_int_equal(xstat("rx_q0_copies"), 0);
	assert_int_equal(xstat("tx_q1_errors"), 0);
}

static void
rows_by_id_come_in_the_order_that_was_asked_for(void **state)
{
	struct rte_eth_xstat_name names[3];
	uint64_t ids[3], values[3];
	struct rows rows;

	(void)state;
	make_port(&by_queue);
	rows.nb = dualbuf_xstats_get_names(&dev, rows.names, MAX_ROWS);
	ids[0] = find(&rows, "tx_q1_errors");
	ids[1] = find(&rows, "rx_q1_missed");
	ids[2] = find(&rows, "rx_q0_missed");
	assert_int_equal(dualbuf_xstats_get_by_id(&dev, ids, values, 3), 3);
	assert_int_equal(values[0], 4);
	assert_int_equal(values[1], 11);
	assert_int_equal(values[2], 10);
	assert_int_equal(dualbuf_xstats_get_names_by_id(&dev, ids, names, 3), 3);
	assert_string_equal(names[0].name, "tx_q1_errors");
	assert_string_equal(names[2].name, "rx_q0_missed");
	/* ethdev does not look */
	ids[1] = rows.nb;
	assert_int_equal(dualbuf_xstats_get_by_id(&dev, ids, values, 3), -EINVAL);
	assert_int_equal(dualbuf_xstats_get_names_by_id(&dev, ids, names, 3), -EINVAL);
	ids[1] = UINT64_MAX;
	assert_int_equal(dualbuf_xstats_get_by_id(&dev, ids, values, 3), -EINVAL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(all_devices_have_the_same_names),
	cmocka_unit_test(no_name_is_there_twice_and_every_one_tells_its_direction),
	cmocka_unit_test(rows_are_those_of_the_queues_that_are_configured),
	cmocka_unit_test(packets_that_are_lost_are_counted_by_queue_and_by_cause),
	cmocka_unit_test(the_port_has_the_sums_of_what_is_counted_by_queue),
	cmocka_unit_test(what_a_device_counts_by_port_stands_under_its_cause),
	cmocka_unit_test(a_queue_that_is_gone_has_what_it_had_counted_and_no_state),
	cmocka_unit_test(rows_by_id_come_in_the_order_that_was_asked_for),
};

TEST_MAIN(tests)
