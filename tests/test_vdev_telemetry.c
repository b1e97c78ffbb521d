/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The driver's commands of telemetry, and what ethdev's own say of a port, through the socket. */

/* EAL's own folder is the test's, and telemetry is on. */
#define VDEV_TELEMETRY "--telemetry"

#include "packet_util.h"
#include "telemetry_util.h"

#include <pthread.h>

#if DUALBUF_RACED
#define ROUNDS 30
#else
#define ROUNDS 150
#endif

static struct telemetry *
connect_to_eal(void)
{
	return telemetry_connect(rte_eal_get_runtime_dir());
}

static const char *
ask_of_port(struct telemetry *client, const char *command, uint16_t port)
{
	return telemetry_ask(client, vdev_text("%s,%u", command, port));
}

static unsigned long long
queue_number(struct telemetry *client, uint16_t port, const char *queue, const char *key)
{
	return telemetry_number(ask_of_port(client, "/net_dualbuf/queues", port), queue, key);
}

#define assert_has(answer, part) \
	do { \
		if (strstr(answer, part) == NULL) \
			fail_msg("no %s in %s", part, answer); \
	} while (0)

static void
every_queue_tells_its_state(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null", capture_of("uniform"),
			capture_of("vlan"));
	struct telemetry *client = connect_to_eal();
	struct batch batch = { 0 };
	const char *answer;

	(void)state;
	vdev_start(port, .nb_rx_desc = 64, .nb_tx_desc = 128);
	receive_up_to(port, 0, &batch, 100);
	answer = ask_of_port(client, "/net_dualbuf/queues", port);
	assert_has(answer, "\"rx_q0\":{\"state\":\"started\"");
	assert_has(answer, "\"rx_q1\":{\"state\":\"started\"");
	assert_has(answer, "\"tx_q0\":{\"state\":\"started\"");
	assert_null(strstr(answer, "rx_q2"));
	assert_null(strstr(answer, "tx_q1"));
	assert_int_equal(telemetry_number(answer, "rx_q0", "descriptors"), 64);
	assert_int_equal(telemetry_number(answer, "rx_q0", "armed"), 64);
	assert_int_equal(telemetry_number(answer, "rx_q0", "waiting"), 0);
	assert_int_equal(telemetry_number(answer, "rx_q0", "bound"), 128);
	assert_int_equal(telemetry_number(answer, "rx_q0", "home"), 64);
	assert_int_equal(telemetry_number(answer, "rx_q0", "out"), 64);
	assert_int_equal(telemetry_number(answer, "rx_q0", "packets"), 100);
	assert_int_equal(telemetry_number(answer, "rx_q0", "bytes"), 6000);
	assert_int_equal(telemetry_number(answer, "rx_q0", "flips"), 64);
	assert_int_equal(telemetry_number(answer, "rx_q0", "copies"), 36);
	assert_int_equal(telemetry_number(answer, "rx_q0", "loans"), 0);
	assert_int_equal(telemetry_number(answer, "rx_q0", "nombuf"), 0);
	assert_int_equal(telemetry_number(answer, "rx_q0", "missed"), 0);
	assert_int_equal(telemetry_number(answer, "rx_q0", "errors"), 0);
	assert_int_equal(telemetry_number(answer, "rx_q1", "packets"), 0);
	assert_int_equal(telemetry_number(answer, "tx_q0", "descriptors"), 128);
	send_all(port, 0, &batch);
	assert_int_equal(queue_number(client, port, "tx_q0", "packets"), 100);
	assert_int_equal(queue_number(client, port, "tx_q0", "bytes"), 6000);
	assert_int_equal(queue_number(client, port, "tx_q0", "used"), 0);
	assert_int_equal(queue_number(client, port, "tx_q0", "errors"), 0);
	assert_int_equal(queue_number(client, port, "rx_q0", "out"), 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_has(ask_of_port(client, "/net_dualbuf/queues", port),
			"\"rx_q0\":{\"state\":\"stopped\"");
	telemetry_leave(client);
}

static void
loans_and_descriptors_that_wait_are_told(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,copy=deferred", capture_of("uniform"));
	struct telemetry *client = connect_to_eal();
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port, .nb_rx_desc = 64);
	receive_all(port, 0, &batch);
	assert_int_equal(queue_number(client, port, "rx_q0", "loans"), 63);
	assert_int_equal(queue_number(client, port, "rx_q0", "waiting"), 63);
	assert_int_equal(queue_number(client, port, "rx_q0", "armed"), 1);
	batch_free(&batch);
	telemetry_leave(client);
}

/* All 16 queues of both directions go into one answer. */
static void
an_answer_has_room_for_every_queue(void **state)
{
	struct telemetry *client = connect_to_eal();
	const char *answer;
	uint16_t port;

	(void)state;
	port = start_sixteen_queues();
	answer = ask_of_port(client, "/net_dualbuf/queues", port);
	assert_int_equal(telemetry_number(answer, "rx_q15", "bound"), 128);
	assert_int_equal(telemetry_number(answer, "tx_q15", "errors"), 0);
	assert_string_equal(answer + strlen(answer) - 3, "}}}");
	telemetry_leave(client);
}

static void
what_is_no_port_of_this_driver_is_answered_with_nothing(void **state)
{
	static const char *const wrong[] = { "", ",", ",x", ",-1", ",0x1", ",0 ", ",1,0", ",32",
		",65536", ",4294967296", ",99999999999999999999999" };
	struct telemetry *client = connect_to_eal();
	uint16_t ours = vdev_plug("rx_pcap=%s", capture_of("uniform")), other;
	unsigned int i;

	(void)state;
	assert_int_equal(vdev_try_plug("net_null", "", &other), 0);
	vdev_start(ours);
	for (i = 0; i < RTE_DIM(wrong); i++)
		assert_has(telemetry_ask(client, vdev_text("/net_dualbuf/queues%s", wrong[i])),
				":null}");
	assert_has(ask_of_port(client, "/net_dualbuf/queues", other), ":null}");
	assert_string_equal(telemetry_ask(client, "/net_dualbuf/list"),
			vdev_text("{\"/net_dualbuf/list\":[%u]}", ours));
	vdev_unplug(ours);
	assert_has(ask_of_port(client, "/net_dualbuf/queues", ours), ":null}");
	assert_has(telemetry_ask(client, "/net_dualbuf/list"), ":[]}");
	telemetry_leave(client);
}

/* ethdev's own endpoints, of the oldest DPDK on. */
static void
the_standard_endpoints_know_the_port(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null", capture_of("uniform"));
	struct telemetry *client = connect_to_eal();
	struct batch batch = { 0 };
	const char *answer;

	(void)state;
	vdev_start(port);
	receive_up_to(port, 0, &batch, 50);
	send_all(port, 0, &batch);
	assert_string_equal(telemetry_ask(client, "/ethdev/list"),
			vdev_text("{\"/ethdev/list\":[%u]}", port));
	answer = ask_of_port(client, "/ethdev/stats", port);
	assert_int_equal(telemetry_number(answer, "/ethdev/stats", "ipackets"), 50);
	assert_int_equal(telemetry_number(answer, "/ethdev/stats", "opackets"), 50);
	answer = ask_of_port(client, "/ethdev/xstats", port);
	assert_int_equal(telemetry_number(answer, "/ethdev/xstats", "rx_q0_flips"), 50);
	assert_int_equal(telemetry_number(answer, "/ethdev/xstats", "rx_crc_errors"), 0);
	assert_int_equal(telemetry_number(answer, "/ethdev/xstats", "tx_q0_errors"), 0);
	assert_has(ask_of_port(client, "/ethdev/info", port), "\"nb_rx_queues\":1");
	assert_has(ask_of_port(client, "/ethdev/link_status", port), "\"status\":\"UP\"");
	telemetry_leave(client);
}

/* Beside everything else ------------------------------------------------------------------------ */

struct asker {
	pthread_t thread;
	uint32_t stop;
	unsigned int nb_full;
};

static void *
ask_again_and_again(void *arg)
{
	struct asker *asker = arg;
	struct telemetry *client = connect_to_eal();

	while (!__atomic_load_n(&asker->stop, __ATOMIC_RELAXED)) {
		telemetry_ask(client, "/net_dualbuf/list");
		if (strstr(telemetry_ask(client, "/net_dualbuf/queues,0"), "rx_q1") != NULL)
			__atomic_add_fetch(&asker->nb_full, 1, __ATOMIC_RELAXED);
	}
	telemetry_leave(client);
	return NULL;
}

static void
questions_disturb_nothing_while_a_port_comes_and_goes(void **state)
{
	const char *path = capture_of("imix");
	struct rte_mempool *mp = vdev_pool(2048);
	struct asker asker = { 0 };
	struct rte_mbuf *m[32];
	unsigned int round;
	uint16_t port, q, nb;

	(void)state;
	assert_int_equal(pthread_create(&asker.thread, NULL, ask_again_and_again, &asker), 0);
	for (round = 0; round < ROUNDS || __atomic_load_n(&asker.nb_full, __ATOMIC_RELAXED) == 0;
			round++) {
		port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null", path, path);
		assert_int_equal(port, 0);
		vdev_start(port, .mp = mp, .nb_rx_desc = 64 << round % 3);
		for (q = 0; q < 2; q++) {
			nb = rte_eth_rx_burst(port, q, m, 32);
			assert_int_equal(rte_eth_tx_burst(port, 0, m, nb), nb);
		}
		if (round % 2)
			assert_int_equal(rte_eth_dev_stop(port), 0);
		vdev_unplug(port);
	}
	__atomic_store_n(&asker.stop, 1, __ATOMIC_RELAXED);
	pthread_join(asker.thread, NULL);
	assert_pool_full(mp);
}

static const struct CMUnitTest tests[] = {
	vdev_test(every_queue_tells_its_state),
	vdev_test(loans_and_descriptors_that_wait_are_told),
	vdev_test(an_answer_has_room_for_every_queue),
	vdev_test(what_is_no_port_of_this_driver_is_answered_with_nothing),
	vdev_test(the_standard_endpoints_know_the_port),
	vdev_test(questions_disturb_nothing_while_a_port_comes_and_goes),
};

TEST_MAIN_GROUP(tests, telemetry_set_up_group, vdev_tear_down_group)
