/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Addresses and VLANs that a port lets pass, as applications set them. */

#include <pthread.h>

#include "compat_util.h"
#include "packet_util.h"

/* Frames to these, one after the other; each with its number in it. */
static const char *const targets[] = {
	"02:00:00:00:00:01",
	"02:00:00:00:00:02",
	"02:00:00:00:00:03",
	"01:00:5e:00:00:01",
	"01:00:5e:00:00:02",
	"01:00:5e:10:00:01",
	"33:33:00:00:00:01",
	"ff:ff:ff:ff:ff:ff",
};

#define NB_TARGETS RTE_DIM(targets)
#define BROADCAST RTE_BIT32(7)

static struct rte_ether_addr
addr_of(const char *text)
{
	struct rte_ether_addr addr;

	assert_int_equal(rte_ether_unformat_addr(text, &addr), 0);
	return addr;
}

static struct rte_ether_addr *
target(unsigned int i)
{
	static struct rte_ether_addr addr;

	addr = addr_of(targets[i]);
	return &addr;
}

static void
add_frame(struct packets *packets, const char *destination, uint16_t type, uint16_t tci)
{
	struct rte_ether_addr addr = addr_of(destination);
	uint8_t frame[64] = { 0 };

	memcpy(frame, &addr, sizeof(addr));
	frame[12] = type >> 8;
	frame[13] = type & 0xff;
	frame[14] = tci >> 8;
	frame[15] = tci & 0xff;
	frame[20] = packets->nb;
	packets_add(packets, frame, sizeof(frame));
}

/* A port that receives such frames without end, not promiscuous. */
static uint16_t
plug_targets(void)
{
	struct packets packets = { 0 };
	unsigned int i;
	uint16_t port;

	for (i = 0; i < NB_TARGETS; i++)
		add_frame(&packets, targets[i], 0x88b5, 0);
	port = vdev_plug("rx_pcap=%s,infinite_rx=1", capture_write("targets", &packets));
	vdev_start(port);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	return port;
}

/* Bits of the frames that come while the model goes round the file, after what is in the ring already. */
static uint32_t
passing(uint16_t port)
{
	unsigned int n, from_before = 2 * VDEV_DESC;
	uint32_t seen = 0;
	struct rte_mbuf *m;

	for (n = 0; n < from_before + 8 * NB_TARGETS; n++) {
		if (rte_eth_rx_burst(port, 0, &m, 1) == 0)
			continue;
		if (n >= from_before)
			seen |= RTE_BIT32(rte_pktmbuf_mtod(m, uint8_t *)[20]);
		rte_pktmbuf_free(m);
	}
	return seen;
}

/* Addresses ------------------------------------------------------------------------------------ */

static void
further_addresses_are_added_and_removed(void **state)
{
	uint16_t port = plug_targets();

	(void)state;
	assert_int_equal(passing(port), BROADCAST);
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(0), 0), 0);
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(1), 0), 0);
	assert_int_equal(passing(port), BROADCAST | 0x3);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, target(2)), 0);
	assert_int_equal(passing(port), BROADCAST | 0x7);
	assert_int_equal(rte_eth_dev_mac_addr_remove(port, target(0)), 0);
	assert_int_equal(passing(port), BROADCAST | 0x6);
	/* the port's own cannot go */
	assert_true(rte_eth_dev_mac_addr_remove(port, target(2)) < 0);
	assert_int_equal(passing(port), BROADCAST | 0x6);
}

static void
as_many_addresses_as_announced_are_taken(void **state)
{
	uint16_t port = plug_targets();
	struct rte_ether_addr addr = addr_of("02:00:00:00:01:00");
	struct rte_eth_dev_info info;
	unsigned int i;

	(void)state;
	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	assert_int_equal(info.max_mac_addrs, 15);
	for (i = 1; i < info.max_mac_addrs - 1; i++, addr.addr_bytes[5]++)
		assert_int_equal(rte_eth_dev_mac_addr_add(port, &addr, 0), 0);
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(1), 0), 0);
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(0), 0), -ENOSPC);
	assert_int_equal(passing(port), BROADCAST | 0x2);
}

/* Multicast ------------------------------------------------------------------------------------ */

static int
set_groups(uint16_t port, uint32_t which)
{
	struct rte_ether_addr list[NB_TARGETS];
	uint32_t nb = 0, i;

	for (i = 0; i < NB_TARGETS; i++)
		if (which & RTE_BIT32(i))
			list[nb++] = addr_of(targets[i]);
	return rte_eth_dev_set_mc_addr_list(port, list, nb);
}

static void
groups_in_the_list_pass_and_no_others(void **state)
{
	static const uint32_t lists[] = { 0x08, 0x48, 0x50, 0x78, 0x20, 0x00, 0x10 };
	uint16_t port = plug_targets();
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(lists); i++) {
		assert_int_equal(set_groups(port, lists[i]), 0);
		assert_int_equal(passing(port), BROADCAST | lists[i]);
	}
	assert_int_equal(rte_eth_allmulticast_enable(port), 0);
	assert_int_equal(passing(port), BROADCAST | 0x78);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_int_equal(passing(port), BROADCAST | 0x10);
}

static void
a_list_that_is_refused_changes_nothing(void **state)
{
	uint16_t port = plug_targets();
	struct rte_ether_addr many[257];
	struct log_capture log;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(many); i++) {
		many[i] = addr_of("01:00:5e:01:00:00");
		many[i].addr_bytes[4] = i >> 8;
		many[i].addr_bytes[5] = i & 0xff;
	}
	assert_int_equal(set_groups(port, 0x08), 0);
	log_capture_begin(&log);
	assert_int_equal(set_groups(port, 0x11), -EINVAL);
	vdev_assert_logged(&log, "02:00:00:00:00:01 is no multicast address");
	log_capture_begin(&log);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, many, 257), -ENOSPC);
	vdev_assert_logged(&log, "at most 256");
	assert_int_equal(passing(port), BROADCAST | 0x08);
	many[255] = addr_of(targets[6]);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, many, 256), 0);
	assert_int_equal(passing(port), BROADCAST | 0x40);
	/* the same one twice takes one place */
	for (i = 0; i < 256; i++)
		many[i] = addr_of(targets[3]);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(port, many, 256), 0);
	assert_int_equal(passing(port), BROADCAST | 0x08);
}

/* VLAN ----------------------------------------------------------------------------------------- */

static const struct {
	uint16_t type, tci;
} tags[] = {
	{ 0x8100, 0 },
	{ 0x8100, 0xe000 },
	{ 0x8100, 1 },
	{ 0x8100, 0x6001 },
	{ 0x8100, 64 },
	{ 0x8100, 4095 },
	{ 0x88a8, 2 },
	{ 0x88b5, 2 },
};

#define UNTAGGED 0xc0

static uint16_t
plug_tags(uint64_t offloads)
{
	struct packets packets = { 0 };
	unsigned int i;
	uint16_t port;

	static_assert(RTE_DIM(tags) == NB_TARGETS, "both are received alike");
	for (i = 0; i < RTE_DIM(tags); i++)
		add_frame(&packets, "02:00:00:00:00:01", tags[i].type, tags[i].tci);
	port = vdev_plug("rx_pcap=%s,infinite_rx=1", capture_write("tags", &packets));
	vdev_start(port, .rx_offloads = offloads);
	return port;
}

static void
vlans_in_the_table_pass_and_no_others(void **state)
{
	uint16_t port = plug_tags(RTE_ETH_RX_OFFLOAD_VLAN_FILTER);

	(void)state;
	assert_int_equal(passing(port), UNTAGGED);
	assert_int_equal(rte_eth_dev_vlan_filter(port, 1, 1), 0);
	assert_int_equal(rte_eth_dev_vlan_filter(port, 4095, 1), 0);
	assert_int_equal(passing(port), UNTAGGED | 0x2c);
	assert_int_equal(rte_eth_dev_vlan_filter(port, 0, 1), 0);
	assert_int_equal(rte_eth_dev_vlan_filter(port, 1, 0), 0);
	assert_int_equal(passing(port), UNTAGGED | 0x23);
	/* a packet has to pass both filters */
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(passing(port), 0);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, target(0)), 0);
	assert_int_equal(passing(port), UNTAGGED | 0x23);
}

static void
the_vlan_filter_is_switched_while_the_port_runs(void **state)
{
	uint16_t port = plug_tags(0);
	struct rte_eth_rxq_info info;

	(void)state;
	vdev_hush_ethdev();
	assert_true(rte_eth_dev_vlan_filter(port, 1, 1) < 0);
	assert_int_equal(passing(port), 0xff);
	assert_int_equal(rte_eth_dev_set_vlan_offload(port, RTE_ETH_VLAN_FILTER_OFFLOAD), 0);
	assert_int_equal(rte_eth_dev_get_vlan_offload(port), RTE_ETH_VLAN_FILTER_OFFLOAD);
	assert_int_equal(rte_eth_dev_vlan_filter(port, 64, 1), 0);
	assert_int_equal(passing(port), UNTAGGED | 0x10);
	assert_int_equal(rte_eth_rx_queue_info_get(port, 0, &info), 0);
	assert_true(info.conf.offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER);
	assert_int_equal(rte_eth_dev_set_vlan_offload(port,
					 RTE_ETH_VLAN_FILTER_OFFLOAD | RTE_ETH_VLAN_STRIP_OFFLOAD),
			0);
	/* the tag goes after the filter has seen it; so the number stands four bytes further to the front */
	assert_int_equal(passing(port) & RTE_BIT32(0), RTE_BIT32(0));
	assert_int_equal(rte_eth_dev_set_vlan_offload(port, 0), 0);
	assert_int_equal(passing(port), 0xff);
	assert_true(rte_eth_dev_set_vlan_offload(port, RTE_ETH_VLAN_EXTEND_OFFLOAD) < 0);
	assert_true(rte_eth_dev_set_vlan_offload(port, RTE_ETH_QINQ_STRIP_OFFLOAD) < 0);
}

/* Life ----------------------------------------------------------------------------------------- */

static void
what_was_set_stays_over_stop_and_start(void **state)
{
	uint16_t port = plug_targets();

	(void)state;
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(1), 0), 0);
	assert_int_equal(set_groups(port, 0x28), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(2), 0), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(passing(port), BROADCAST | 0x2e);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(set_groups(port, 0x40), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(passing(port), BROADCAST | 0x46);
}

static void
vlans_stay_over_stop_and_another_configuration(void **state)
{
	uint16_t port = plug_tags(RTE_ETH_RX_OFFLOAD_VLAN_FILTER);

	(void)state;
	assert_int_equal(rte_eth_dev_vlan_filter(port, 1, 1), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(passing(port), UNTAGGED | 0x0c);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	vdev_start(port);
	assert_int_equal(passing(port), 0xff);
}

static void
what_does_not_pass_is_counted_by_cause_and_is_no_error(void **state)
{
	struct packets packets = { 0 };
	struct batch batch = { 0 };
	uint16_t port;

	(void)state;
	add_frame(&packets, targets[0], 0x88b5, 0);
	add_frame(&packets, targets[3], 0x88b5, 0);
	add_frame(&packets, targets[7], 0x8100, 5);
	add_frame(&packets, targets[7], 0x8100, 6);
	port = vdev_plug("rx_pcap=%s", capture_write("few", &packets));
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	vdev_set_up_queues(port,
			&(struct vdev_config){ .rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_FILTER });
	assert_int_equal(rte_eth_dev_vlan_filter(port, 5, 1), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	receive_all(port, 0, &batch);
	assert_int_equal(batch.nb, 1);
	assert_packet(batch.m[0], &packets.all[2], 2);
	batch_free(&batch);
	assert_int_equal(vdev_xstat(port, 0, "filtered_mac"), 2);
	assert_int_equal(vdev_xstat(port, 0, "filtered_vlan"), 1);
	assert_int_equal(vdev_stats(port).ierrors, 0);
	assert_int_equal(vdev_stats(port).imissed, 0);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "filtered_mac"), 0);
	assert_int_equal(vdev_xstat(port, 0, "filtered_vlan"), 0);
}

/* Threads -------------------------------------------------------------------------------------- */

static uint32_t receiving;
static uint64_t counts[NB_TARGETS]; /* of what came to each */

static void *
receive_meanwhile(void *arg)
{
	uint16_t port = *(const uint16_t *)arg;
	struct rte_mbuf *m;

	while (__atomic_load_n(&receiving, __ATOMIC_RELAXED)) {
		if (rte_eth_rx_burst(port, 0, &m, 1) == 0)
			continue;
		__atomic_fetch_add(
				&counts[rte_pktmbuf_mtod(m, uint8_t *)[20]], 1, __ATOMIC_RELAXED);
		rte_pktmbuf_free(m);
	}
	return NULL;
}

/* While others come and go, what is set all the time passes all the time: it is never missed in a round. */
static void
what_stays_passes_while_the_filter_changes(void **state)
{
	uint16_t port = plug_targets();
	pthread_t thread;
	unsigned int i;

	(void)state;
	assert_int_equal(rte_eth_dev_mac_addr_add(port, target(0), 0), 0);
	assert_int_equal(set_groups(port, 0x30), 0);
	passing(port);
	receiving = 1;
	assert_int_equal(pthread_create(&thread, NULL, receive_meanwhile, &port), 0);
	for (i = 0; i < 2000 || __atomic_load_n(&counts[7], __ATOMIC_RELAXED) < 1000; i++) {
		assert_int_equal(set_groups(port, i % 2 == 0 ? 0x68 : 0x30), 0);
		assert_int_equal(rte_eth_dev_mac_addr_add(port, target(1), 0), 0);
		assert_int_equal(rte_eth_dev_mac_addr_remove(port, target(1)), 0);
		assert_int_equal(rte_eth_dev_default_mac_addr_set(port, target(2)), 0);
	}
	__atomic_store_n(&receiving, 0, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_between(counts[0], counts[7] - 1, counts[7] + 1);
	assert_between(counts[5], counts[7] - 1, counts[7] + 1);
}

static const struct CMUnitTest tests[] = {
	vdev_test(further_addresses_are_added_and_removed),
	vdev_test(as_many_addresses_as_announced_are_taken),
	vdev_test(groups_in_the_list_pass_and_no_others),
	vdev_test(a_list_that_is_refused_changes_nothing),
	vdev_test(vlans_in_the_table_pass_and_no_others),
	vdev_test(the_vlan_filter_is_switched_while_the_port_runs),
	vdev_test(what_was_set_stays_over_stop_and_start),
	vdev_test(vlans_stay_over_stop_and_another_configuration),
	vdev_test(what_does_not_pass_is_counted_by_cause_and_is_no_error),
	vdev_test(what_stays_passes_while_the_filter_changes),
};

VDEV_MAIN(tests)
