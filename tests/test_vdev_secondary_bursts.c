/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Secondary processes that receive and send on queues of their own. */

#include "packet_util.h"
#include "pcapng_util.h"
#include "secondary_util.h"

/* Echo in the secondary; returns how many packets were received, which are all sent. */
static unsigned int
echo_there(struct secondary *secondary, unsigned int queue, unsigned int max)
{
	unsigned int nb[2];

	ask_text(secondary, vdev_text("E%u %u\n", queue, max), nb, 2);
	assert_int_equal(nb[0], nb[1]);
	return nb[0];
}

static unsigned int
echo_here(uint16_t port, uint16_t queue, unsigned int max)
{
	struct batch batch = { 0 };
	unsigned int nb = receive_up_to(port, queue, &batch, max);

	send_all(port, queue, &batch);
	return nb;
}

static void
assert_said(const struct secondary *secondary, const char *text)
{
	if (strstr(log_of(secondary), text) == NULL)
		fail_msg("\"%s\" is not in: %s", text, log_of(secondary));
}

/* How often a secondary said so. */
static unsigned int
times_said(const struct secondary *secondary, const char *text)
{
	const char *at = log_of(secondary);
	unsigned int nb = 0;

	while ((at = strstr(at, text)) != NULL) {
		at += strlen(text);
		nb++;
	}
	return nb;
}

/* A port with two queues in each direction, the second of which has packets of another kind. */
static uint16_t
plug_two_queues(void)
{
	return vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=%s,tx_pcap=%s", capture_of("imix"),
			capture_of("jumbo"), capture_name("q0.pcap"), capture_name("q1.pcap"));
}

/* Start the port, and a secondary process after it. */
static struct secondary
start_beside(uint16_t port)
{
	vdev_pool(2048);
	vdev_start(port);
	return start_secondary("plain");
}

static void
assert_same_packets(const char *file, const char *kind)
{
	struct packets packets = capture_read(capture_of(kind));

	assert_file(capture_name(file), &packets);
}

static void
each_process_echoes_on_a_queue_of_its_own(void **state)
{
	uint16_t port = plug_two_queues();
	struct secondary secondary;

	(void)state;
	secondary = start_beside(port);
	assert_int_equal(echo_here(port, 0, 100), 100);
	assert_int_equal(echo_there(&secondary, 1, UINT_MAX), 200);
	assert_int_equal(echo_here(port, 0, UINT_MAX), 100);
	/* nothing is left in the secondary to be written */
	assert_same_packets("q1.pcap", "jumbo");
	assert_int_equal(vdev_xstat(port, 1, "packets"), 200);
	assert_int_equal(vdev_tx_xstat(port, 1, "packets"), 200);
	assert_int_equal(vdev_stats(port).opackets, 400);
	assert_int_equal(vdev_stats(port).oerrors, 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_same_packets("q0.pcap", "imix");
	assert_same_packets("q1.pcap", "jumbo");
	end_secondary(&secondary);
}

/* A server that receives, and hands packets to clients, which send. */
static void
a_client_sends_what_its_server_has_received(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=%s,tx_pcap=%s", capture_of("jumbo"),
			capture_name("q0.pcap"), capture_name("q1.pcap"));
	struct secondary secondary;
	struct batch batch = { 0 };
	struct rte_ring *ring;
	unsigned int sent;

	(void)state;
	secondary = start_beside(port);
	assert_int_equal(receive_all(port, 0, &batch), 200);
	ring = hand_over(&batch);
	ask_text(&secondary, "S1\n", &sent, 1);
	assert_int_equal(sent, 200);
	assert_same_packets("q1.pcap", "jumbo");
	assert_int_equal(capture_count(capture_name("q0.pcap")), 0);
	assert_int_equal(vdev_stats(port).opackets, 200);
	end_secondary(&secondary);
	rte_ring_free(ring);
}

static void
a_secondary_goes_on_when_the_port_was_stopped_and_started(void **state)
{
	uint16_t port = plug_two_queues();
	struct secondary secondary;
	unsigned int i;

	(void)state;
	vdev_pool(2048);
	secondary = start_secondary("plain");
	/* it was there before the port was set up */
	assert_int_equal(echo_there(&secondary, 1, UINT_MAX), 0);
	vdev_start(port);
	for (i = 0; i < 3; i++) {
		assert_int_equal(echo_there(&secondary, 1, 150), 150);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(echo_there(&secondary, 1, UINT_MAX), 0);
		assert_int_equal(rte_eth_dev_start(port), 0);
	}
	assert_int_equal(echo_there(&secondary, 1, UINT_MAX), 200);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_same_packets("q1.pcap", "jumbo");
	end_secondary(&secondary);
}

static void
a_queue_is_one_processs_while_the_port_runs(void **state)
{
	uint16_t port = plug_two_queues();
	struct secondary secondary;
	struct batch batch = { 0 };
	struct log_capture log;
	unsigned int nb[4];

	(void)state;
	vdev_pool(2048);
	vdev_start(port);
	assert_int_equal(echo_here(port, 0, 10), 10);
	secondary = start_secondary("plain");
	ask_text(&secondary, "T0\n", nb, 4);
	assert_int_equal(nb[0], 0);
	assert_int_equal(nb[1], EBUSY);
	assert_int_equal(echo_there(&secondary, 0, 10), 0);
	assert_int_equal(echo_there(&secondary, 1, 10), 10);
	log_capture_begin(&log);
	assert_int_equal(receive_all(port, 1, &batch), 0);
	vdev_assert_logged(
			&log, "receive queue 1: is not for this process: another process uses it");
	assert_int_equal(echo_here(port, 0, UINT_MAX), 190);
	end_secondary(&secondary);
	assert_int_equal(times_said(&secondary, "receive queue 0: is not for this process"), 1);
}

static void
a_process_that_comes_later_goes_on_where_the_last_one_was(void **state)
{
	uint16_t port = plug_two_queues();
	struct secondary secondary;

	(void)state;
	secondary = start_beside(port);
	assert_int_equal(echo_there(&secondary, 1, 70), 70);
	kill_secondary(&secondary);
	secondary = start_secondary("plain");
	assert_int_equal(echo_there(&secondary, 1, 70), 70);
	end_secondary(&secondary);
	assert_int_equal(echo_here(port, 1, UINT_MAX), 60);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_same_packets("q1.pcap", "jumbo");
}

static void
a_file_that_begins_again_goes_on_too(const char *how)
{
	uint16_t port = vdev_plug("rx_pcap=%s,%s,tx_pcap=%s", capture_of("imix"), how,
			capture_name("out.pcap"));
	struct packets packets = capture_read(capture_of("imix"));
	struct secondary secondary;
	struct batch batch = { 0 };

	vdev_start(port);
	secondary = start_secondary("plain");
	assert_int_equal(echo_there(&secondary, 0, 1110), 1110);
	kill_secondary(&secondary);
	assert_int_equal(receive_up_to(port, 0, &batch, 1), 1);
	assert_packet(batch.m[0], &packets.all[110], 0);
	batch_free(&batch);
	vdev_unplug(port);
}

static void
a_file_without_end_goes_on_too(void **state)
{
	(void)state;
	a_file_that_begins_again_goes_on_too("infinite_rx=1");
	a_file_that_begins_again_goes_on_too("loop=6");
}

/* 50 packets of Ethernet, and before each of them two that are not. */
static const char *
mixed_link_types(void)
{
	struct capture *capture = vdev_alloc(sizeof(*capture));
	const char *path = capture_name("mixed");
	uint8_t data[60] = { 2 };
	unsigned int i;

	ng_start_file(capture, false);
	ng_interface(capture, 113, 0);
	for (i = 0; i < 150; i++)
		ng_enhanced(capture, i % 3 != 2, i, data, sizeof(data));
	assert_true(capture_save(capture, path));
	return path;
}

/* Whoever polls next has them, when this was stopped and started alone. */
static void
give_queues_up(uint16_t port)
{
	assert_int_equal(rte_eth_dev_rx_queue_stop(port, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_stop(port, 0), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(port, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(port, 0), 0);
}

static void
packets_of_other_link_types_are_counted_once_by_all_processes(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null", mixed_link_types());
	struct secondary secondary;

	(void)state;
	vdev_pool(2048);
	vdev_start(port, .nb_rx_desc = 32);
	assert_int_equal(echo_here(port, 0, 5), 5);
	give_queues_up(port);
	secondary = start_secondary("plain");
	assert_int_equal(echo_there(&secondary, 0, 6), 6);
	kill_secondary(&secondary);
	assert_int_equal(echo_here(port, 0, 7), 7);
	give_queues_up(port);
	secondary = start_secondary("plain");
	/* what was in the ring when the queue stopped is lost */
	assert_true(echo_there(&secondary, 0, UINT_MAX) > 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 100);
	end_secondary(&secondary);
	assert_int_equal(echo_here(port, 0, UINT_MAX), 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 100);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "foreign"), 100);
	assert_int_equal(vdev_stats(port).ierrors, 0);
}

static void
what_is_kept_in_the_primary_is_refused_with_the_reason(void **state)
{
	const char *fifo = capture_name("fifo");
	struct secondary secondary;
	unsigned int nb[4];
	uint16_t port;
	int writer;

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	writer = open(fifo, O_RDWR);
	assert_int_equal(system(vdev_text("cat '%s' >'%s'", capture_of("tiny"), fifo)), 0);
	port = vdev_plug("rx_pcap=%s,tx_pcap=%s", fifo, capture_name("out.pcap.gz"));
	vdev_start(port);
	secondary = start_secondary("plain");
	ask_text(&secondary, "T0\n", nb, 4);
	assert_int_equal(nb[0] + nb[2], 0);
	assert_int_equal(nb[1], ENOTSUP);
	assert_int_equal(nb[3], ENOTSUP);
	end_secondary(&secondary);
	assert_said(&secondary,
			"receive queue 0: is not for this process: its packets come through a pipe");
	assert_said(&secondary, "transmit queue 0: is not for this process: what it sends is kept");
	close(writer);
}

/* Whichever of the port's queues is asked for, and whoever steps the model. */
static void
assert_both_ways_refused(uint16_t port, bool intr, const char *reason)
{
	struct secondary secondary;
	unsigned int nb[4];

	vdev_start(port, .intr_rxq = intr);
	secondary = start_secondary("plain");
	ask_text(&secondary, "T1\n", nb, 4);
	assert_int_equal(nb[0] + nb[2], 0);
	assert_int_equal(nb[1], ENOTSUP);
	assert_int_equal(nb[3], ENOTSUP);
	end_secondary(&secondary);
	assert_said(&secondary, vdev_text("receive queue 1: is not for this process: %s", reason));
	assert_said(&secondary, vdev_text("transmit queue 1: is not for this process: %s", reason));
}

static void
ends_that_queues_share_are_refused_with_the_reason(void **state)
{
	unsigned int intr, nb;
	uint16_t port;

	(void)state;
	vdev_pool(2048);
	for (intr = 0; intr < 2; intr++) {
		port = vdev_plug("rx_pcap=%s,tx_pcap=%s,queues=2", capture_of("imix"),
				capture_name("out.pcap"));
		assert_both_ways_refused(port, intr, "with queues=N its port's ends");
		/* the primary has them as before */
		for (nb = 0; nb < 200;)
			nb += echo_here(port, 0, UINT_MAX) + echo_here(port, 1, UINT_MAX);
		vdev_unplug(port);
		assert_int_equal(capture_count(capture_name("out.pcap")), 200);
	}
}

static void
a_loop_is_refused_with_the_reason(void **state)
{
	unsigned int intr;
	uint16_t port;

	(void)state;
	for (intr = 0; intr < 2; intr++) {
		port = vdev_plug("loopback=2");
		assert_both_ways_refused(port, intr, "with loopback=N what is sent comes back");
		vdev_unplug(port);
	}
}

static void
a_secondary_receives_beside_the_thread_of_the_primary(void **state)
{
	uint16_t port = plug_two_queues();
	struct secondary secondary;

	(void)state;
	vdev_pool(2048);
	vdev_start(port, .intr_rxq = true);
	secondary = start_secondary("plain");
	while (echo_there(&secondary, 1, 1) == 0)
		;
	/* more than the ring has: the thread has to be woken */
	while (vdev_xstat(port, 1, "packets") < 200)
		echo_there(&secondary, 1, UINT_MAX);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_same_packets("q1.pcap", "jumbo");
	end_secondary(&secondary);
}

static void
what_a_secondary_could_not_write_is_counted(void **state)
{
	uint16_t port = vdev_plug(
			"rx_pcap=%s,tx_pcap=%s", capture_of("uniform"), capture_name("out.pcap"));
	/* the file's header, and 49 records of 60 bytes */
	const unsigned int limit = 24 + 50 * (16 + 60) - 1;
	struct secondary secondary;
	unsigned int ret;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	ask_text(&secondary, vdev_text("L%u\n", limit), &ret, 1);
	assert_int_equal(ret, 0);
	assert_int_equal(echo_there(&secondary, 0, UINT_MAX), 200);
	assert_int_equal(vdev_stats(port).oerrors, 200 - 49);
	assert_int_equal(vdev_stats(port).opackets, 49);
	end_secondary(&secondary);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(capture_count(capture_name("out.pcap")), 49);
}

/* As dpdk-proc-info does before it ends. */
static void
a_secondary_that_closes_its_port_gives_the_queues_back(void **state)
{
	uint16_t port = plug_two_queues();
	struct secondary secondary;

	(void)state;
	secondary = start_beside(port);
	assert_int_equal(echo_there(&secondary, 1, 50), 50);
	assert_int_equal(ask_one(&secondary, 'c'), 0);
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	assert_int_equal(echo_here(port, 1, UINT_MAX), 150);
	end_secondary(&secondary);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_same_packets("q1.pcap", "jumbo");
}

/* EAL has both processes probe and remove it. */
static void
a_device_leaves_and_comes_back_in_both_processes(void **state)
{
	struct secondary secondary = start_secondary("plain");
	unsigned int nb_files = 0, i;
	uint16_t port;

	(void)state;
	for (i = 0; i < 20; i++) {
		port = vdev_plug("rx_pcap=%s,tx_pcap=%s", capture_of("tiny"), capture_name("o"));
		vdev_start(port);
		assert_int_equal(ask_one(&secondary, 'p'), 1);
		assert_int_equal(echo_there(&secondary, 0, 150), 150);
		vdev_unplug(port);
		assert_int_equal(capture_count(capture_name("o")), 150);
		assert_int_equal(ask_one(&secondary, 'p'), 0);
		if (i == 0)
			nb_files = ask_one(&secondary, 'D');
		assert_int_equal(ask_one(&secondary, 'D'), nb_files);
	}
	end_secondary(&secondary);
}

static int
set_up_group(void **state)
{
	(void)state;
	return secondary_set_up_group(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vdev_test(each_process_echoes_on_a_queue_of_its_own),
		vdev_test(a_client_sends_what_its_server_has_received),
		vdev_test(a_secondary_goes_on_when_the_port_was_stopped_and_started),
		vdev_test(a_queue_is_one_processs_while_the_port_runs),
		vdev_test(a_process_that_comes_later_goes_on_where_the_last_one_was),
		vdev_test(a_file_without_end_goes_on_too),
		vdev_test(packets_of_other_link_types_are_counted_once_by_all_processes),
		vdev_test(what_is_kept_in_the_primary_is_refused_with_the_reason),
		vdev_test(ends_that_queues_share_are_refused_with_the_reason),
		vdev_test(a_loop_is_refused_with_the_reason),
		vdev_test(a_secondary_receives_beside_the_thread_of_the_primary),
		vdev_test(what_a_secondary_could_not_write_is_counted),
		vdev_test(a_secondary_that_closes_its_port_gives_the_queues_back),
		vdev_test(a_device_leaves_and_comes_back_in_both_processes),
	};

	if (argc == 4)
		return be_secondary(argv[1], argv[2], argv[3]);
	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
