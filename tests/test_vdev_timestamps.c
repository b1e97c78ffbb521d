/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* When a packet was captured is in its mbuf, if the application wants it. */

#include "packet_util.h"
#include "vdev_veth_util.h"

#include <rte_mbuf_dyn.h>

static uint64_t
stamp_flag(void)
{
	int bit = rte_mbuf_dynflag_lookup(RTE_MBUF_DYNFLAG_RX_TIMESTAMP_NAME, NULL);

	assert_true(bit >= 0);
	return RTE_BIT64(bit);
}

static uint64_t
stamp_of(const struct rte_mbuf *m)
{
	int offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, NULL);

	assert_true(offset >= 0);
	return *RTE_MBUF_DYNFIELD(m, offset, const rte_mbuf_timestamp_t *);
}

static void
assert_stamps(const char *kind, uint64_t offloads)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of(kind));
	struct packets packets = capture_read(capture_of(kind));
	bool wanted = offloads & RTE_ETH_RX_OFFLOAD_TIMESTAMP;
	struct batch batch = { 0 };
	unsigned int i;

	vdev_start(port, .rx_offloads = offloads);
	receive_all(port, 0, &batch);
	assert_packets(&batch, &packets);
	for (i = 0; i < batch.nb; i++) {
		assert_int_equal((batch.m[i]->ol_flags & stamp_flag()) != 0, wanted);
		if (wanted)
			assert_int_equal(stamp_of(batch.m[i]), packets.all[i].stamp);
	}
	batch_free(&batch);
	vdev_unplug(port);
}

static const char *const stamped_kinds[] = {
	"pcap-us-le",
	"pcap-us-be",
	"pcap-ns-le",
	"pcap-ns-be",
	"pcapng",
	"pcapng-ns",
	"pcapng-mixed",
	"jumbo",
	"vlan",
};

static void
with_the_offload_every_packet_has_the_time_of_the_file(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(stamped_kinds); i++)
		assert_stamps(stamped_kinds[i], RTE_ETH_RX_OFFLOAD_TIMESTAMP);
}

static void
without_the_offload_no_packet_has_a_time(void **state)
{
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	for (i = 0; i < RTE_DIM(stamped_kinds); i++)
		assert_stamps(stamped_kinds[i], 0);
}

static void
nanoseconds_of_the_file_are_not_rounded(void **state)
{
	struct packets packets = capture_read(capture_of("pcap-ns-le"));
	unsigned int i, odd = 0;

	(void)state;
	for (i = 0; i < packets.nb; i++)
		odd += packets.all[i].stamp % 1000 != 0;
	assert_true(odd > 0); /* or the tests above would show nothing */
}

/* A packet of an interface, by the clock that the port can be asked for. */
static void
the_clock_that_can_be_read_is_that_of_the_timestamps(void **state)
{
	uint8_t bytes[60] = { 2 };
	struct batch batch = { 0 };
	uint64_t before, after;
	double since = 0;
	uint16_t port;
	int far;

	(void)state;
	need_veth();
	port = vdev_plug("rx_iface=%s", NEAR);
	vdev_start(port, .rx_offloads = RTE_ETH_RX_OFFLOAD_TIMESTAMP);
	far = veth_socket(FAR);
	assert_int_equal(rte_eth_read_clock(port, &before), 0);
	assert_int_equal(send(far, bytes, sizeof(bytes), 0), sizeof(bytes));
	while (batch.nb == 0) {
		receive_up_to(port, 0, &batch, 1);
		assert_true(batch.nb > 0 || vdev_wait(&since));
	}
	assert_int_equal(rte_eth_read_clock(port, &after), 0);
	assert_true(before <= stamp_of(batch.m[0]));
	assert_true(stamp_of(batch.m[0]) <= after);
	batch_free(&batch);
	close(far);
}

static const struct CMUnitTest tests[] = {
	vdev_test(with_the_offload_every_packet_has_the_time_of_the_file),
	vdev_test(without_the_offload_no_packet_has_a_time),
	vdev_test(nanoseconds_of_the_file_are_not_rounded),
	vdev_test(the_clock_that_can_be_read_is_that_of_the_timestamps),
};

VDEV_VETH_MAIN(tests)
