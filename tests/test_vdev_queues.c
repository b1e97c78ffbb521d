/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Which queue a packet comes from, and whether it is for the port at all. */

#include "packet_util.h"

/* Queues --------------------------------------------------------------------------------------- */

static void
assert_queue_gives(uint16_t port, uint16_t queue, const char *kind)
{
	struct packets packets = capture_read(capture_of(kind));
	struct batch batch = { 0 };

	receive_all(port, queue, &batch);
	assert_packets(&batch, &packets);
	assert_int_equal(vdev_xstat(port, queue, "packets"), packets.nb);
	batch_free(&batch);
}

static void
two_queues_read_a_file_each(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s", capture_of("imix"), capture_of("ipv6"));

	(void)state;
	vdev_pool(2048);
	vdev_start(port);
	assert_queue_gives(port, 1, "ipv6");
	assert_queue_gives(port, 0, "imix");
	assert_int_equal(vdev_stats(port).ipackets, 400);
}

static void
sixteen_queues_read_a_file_each_in_turns(void **state)
{
	struct batch batches[16] = { { 0 } };
	char *args = vdev_text("%s", "");
	struct packets packets;
	uint16_t port, i, rounds;

	(void)state;
	for (i = 0; i < 16; i++)
		args = vdev_text("%s%srx_pcap=%s", args, i == 0 ? "" : ",",
				capture_of(good_kinds[i]));
	port = vdev_plug("%s", args);
	vdev_pool(16384);
	vdev_start(port);
	for (rounds = 0; rounds < 100; rounds++)
		for (i = 0; i < 16; i++)
			receive_up_to(port, i, &batches[i], 3);
	for (i = 0; i < 16; i++) {
		packets = capture_read(capture_of(good_kinds[i]));
		assert_packets(&batches[i], &packets);
		batch_free(&batches[i]);
	}
}

static void
fewer_queues_than_files_read_the_first_files(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,rx_pcap=%s", capture_of("imix"),
			capture_of("ipv6"), capture_of("vlan"));

	(void)state;
	vdev_pool(2048);
	vdev_start(port, .nb_rx = 2);
	assert_queue_gives(port, 0, "imix");
	assert_queue_gives(port, 1, "ipv6");
}

/* Addresses ------------------------------------------------------------------------------------ */

static const struct rte_ether_addr macs[] = {
	{ { 0x02, 0, 0, 0, 0, 0x99 } },
	{ { 0x02, 0, 0, 0, 0, 0x98 } },
	{ { 0x01, 0, 0x5e, 0, 0, 1 } },
	{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	{ { 0x33, 0x33, 0, 0, 0, 1 } },
	{ { 0x00, 0x1b, 0x21, 1, 2, 3 } },
};

enum { MINE, NEIGHBOUR, MULTICAST, BROADCAST, MULTICAST_6, STRANGER };

/* A file with a frame to each of these addresses, ten times over. */
static const char *
frames_to_all_macs(void)
{
	struct packets packets = { 0 };
	uint8_t frame[60] = { 0 };
	unsigned int i;

	for (i = 0; i < 10 * RTE_DIM(macs); i++) {
		memcpy(frame, &macs[i % RTE_DIM(macs)], sizeof(macs[0]));
		frame[14] = i;
		packets_add(&packets, frame, sizeof(frame));
	}
	return capture_write("macs", &packets);
}

/* Only frames to these addresses come, and all of those. wanted: bit i stands for macs[i]. */
static void
assert_passes(uint16_t port, unsigned int wanted)
{
	struct batch batch = { 0 };
	unsigned int i, k = 0;

	assert_int_equal(rte_eth_dev_start(port), 0);
	receive_all(port, 0, &batch);
	for (i = 0; i < 10 * RTE_DIM(macs); i++) {
		if (!(wanted & RTE_BIT32(i % RTE_DIM(macs))))
			continue;
		assert_true(k < batch.nb);
		assert_int_equal(rte_pktmbuf_mtod(batch.m[k], uint8_t *)[14], i);
		k++;
	}
	assert_int_equal(batch.nb, k);
	batch_free(&batch);
	assert_int_equal(rte_eth_dev_stop(port), 0);
}

static void
without_promiscuous_mode_only_what_is_addressed_to_the_port_comes(void **state)
{
	const unsigned int mine = RTE_BIT32(MINE) | RTE_BIT32(BROADCAST);
	const unsigned int groups = RTE_BIT32(MULTICAST) | RTE_BIT32(MULTICAST_6);
	uint16_t port = vdev_plug("rx_pcap=%s", frames_to_all_macs());
	struct rte_ether_addr mac = macs[MINE];

	(void)state;
	vdev_set_up_queues(port, &(struct vdev_config){ 0 });
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_int_equal(rte_eth_promiscuous_get(port), 1);
	assert_passes(port, RTE_BIT32(RTE_DIM(macs)) - 1);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(rte_eth_allmulticast_enable(port), 0);
	assert_passes(port, mine | groups);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_passes(port, mine);
	mac = macs[STRANGER];
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_passes(port, RTE_BIT32(STRANGER) | RTE_BIT32(BROADCAST));
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	assert_passes(port, RTE_BIT32(RTE_DIM(macs)) - 1);
}

static void
the_address_can_be_set_while_the_port_runs(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", frames_to_all_macs());
	struct rte_ether_addr mac = macs[NEIGHBOUR], got;
	struct rte_mbuf *m;
	unsigned int i, nb = 0;

	(void)state;
	vdev_start(port);
	assert_int_equal(rte_eth_allmulticast_disable(port), 0);
	assert_int_equal(rte_eth_promiscuous_disable(port), 0);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(port, &mac), 0);
	assert_int_equal(rte_eth_macaddr_get(port, &got), 0);
	assert_memory_equal(&got, &mac, sizeof(mac));
	for (i = 0; i < 10 * RTE_DIM(macs); i++) {
		if (rte_eth_rx_burst(port, 0, &m, 1) == 0)
			continue;
		nb += rte_is_same_ether_addr(rte_pktmbuf_mtod(m, void *), &mac);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(nb, 10);
	assert_int_equal(vdev_stats(port).ipackets, 20);
}

static const struct CMUnitTest tests[] = {
	vdev_test(two_queues_read_a_file_each),
	vdev_test(sixteen_queues_read_a_file_each_in_turns),
	vdev_test(fewer_queues_than_files_read_the_first_files),
	vdev_test(without_promiscuous_mode_only_what_is_addressed_to_the_port_comes),
	vdev_test(the_address_can_be_set_while_the_port_runs),
};

VDEV_MAIN(tests)
