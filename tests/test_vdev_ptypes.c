/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Packet types on the virtual NIC: found where they were asked for, the same as DPDK's software finds. */

#include "compat_util.h"
#include "offload_util.h"

#include <rte_net.h>

#define LAYERS (RTE_PTYPE_L2_MASK | RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK)
#define MAX_TYPES 32

/* A frame with one header behind the other, in hex; what follows is zeros. */
struct typed {
	const char *name;
	const char *bytes;
	uint32_t ptype;
};

#define ETH "020000000001020000000002"
#define IP4(protocol) "0800" IP4_BODY(protocol)
#define IP4_BODY(protocol) "450000300001000040" protocol "0000c0000201c0000202"
#define IP4_FRAG \
	"0800" \
	"450000300001200040" \
	"06" \
	"0000c0000201c0000202"
#define IP4_EXT \
	"0800" \
	"460000300001000040" \
	"11" \
	"0000c0000201c000020201010101"
#define ADDRESSES6 "fe800000000000000000000000000001fe800000000000000000000000000002"
#define IP6(protocol) \
	"86dd" \
	"600000000020" protocol "40" ADDRESSES6
#define IP6_HOP(protocol) \
	"86dd" \
	"6000000000200040" ADDRESSES6 protocol "00050200000100"

static const struct typed typed[] = {
	{ "other", ETH "88b5", RTE_PTYPE_L2_ETHER },
	{ "arp", ETH "0806", RTE_PTYPE_L2_ETHER },
	{ "tcp4", ETH IP4("06"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP },
	{ "udp4", ETH IP4("11"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_UDP },
	{ "sctp4", ETH IP4("84"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_SCTP },
	{ "icmp4", ETH IP4("01"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_ICMP },
	{ "gre4", ETH IP4("2f"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 },
	{ "fragment4", ETH IP4_FRAG, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_FRAG },
	{ "options4", ETH IP4_EXT, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT | RTE_PTYPE_L4_UDP },
	{ "tcp6", ETH IP6("06"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_TCP },
	{ "icmp6", ETH IP6("3a"), RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_ICMP },
	{ "hop6", ETH IP6_HOP("11"),
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT | RTE_PTYPE_L4_UDP },
	{ "mld6", ETH IP6_HOP("3a"),
			RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT | RTE_PTYPE_L4_ICMP },
	{ "vlan", ETH "81000005" IP4("06"),
			RTE_PTYPE_L2_ETHER_VLAN | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP },
	{ "qinq", ETH "88a8000581000006" IP4("01"),
			RTE_PTYPE_L2_ETHER_QINQ | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_ICMP },
};

static const char *
typed_file(void)
{
	struct packets packets = { 0 };
	uint8_t frame[128];
	unsigned int i, at, byte;

	for (i = 0; i < RTE_DIM(typed); i++) {
		memset(frame, 0, sizeof(frame));
		for (at = 0; sscanf(typed[i].bytes + 2 * at, "%2x", &byte) == 1; at++)
			frame[at] = byte;
		packets_add(&packets, frame, sizeof(frame));
	}
	return capture_write("typed", &packets);
}

static uint16_t
start_typed(void)
{
	uint16_t port = vdev_plug("rx_pcap=%s", typed_file());

	vdev_start(port);
	return port;
}

static void
assert_types(uint16_t port, uint32_t layers)
{
	struct batch batch = { 0 };
	unsigned int i;

	receive_all(port, 0, &batch);
	assert_int_equal(batch.nb, RTE_DIM(typed));
	for (i = 0; i < batch.nb; i++)
		if (batch.m[i]->packet_type != (typed[i].ptype & layers))
			fail_msg("%s: type %#x, not %#x", typed[i].name, batch.m[i]->packet_type,
					typed[i].ptype & layers);
	batch_free(&batch);
}

static void
restart(uint16_t port)
{
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
}

static void
each_layer_is_found_where_it_is_asked_for(void **state)
{
	const uint32_t masks[] = { LAYERS, RTE_PTYPE_L2_MASK, RTE_PTYPE_L3_MASK, RTE_PTYPE_L4_MASK,
		RTE_PTYPE_L3_MASK | RTE_PTYPE_L4_MASK, RTE_PTYPE_ALL_MASK };
	uint16_t port = start_typed();
	uint32_t set[MAX_TYPES];
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(masks); i++) {
		assert_int_equal(rte_eth_dev_set_ptypes(port, masks[i], set, MAX_TYPES), 0);
		assert_types(port, masks[i]);
		restart(port);
	}
}

static void
who_asks_for_nothing_pays_for_nothing(void **state)
{
	uint16_t port = start_typed();
	struct batch batch = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		receive_all(port, 0, &batch);
		assert_int_equal(batch.nb, RTE_DIM(typed));
		for (; batch.nb > 0; rte_pktmbuf_free(batch.m[--batch.nb]))
			assert_int_equal(batch.m[batch.nb - 1]->packet_type, RTE_PTYPE_L2_ETHER);
		/* asking for none is no asking, even when the list is looked at afterwards */
		assert_int_equal(rte_eth_dev_set_ptypes(port, RTE_PTYPE_UNKNOWN, NULL, 0), 0);
		assert_true(rte_eth_dev_get_supported_ptypes(port, UINT32_MAX, NULL, 0) > 0);
		restart(port);
	}
}

/* As ip_reassembly does, which looks at types, and never asks for them. */
static void
who_asks_for_checksums_gets_types_too(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", typed_file());

	(void)state;
	vdev_start(port, .rx_offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM);
	assert_types(port, LAYERS);
}

/* As l3fwd does, which asks for what there is and never for what it wants. */
static void
who_looks_at_the_list_gets_what_it_says(void **state)
{
	uint16_t port = start_typed();
	uint32_t types[MAX_TYPES], seen = 0;
	int nb, i;

	(void)state;
	nb = rte_eth_dev_get_supported_ptypes(port, UINT32_MAX, types, MAX_TYPES);
	assert_between(nb, 1, MAX_TYPES);
	assert_types(port, LAYERS);
	/* every type above is on it */
	for (i = 0; i < nb; i++)
		seen += types[i] != RTE_PTYPE_L2_ETHER_MPLS;
	assert_int_equal(seen, 12);
}

/* A capture of each kind, with a tag taken out or not: as DPDK's parser has it of what comes up. */
static void
assert_as_software(const char *path, uint64_t offloads)
{
	uint16_t port = vdev_plug("rx_pcap=%s", path);
	struct batch batch = { 0 };
	uint32_t ptype;
	unsigned int i;

	vdev_start(port, .rx_offloads = offloads, .rss_types = ALL_RSS_TYPES);
	assert_int_equal(rte_eth_dev_set_ptypes(port, LAYERS, NULL, 0), 0);
	receive_all(port, 0, &batch);
	for (i = 0; i < batch.nb; i++) {
		ptype = rte_net_get_ptype(batch.m[i], NULL, LAYERS);
		if ((ptype & RTE_PTYPE_L4_MASK) != 0)
			assert_int_equal(batch.m[i]->packet_type, ptype);
		else
			assert_int_equal(batch.m[i]->packet_type & ~RTE_PTYPE_L4_ICMP, ptype);
	}
	batch_free(&batch);
	vdev_unplug(port);
}

static void
types_are_those_of_the_packet_that_comes_up(void **state)
{
	const char *const kinds[] = { "sample", "imix", "vlan", "ipv6", "runts", "jumbo",
		"snapped" };
	unsigned int i;

	(void)state;
	vdev_pool(8192);
	for (i = 0; i < RTE_DIM(kinds); i++) {
		assert_as_software(capture_of(kinds[i]), 0);
		assert_as_software(capture_of(kinds[i]),
				RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_CHECKSUM |
						RTE_ETH_RX_OFFLOAD_RSS_HASH);
	}
}

/* What was written before somebody asked has no type, and never that of another frame. */
static void
packets_that_wait_in_the_ring_have_no_wrong_type(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,infinite_rx=1", typed_file());
	unsigned int i, number = 0;
	struct batch batch = { 0 };
	uint32_t ptype;

	(void)state;
	vdev_start(port);
	for (i = 0; i < 200; i++) {
		assert_int_equal(rte_eth_dev_set_ptypes(port, i % 3 == 0 ? 0 : LAYERS, NULL, 0), 0);
		receive_up_to(port, 0, &batch, 1 + i % 29);
		for (; batch.nb > 0; number++) {
			ptype = batch.m[0]->packet_type;
			assert_true(ptype == RTE_PTYPE_UNKNOWN || ptype == RTE_PTYPE_L2_ETHER ||
					ptype == typed[number % RTE_DIM(typed)].ptype);
			rte_pktmbuf_free(batch.m[0]);
			memmove(&batch.m[0], &batch.m[1], --batch.nb * sizeof(batch.m[0]));
		}
	}
}

static const struct CMUnitTest tests[] = {
	vdev_test(each_layer_is_found_where_it_is_asked_for),
	vdev_test(who_asks_for_nothing_pays_for_nothing),
	vdev_test(who_asks_for_checksums_gets_types_too),
	vdev_test(who_looks_at_the_list_gets_what_it_says),
	vdev_test(types_are_those_of_the_packet_that_comes_up),
	vdev_test(packets_that_wait_in_the_ring_have_no_wrong_type),
};

VDEV_MAIN(tests)
