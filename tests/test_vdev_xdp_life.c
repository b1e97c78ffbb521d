/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP: starts and stops, and an interface that comes and goes. */

#include <pthread.h>
#include <sys/ioctl.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "vdev_xdp_util.h"

#define NB_STARTS (DUALBUF_RACED ? 20 : 200)

/* One who sends all the time, as the far end. */
struct sender {
	pthread_t thread;
	int fd;
	bool enough;
	uint32_t nb; /* frames that were sent */
};

static void *
send_on(void *arg)
{
	struct sender *sender = arg;
	uint8_t frame[100];

	while (!__atomic_load_n(&sender->enough, __ATOMIC_RELAXED)) {
		xdp_frame_make(frame, sizeof(frame), sender->nb);
		if (send(sender->fd, frame, sizeof(frame), 0) == sizeof(frame))
			sender->nb++;
	}
	return NULL;
}

static void
sender_begin(struct sender *sender)
{
	*sender = (struct sender){ .fd = veth_socket(FAR) };
	assert_int_equal(pthread_create(&sender->thread, NULL, send_on, sender), 0);
}

static void
sender_end(struct sender *sender)
{
	__atomic_store_n(&sender->enough, true, __ATOMIC_RELAXED);
	assert_int_equal(pthread_join(sender->thread, NULL), 0);
	close(sender->fd);
}

/* Receive, check the order and send back, for some bursts. Returns how many came. */
static unsigned int
forward(uint16_t port, unsigned int bursts)
{
	unsigned int total = 0, i;
	struct rte_mbuf *m[32];
	uint16_t n, sent;

	for (i = 0; i < bursts; i++) {
		n = rte_eth_rx_burst(port, 0, m, 32);
		sent = rte_eth_tx_burst(port, 0, m, n);
		rte_pktmbuf_free_bulk(m + sent, n - sent);
		total += n;
	}
	return total;
}

/* Starts and stops ------------------------------------------------------------------------------- */

static void
starts_and_stops_with_packets_on_their_way_lose_no_buffer(void **state)
{
	uint16_t port = xdp_plug("");
	struct sender sender;
	struct vdev_census before = { 0 }, after;
	unsigned int i;

	(void)state;
	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_tx = 1 });
	sender_begin(&sender);
	for (i = 0; i < NB_STARTS; i++) {
		assert_int_equal(rte_eth_dev_start(port), 0);
		forward(port, 50);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
		after = vdev_count();
		before = i == 0 ? after : before;
		assert_true(vdev_nothing_left(&before));
	}
	sender_end(&sender);
	assert_true(vdev_stats(port).ipackets > 0 && vdev_stats(port).opackets > 0);
	assert_int_equal(vdev_xstat(port, 0, "unknown_buffer_errors"), 0);
	assert_false(xdp_is_attached(NEAR));
}

/* How many frames a packet socket has, which has room for all. */
static uint32_t
count_passed(int fd)
{
	uint8_t frame[256];
	uint32_t nb = 0;
	ssize_t len;

	while ((len = recv(fd, frame, sizeof(frame), MSG_DONTWAIT)) > 0)
		nb += len == 100 && frame[6] == 2;
	return nb;
}

/*
 * With this the near end handles frames the same way with a program and without: when that changes veth drops those
 * on their way, and counts them nowhere.
 */
static void
set_gro(bool on)
{
	struct ethtool_value value = { .cmd = ETHTOOL_SGRO, .data = on };
	struct ifreq req = { .ifr_name = NEAR, .ifr_data = (char *)&value };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(ioctl(fd, SIOCETHTOOL, &req), 0);
	close(fd);
}

/*
 * Before the start and after the stop frames go to the kernel, where a packet socket sees them; between they are
 * received or counted.
 */
static void
every_frame_is_received_or_counted_or_passed_on(void **state)
{
	const int room = 200 << 20;
	uint16_t port = xdp_plug("");
	uint64_t received = 0, passed = 0, missed, before;
	struct rte_mbuf *m[32];
	struct sender sender;
	double until;
	uint16_t n;
	int round, near;

	(void)state;
	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_rx_desc = 512 });
	set_gro(true);
	for (round = 0; round < 40; round++) {
		before = vdev_stats(port).imissed;
		near = veth_socket(NEAR);
		setsockopt(near, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room));
		sender_begin(&sender);
		assert_int_equal(rte_eth_dev_start(port), 0);
		received = passed = 0;
		for (until = vdev_now() + 0.003; vdev_now() < until; received += n) {
			n = rte_eth_rx_burst(port, 0, m, 32);
			rte_pktmbuf_free_bulk(m, n);
		}
		assert_int_equal(rte_eth_dev_stop(port), 0);
		sender_end(&sender);
		usleep(20000);
		passed = count_passed(near);
		close(near);
		missed = vdev_stats(port).imissed - before;
		if (received + passed + missed != sender.nb)
			fail_msg("round %d: %u sent; %" PRIu64 " received, %" PRIu64
				 " missed, %" PRIu64 " passed on",
					round, sender.nb, received, missed, passed);
	}
	set_gro(false);
}

/* The kernel takes its time to notice. */
static void
await_link(uint16_t port, uint16_t status)
{
	double since = 0;

	while (vdev_link_status(port) != status)
		assert_true(vdev_wait(&since));
}

/* The interface -------------------------------------------------------------------------------- */

static void
an_interface_that_is_down_is_started_on_and_serves_when_it_is_up(void **state)
{
	uint16_t port = xdp_plug("");
	int far;

	(void)state;
	assert_true(veth_ip("link set " NEAR " down"));
	vdev_start(port);
	await_link(port, RTE_ETH_LINK_DOWN);
	assert_int_equal(forward(port, 100), 0);
	assert_true(veth_ip("link set " NEAR " up"));
	await_link(port, RTE_ETH_LINK_UP);
	far = veth_socket(FAR);
	xdp_bounce(port, far, 0, 100);
	xdp_stop(port);
	close(far);
}

static void
an_interface_goes_down_and_up_while_the_port_runs(void **state)
{
	uint16_t port = xdp_plug("");
	int far, i;

	(void)state;
	vdev_start(port);
	for (i = 0; i < 10; i++) {
		far = veth_socket(FAR);
		xdp_bounce(port, far, 0, 50);
		close(far);
		assert_true(veth_ip("link set " NEAR " down"));
		await_link(port, RTE_ETH_LINK_DOWN);
		assert_int_equal(forward(port, 100), 0);
		assert_true(veth_ip("link set " NEAR " up"));
		await_link(port, RTE_ETH_LINK_UP);
	}
	xdp_stop(port);
}

static void
make_pair(void)
{
	assert_true(veth_ip("link add dbgone0 type veth peer name dbgone1"));
	assert_true(veth_ip("link set dbgone0 up") && veth_ip("link set dbgone1 up"));
}

/* The port stays, with its link down; the next start finds the interface of that name. */
static void
an_interface_is_removed_and_made_anew(void **state)
{
	struct rte_mbuf *m;
	struct log_capture log;
	uint16_t port;
	int far, i;

	(void)state;
	make_pair();
	port = vdev_plug("iface=dbgone0,live=xdp");
	vdev_start(port);
	for (i = 0; i < 5; i++) {
		far = veth_socket("dbgone1");
		xdp_bounce(port, far, 0, 100);
		xdp_put(far, 100, 1);
		close(far);
		assert_true(veth_ip("link del dbgone0"));
		await_link(port, RTE_ETH_LINK_DOWN);
		forward(port, 100);
		m = rte_pktmbuf_alloc(vdev.pools[0]);
		rte_pktmbuf_append(m, 100);
		if (rte_eth_tx_burst(port, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		log_capture_begin(&log);
		assert_true(rte_eth_dev_start(port) < 0);
		vdev_assert_logged(&log, "dbgone0");
		make_pair();
		assert_int_equal(rte_eth_dev_start(port), 0);
	}
	vdev_unplug(port);
	assert_false(xdp_is_attached("dbgone0"));
	assert_true(veth_ip("link del dbgone0"));
}

/* Also while it runs it may be gone and there again, as another one. */
static void
a_removal_is_no_matter_for_a_stop_and_a_start(void **state)
{
	uint16_t port;
	int far;

	(void)state;
	make_pair();
	port = vdev_plug("iface=dbgone0,live=xdp");
	vdev_start(port);
	assert_true(veth_ip("link del dbgone0"));
	make_pair();
	forward(port, 100);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	far = veth_socket("dbgone1");
	xdp_bounce(port, far, 0, 100);
	close(far);
	vdev_unplug(port);
	assert_true(veth_ip("link del dbgone0"));
}

/* MTU -------------------------------------------------------------------------------------------- */

static bool
kernel_has_mtu(unsigned int mtu)
{
	return veth_ip("-o link show dev " NEAR " | grep -q 'mtu %u '", mtu);
}

static void
the_mtu_is_the_kernels(void **state)
{
	uint16_t port, mtu, i;
	struct rte_eth_dev_info info;

	(void)state;
	assert_true(veth_ip("link set " NEAR " mtu 1400"));
	port = xdp_plug("");
	assert_int_equal(rte_eth_dev_get_mtu(port, &mtu), 0);
	assert_int_equal(mtu, 1400);
	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_tx = 1 });
	for (i = 0; i < 2; i++) {
		assert_int_equal(rte_eth_dev_set_mtu(port, 1300 + i), 0);
		assert_true(kernel_has_mtu(1300 + i));
		assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
		assert_int_equal(rte_eth_dev_set_mtu(port, info.max_mtu + 1), -EINVAL);
		assert_int_equal(rte_eth_dev_set_mtu(port, info.min_mtu - 1), -EINVAL);
		assert_true(kernel_has_mtu(1300 + i));
		if (i == 0)
			assert_int_equal(rte_eth_dev_start(port), 0);
	}
	/* of what two buffers would have to hold */
	assert_int_equal(rte_eth_dev_set_mtu(port, 2500), -EINVAL);
	assert_true(kernel_has_mtu(1301));
	xdp_stop(port);
	assert_true(veth_ip("link set " NEAR " mtu 1500"));
}

/* Hotplug ---------------------------------------------------------------------------------------- */

static void
a_device_leaves_and_comes_back_under_traffic(void **state)
{
	struct vdev_census before = { 0 }, after;
	struct batch kept = { 0 };
	struct sender sender;
	uint16_t port;
	int i;

	(void)state;
	sender_begin(&sender);
	for (i = 0; i < 30; i++) {
		assert_int_equal(rte_eal_hotplug_add("vdev", "net_dualbuf_again",
						 "iface=" NEAR ",live=xdp" VDEV_EXTRA_ARGS),
				0);
		/* those of the last cycle are out until here */
		batch_free(&kept);
		assert_int_equal(rte_eth_dev_get_port_by_name("net_dualbuf_again", &port), 0);
		vdev_start(port, .nb_rx_desc = 32, .nb_tx_desc = 32);
		forward(port, 20);
		receive_up_to(port, 0, &kept, 40);
		/* without a stop */
		assert_int_equal(rte_eal_hotplug_remove("vdev", "net_dualbuf_again"), 0);
		assert_false(xdp_is_attached(NEAR));
		after = vdev_count();
		before = i == 0 ? after : before;
		assert_int_equal(after.files, before.files);
		assert_int_equal(after.memzones, before.memzones);
	}
	sender_end(&sender);
	batch_free(&kept);
	assert_pool_full(vdev.pools[0]);
}

static const struct CMUnitTest tests[] = {
	vdev_test(starts_and_stops_with_packets_on_their_way_lose_no_buffer),
	vdev_test(every_frame_is_received_or_counted_or_passed_on),
	vdev_test(an_interface_that_is_down_is_started_on_and_serves_when_it_is_up),
	vdev_test(an_interface_goes_down_and_up_while_the_port_runs),
	vdev_test(an_interface_is_removed_and_made_anew),
	vdev_test(a_removal_is_no_matter_for_a_stop_and_a_start),
	vdev_test(the_mtu_is_the_kernels),
	vdev_test(a_device_leaves_and_comes_back_under_traffic),
};

VDEV_XDP_MAIN(tests)
