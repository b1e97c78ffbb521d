/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Secondary processes that receive and send through live interfaces: at one end of veth pairs, in a namespace. */

#include "packet_util.h"
#include "secondary_util.h"
#include "vdev_veth_util.h"

#define NEAR_TOO "dbtest2"
#define FAR_TOO "dbtest3"
#define FRAME_LEN 100

/* Frames differ in their number. */
static void
make_frame(uint8_t frame[FRAME_LEN], uint16_t number)
{
	memset(frame, 0xa5, FRAME_LEN);
	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\x02\0\0\0\0\x01\x88\xb5", 8);
	memcpy(frame + 14, &number, sizeof(number));
}

static int
socket_to(const char *interface)
{
	int fd = veth_socket(interface);

	assert_true(fd >= 0);
	return fd;
}

static void
put_on_wire(int fd, uint16_t first, unsigned int nb)
{
	uint8_t frame[FRAME_LEN];
	unsigned int i;

	for (i = 0; i < nb; i++) {
		make_frame(frame, first + i);
		assert_int_equal(send(fd, frame, sizeof(frame), 0), sizeof(frame));
	}
}

/* These frames come, in their order. */
static void
assert_come(int fd, uint16_t first, unsigned int nb)
{
	uint8_t frame[FRAME_LEN], got[2048];
	unsigned int i;

	for (i = 0; i < nb; i++) {
		make_frame(frame, first + i);
		assert_int_equal(veth_receive(fd, got, sizeof(got)), sizeof(frame));
		assert_memory_equal(got, frame, sizeof(frame));
	}
}

static void
assert_silent(int fd)
{
	uint8_t got[2048];

	assert_int_equal(recv(fd, got, sizeof(got), MSG_DONTWAIT), -1);
}

/* Echo in the secondary until so many frames have come. */
static void
echo_there(struct secondary *secondary, unsigned int queue, unsigned int nb)
{
	unsigned int counts[2], done = 0;
	double since = 0;

	while (done < nb && vdev_wait(&since)) {
		ask_text(secondary, vdev_text("E%u %u\n", queue, nb - done), counts, 2);
		assert_int_equal(counts[0], counts[1]);
		done += counts[0];
	}
	assert_int_equal(done, nb);
}

static unsigned int
echo_all_there(struct secondary *secondary)
{
	unsigned int counts[2];

	ask_text(secondary, "E0 4294967295\n", counts, 2);
	return counts[0];
}

static void
echo_here(uint16_t port, uint16_t queue, unsigned int nb)
{
	struct batch batch = { 0 };
	double since = 0;

	while (batch.nb < nb && vdev_wait(&since))
		receive_up_to(port, queue, &batch, nb - batch.nb);
	assert_int_equal(batch.nb, nb);
	send_all(port, queue, &batch);
}

static struct secondary
start_beside(uint16_t port)
{
	vdev_pool(2048);
	vdev_start(port);
	return start_secondary("plain");
}

static void
each_process_has_an_interface_of_its_own(void **state)
{
	int far, far_too;
	struct secondary secondary;
	unsigned int i;
	uint16_t port;

	(void)state;
	need_veth();
	far = socket_to(FAR);
	far_too = socket_to(FAR_TOO);
	port = vdev_plug("rx_iface_in=" NEAR ",rx_iface_in=" NEAR_TOO ",tx_iface=" NEAR
			 ",tx_iface=" NEAR_TOO);
	secondary = start_beside(port);
	/* what comes before the secondary polls is kept for it */
	for (i = 0; i < 10; i++) {
		put_on_wire(far, 100 * i, 50);
		put_on_wire(far_too, 5000 + 100 * i, 50);
		echo_here(port, 0, 50);
		echo_there(&secondary, 1, 50);
		assert_come(far, 100 * i, 50);
		assert_come(far_too, 5000 + 100 * i, 50);
	}
	assert_int_equal(vdev_stats(port).ipackets, 1000);
	assert_int_equal(vdev_stats(port).opackets, 1000);
	assert_int_equal(vdev_xstat(port, 1, "packets"), 500);
	assert_int_equal(vdev_stats(port).imissed + vdev_stats(port).oerrors, 0);
	end_secondary(&secondary);
	close(far);
	close(far_too);
}

static void
a_secondary_does_not_receive_what_it_sends_through_a_shared_interface(void **state)
{
	struct secondary secondary;
	uint16_t port;
	int far;

	(void)state;
	need_veth();
	far = socket_to(FAR);
	port = vdev_plug("iface=" NEAR);
	secondary = start_beside(port);
	put_on_wire(far, 0, 100);
	echo_there(&secondary, 0, 100);
	assert_come(far, 0, 100);
	assert_int_equal(echo_all_there(&secondary), 0);
	assert_silent(far);
	assert_int_equal(vdev_stats(port).ipackets, 100);
	assert_int_equal(vdev_stats(port).opackets, 100);
	assert_int_equal(vdev_stats(port).imissed, 0);
	end_secondary(&secondary);
	close(far);
}

/* Frames of this process's own, for the secondary to send. Returns how many it sent. */
static unsigned int
send_there(struct secondary *secondary, uint16_t first, unsigned int nb)
{
	struct batch batch = { 0 };
	uint8_t frame[FRAME_LEN];
	const struct packet packet = { .data = frame, .len = sizeof(frame) };
	struct rte_ring *ring;
	unsigned int i, sent;

	for (i = 0; i < nb; i++) {
		make_frame(frame, first + i);
		batch_add(&batch, mbuf_of(vdev.pools[0], &packet, UINT32_MAX));
	}
	ring = hand_over(&batch);
	ask_text(secondary, "S0\n", &sent, 1);
	rte_ring_free(ring);
	return sent;
}

static void
a_secondary_is_without_a_link_while_the_primary_has_set_it_down(void **state)
{
	struct secondary secondary;
	uint16_t port;
	int far;

	(void)state;
	need_veth();
	far = socket_to(FAR);
	port = vdev_plug("iface=" NEAR);
	secondary = start_beside(port);
	put_on_wire(far, 0, 20);
	echo_there(&secondary, 0, 20);
	assert_come(far, 0, 20);
	assert_int_equal(rte_eth_dev_set_link_down(port), 0);
	put_on_wire(far, 100, 30);
	assert_int_equal(echo_all_there(&secondary), 0);
	assert_int_equal(send_there(&secondary, 200, 10), 10);
	assert_silent(far);
	assert_int_equal(vdev_stats(port).oerrors, 10);
	assert_int_equal(rte_eth_dev_set_link_up(port), 0);
	assert_int_equal(echo_all_there(&secondary), 0);
	assert_int_equal(vdev_stats(port).imissed, 30);
	put_on_wire(far, 300, 40);
	echo_there(&secondary, 0, 40);
	assert_come(far, 300, 40);
	assert_int_equal(vdev_stats(port).ipackets, 60);
	assert_int_equal(vdev_stats(port).opackets, 60);
	assert_int_equal(vdev_stats(port).imissed, 30);
	assert_int_equal(vdev_stats(port).oerrors, 10);
	/* counted once, also by a queue that goes on, and by a port that has stopped */
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	assert_int_equal(echo_all_there(&secondary), 0);
	assert_int_equal(vdev_stats(port).imissed, 30);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_stats(port).imissed, 30);
	end_secondary(&secondary);
	close(far);
}

static void
the_link_is_set_in_the_primary_alone(void **state)
{
	struct secondary secondary;
	uint16_t port;
	int far;

	(void)state;
	need_veth();
	far = socket_to(FAR);
	port = vdev_plug("iface=" NEAR);
	secondary = start_beside(port);
	assert_int_equal(ask_one(&secondary, 'k'), ENOTSUP);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	put_on_wire(far, 0, 20);
	echo_there(&secondary, 0, 20);
	assert_come(far, 0, 20);
	end_secondary(&secondary);
	close(far);
}

/* As long as nobody polls, the kernel keeps so many. */
static void
what_the_kernel_has_no_room_for_is_counted(void **state)
{
	struct secondary secondary;
	unsigned int nb, i;
	uint16_t port;
	int far;

	(void)state;
	need_veth();
	far = socket_to(FAR);
	port = vdev_plug("iface=" NEAR ",rx_depth=64");
	secondary = start_beside(port);
	for (nb = 0, i = 1; i <= 3; i++) {
		put_on_wire(far, 0, 500);
		nb += echo_all_there(&secondary);
		assert_int_equal(nb + vdev_stats(port).imissed, 500 * i);
		assert_int_equal(vdev_stats(port).ipackets, nb);
	}
	assert_true(nb >= 3 * 63 && nb < 500);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(nb + vdev_stats(port).imissed, 1500);
	end_secondary(&secondary);
	close(far);
}

static int
set_up_group(void **state)
{
	(void)state;
	have_veth = veth_make(NEAR, FAR) &&
			veth_ip("link add " NEAR_TOO " type veth peer name " FAR_TOO) &&
			veth_ip("link set " NEAR_TOO " up") && veth_ip("link set " FAR_TOO " up");
	return secondary_set_up_group(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vdev_test(each_process_has_an_interface_of_its_own),
		vdev_test(a_secondary_does_not_receive_what_it_sends_through_a_shared_interface),
		vdev_test(a_secondary_is_without_a_link_while_the_primary_has_set_it_down),
		vdev_test(the_link_is_set_in_the_primary_alone),
		vdev_test(what_the_kernel_has_no_room_for_is_counted),
	};

	if (argc == 4)
		return be_secondary(argv[1], argv[2], argv[3]);
	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
