/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <dlfcn.h>
#include <pthread.h>

#include <rte_alarm.h>

#include "packet_util.h"

#include "veth_util.h"

/*
 * The link's events, and what applications do in their callbacks: stop the port, close it, start it
 * again. EAL's alarms are this program's: it sees which of them a port leaves behind, and a hundredth
 * of the time is enough for them.
 */

#define NEAR "dblink0"
#define FAR "dblink1"
#define NB_PACKETS 200 /* of each capture */
#define BURST 32
#define ROUNDS 30
#define LIVE_ROUNDS 8
#define MAX_ALARMS 256

static bool have_veth;

/* Alarms --------------------------------------------------------------------------------------- */

struct alarm {
	rte_eal_alarm_callback fn;
	void *arg;
	uint64_t us; /* when it was set first */
};

struct alarms {
	struct alarm seen[MAX_ALARMS];
	unsigned int nb;
};

static pthread_mutex_t alarms_lock = PTHREAD_MUTEX_INITIALIZER;
static struct alarms alarms;

static void
remember_alarm(uint64_t us, rte_eal_alarm_callback fn, void *arg)
{
	unsigned int i;

	pthread_mutex_lock(&alarms_lock);
	for (i = 0; i < alarms.nb && (alarms.seen[i].fn != fn || alarms.seen[i].arg != arg); i++)
		;
	if (i == alarms.nb && i < MAX_ALARMS)
		alarms.seen[alarms.nb++] = (struct alarm){ fn, arg, us };
	pthread_mutex_unlock(&alarms_lock);
}

/* Instead of EAL's. */
int
rte_eal_alarm_set(uint64_t us, rte_eal_alarm_callback fn, void *arg)
{
	int (*set)(uint64_t, rte_eal_alarm_callback, void *) =
			(int (*)(uint64_t, rte_eal_alarm_callback, void *))(uintptr_t)dlsym(
					RTLD_NEXT, "rte_eal_alarm_set");

	remember_alarm(us, fn, arg);
	return set(us < 100 ? us : us / 100, fn, arg);
}

/* How many alarms are set. None is any more after this. */
static unsigned int
end_alarms(void)
{
	struct alarms seen;
	unsigned int nb = 0, i;
	int ret;

	/* canceling waits for handlers, which set alarms */
	pthread_mutex_lock(&alarms_lock);
	seen = alarms;
	alarms.nb = 0;
	pthread_mutex_unlock(&alarms_lock);
	for (i = 0; i < seen.nb; i++) {
		ret = rte_eal_alarm_cancel(seen.seen[i].fn, seen.seen[i].arg);
		nb += ret > 0 ? ret : 0;
	}
	return nb;
}

/* How many alarms were set at some time since end_alarms(), each counted once. */
static unsigned int
alarms_seen(void)
{
	unsigned int nb;

	pthread_mutex_lock(&alarms_lock);
	nb = alarms.nb;
	pthread_mutex_unlock(&alarms_lock);
	return nb;
}

/* The callback --------------------------------------------------------------------------------- */

enum deed {
	STOP,
	STOP_AND_CLOSE,
	STOP_AND_START,
	LOOK, /* only ask for the link */
};

/* An application that is told of the link; it does not poll a port that it stops. */
static struct {
	pthread_mutex_t polling;
	enum deed deed;
	uint32_t nb_done;
	unsigned int nb_failed;
	unsigned int nb_left; /* alarms, when stop had returned */
} app = { .polling = PTHREAD_MUTEX_INITIALIZER };

static void
do_deed(uint16_t port)
{
	struct rte_eth_link link;

	if (app.deed == LOOK) {
		app.nb_failed += rte_eth_link_get_nowait(port, &link) != 0;
		return;
	}
	app.nb_failed += rte_eth_dev_stop(port) != 0;
	app.nb_left += end_alarms();
	if (app.deed == STOP_AND_CLOSE)
		app.nb_failed += rte_eth_dev_close(port) != 0;
	if (app.deed == STOP_AND_START)
		app.nb_failed += rte_eth_dev_start(port) != 0;
}

static int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	(void)type;
	(void)arg;
	(void)ret_param;
	pthread_mutex_lock(&app.polling);
	do_deed(port);
	__atomic_add_fetch(&app.nb_done, 1, __ATOMIC_RELEASE);
	pthread_mutex_unlock(&app.polling);
	return 0;
}

static uint32_t
nb_done(void)
{
	return __atomic_load_n(&app.nb_done, __ATOMIC_ACQUIRE);
}

/* For all ports: one that was closed has no callbacks to take away. */
static void
begin(enum deed deed)
{
	app.deed = deed;
	app.nb_done = 0;
	app.nb_failed = 0;
	app.nb_left = 0;
	assert_int_equal(rte_eth_dev_callback_register(
					 RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL),
			0);
	end_alarms();
}

static void
finish(void)
{
	double since = 0;

	while (rte_eth_dev_callback_unregister(
			       RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL) == -EAGAIN)
		assert_true(vdev_wait(&since));
	assert_int_equal(app.nb_failed, 0);
	assert_int_equal(app.nb_left, 0);
}

/* The callback has returned, and what called it. */
static void
await_handler_end(void)
{
	const struct timespec time = { .tv_nsec = 10000000 };

	nanosleep(&time, NULL);
}

static void
await_deed(uint32_t nb)
{
	double since = 0;

	while (nb_done() < nb)
		if (!vdev_wait(&since))
			fail_msg("no link event number %u", nb);
	await_handler_end();
	assert_int_equal(nb_done(), nb);
}

static bool
poll_once(uint16_t port, uint32_t nb, unsigned int *total)
{
	struct rte_mbuf *m[BURST];
	uint16_t n;

	pthread_mutex_lock(&app.polling);
	if (nb_done() >= nb) {
		pthread_mutex_unlock(&app.polling);
		return false;
	}
	n = rte_eth_rx_burst(port, 0, m, BURST);
	pthread_mutex_unlock(&app.polling);
	rte_pktmbuf_free_bulk(m, n);
	*total += n;
	return true;
}

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

static uint16_t
plug_file(void)
{
	return vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,eof=1", capture_of("tiny"));
}

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

/* Poll a queue until it has given as many packets; not once more. */
static void
receive_exactly(uint16_t port, uint16_t queue, unsigned int nb)
{
	double since = vdev_now();
	struct rte_mbuf *m[BURST];
	unsigned int total = 0;
	uint16_t n;

	while (total < nb) {
		n = rte_eth_rx_burst(port, queue, m, BURST);
		rte_pktmbuf_free_bulk(m, n);
		total += n;
		assert_true(vdev_now() - since < VDEV_PATIENCE_S);
	}
	assert_int_equal(total, nb);
}

static void
poll_empty(uint16_t port, uint16_t queue)
{
	struct rte_mbuf *m[BURST];

	assert_int_equal(rte_eth_rx_burst(port, queue, m, BURST), 0);
}

/* The one alarm that a port of files has is for its output; nothing looks at the link by time. */
static void
the_first_poll_after_the_last_packet_tells_the_end(void **state)
{
	uint16_t port = plug_file();
	uint32_t round;

	(void)state;
	begin(LOOK);
	for (round = 1; round <= ROUNDS; round++) {
		vdev_start(port, .intr_lsc = true);
		assert_int_equal(alarms_seen(), 1);
		receive_exactly(port, 0, NB_PACKETS);
		assert_int_equal(alarms_seen(), 1);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
		poll_empty(port, 0);
		assert_int_equal(alarms_seen(), 2);
		assert_int_equal(alarms.seen[1].us, 1);
		await_deed(round);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		poll_empty(port, 0);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(end_alarms(), 0);
		assert_int_equal(nb_done(), round);
	}
	finish();
}

/* Who has received all may poll no more, and wait for the next interrupt or the event. */
static void
with_interrupts_the_end_is_told_at_once_without_another_poll(void **state)
{
	uint16_t port = plug_file();
	uint32_t round;

	(void)state;
	begin(LOOK);
	for (round = 1; round <= ROUNDS; round++) {
		vdev_start(port, .intr_rxq = true, .intr_lsc = true);
		assert_int_equal(alarms_seen(), 1);
		receive_exactly(port, 0, NB_PACKETS);
		await_deed(round);
		assert_int_equal(alarms_seen(), 2);
		assert_int_equal(alarms.seen[1].us, 1);
		assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(end_alarms(), 0);
	}
	finish();
}

static void
the_end_of_a_capture_without_packets_is_told(void **state)
{
	const struct packets none = { 0 };
	uint16_t port = vdev_plug("rx_pcap=%s,eof=1", capture_write("none", &none));
	uint32_t nb = 0;

	(void)state;
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	poll_empty(port, 0);
	await_deed(++nb);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	/* with interrupts nothing ever comes that would make an application poll */
	vdev_start(port, .intr_rxq = true, .intr_lsc = true);
	await_deed(++nb);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	finish();
}

static uint16_t
plug_two_files(void)
{
	return vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=/dev/null,eof=1", capture_of("tiny"),
			capture_of("uniform"));
}

static void
the_end_is_told_when_the_last_file_has_been_received(void **state)
{
	uint16_t port = plug_two_files();

	(void)state;
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	receive_exactly(port, 1, NB_PACKETS);
	poll_empty(port, 1);
	poll_empty(port, 1);
	assert_int_equal(alarms_seen(), 1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_exactly(port, 0, NB_PACKETS);
	poll_empty(port, 0);
	assert_int_equal(alarms_seen(), 2);
	await_deed(1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	finish();
}

static void *
receive_the_other(void *port)
{
	receive_exactly(*(uint16_t *)port, 1, NB_PACKETS);
	poll_empty(*(uint16_t *)port, 1);
	return NULL;
}

static void
two_threads_that_find_the_ends_together_tell_it_once(void **state)
{
	uint16_t port = plug_two_files();
	pthread_t other;
	uint32_t round;

	(void)state;
	begin(LOOK);
	for (round = 1; round <= 3 * ROUNDS; round++) {
		vdev_start(port, .intr_rxq = round % 2, .intr_lsc = true);
		assert_int_equal(pthread_create(&other, NULL, receive_the_other, &port), 0);
		receive_exactly(port, 0, NB_PACKETS);
		poll_empty(port, 0);
		assert_int_equal(pthread_join(other, NULL), 0);
		await_deed(round);
		assert_int_equal(rte_eth_dev_stop(port), 0);
		assert_int_equal(end_alarms(), 0);
	}
	finish();
}

/* Does ethdev let the link's interrupt be configured? */
static bool
takes_lsc(uint16_t port)
{
	const struct rte_eth_conf conf = { .intr_conf.lsc = 1 };
	struct rte_eth_dev_info info;
	int ret;

	assert_int_equal(rte_eth_dev_info_get(port, &info), 0);
	ret = rte_eth_dev_configure(port, 1, 1, &conf);
	assert_true(ret == 0 || ret == -EINVAL);
	assert_int_equal((*info.dev_flags & RTE_ETH_DEV_INTR_LSC) != 0, ret == 0);
	return ret == 0;
}

static void
link_interrupts_of_files_are_offered_only_with_eof(void **state)
{
	const char *file = capture_of("tiny");

	(void)state;
	vdev_hush_ethdev();
	assert_false(takes_lsc(vdev_plug("rx_pcap=%s", file)));
	assert_false(takes_lsc(vdev_plug("rx_pcap=%s,tx_pcap=/dev/null,eof=0", file)));
	assert_false(takes_lsc(vdev_plug("rx_pcap=%s,infinite_rx=1", file)));
	assert_false(takes_lsc(vdev_plug("tx_pcap=/dev/null")));
	assert_true(takes_lsc(vdev_plug("rx_pcap=%s,eof=1", file)));
}

/* Interfaces ----------------------------------------------------------------------------------- */

static void
need_veth(void)
{
	if (!have_veth) {
		print_message("no right to make a network namespace and interfaces\n");
		skip();
	}
}

/* The other end of the wire goes down, or up again. */
static void
set_carrier(bool up)
{
	assert_true(veth_ip("link set %s %s", FAR, up ? "up" : "down"));
}

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

static void
link_interrupts_are_offered_with_any_interface(void **state)
{
	(void)state;
	need_veth();
	assert_true(takes_lsc(vdev_plug("iface=%s", NEAR)));
	assert_true(takes_lsc(vdev_plug("rx_iface=%s,tx_pcap=/dev/null", NEAR)));
	assert_true(takes_lsc(vdev_plug("rx_iface_in=%s", NEAR)));
	assert_true(takes_lsc(vdev_plug("rx_pcap=%s,tx_iface=%s", capture_of("tiny"), NEAR)));
}

/* Each of the two is told once, also when they come together. */
static void
a_file_that_is_sent_to_an_interface_has_both_ends_of_the_link(void **state)
{
	uint16_t port;

	(void)state;
	need_veth();
	set_carrier(true);
	port = vdev_plug("rx_pcap=%s,tx_iface=%s,eof=1", capture_of("tiny"), NEAR);
	begin(LOOK);
	vdev_start(port, .intr_lsc = true);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	set_carrier(false);
	await_deed(1);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_DOWN);
	set_carrier(true);
	await_deed(2);
	assert_int_equal(vdev_link_status(port), RTE_ETH_LINK_UP);
	receive_exactly(port, 0, NB_PACKETS);
	poll_empty(port, 0);
	await_deed(3);
	set_carrier(false);
	await_handler_end();
	assert_int_equal(nb_done(), 3);
	set_carrier(true);
	finish();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		vdev_test(a_port_may_be_stopped_in_the_callback_at_the_end_of_its_file),
		vdev_test(with_interrupts_a_port_may_be_stopped_in_the_callback_at_the_end_of_its_file),
		vdev_test(a_port_may_be_closed_in_the_callback_at_the_end_of_its_file),
		vdev_test(with_interrupts_a_port_may_be_closed_in_the_callback_at_the_end_of_its_file),
		vdev_test(a_port_may_be_started_again_in_the_callback_at_the_end_of_its_file),
		vdev_test(with_interrupts_a_port_may_be_started_again_in_the_callback_at_the_end_of_its_file),
		vdev_test(a_stop_that_races_the_event_leaves_no_alarm_behind),
		vdev_test(the_first_poll_after_the_last_packet_tells_the_end),
		vdev_test(with_interrupts_the_end_is_told_at_once_without_another_poll),
		vdev_test(the_end_of_a_capture_without_packets_is_told),
		vdev_test(the_end_is_told_when_the_last_file_has_been_received),
		vdev_test(two_threads_that_find_the_ends_together_tell_it_once),
		vdev_test(link_interrupts_of_files_are_offered_only_with_eof),
		vdev_test(link_interrupts_are_offered_with_any_interface),
		vdev_test(a_file_that_is_sent_to_an_interface_has_both_ends_of_the_link),
		vdev_test(an_interface_may_be_stopped_in_the_callback),
		vdev_test(an_interface_may_be_closed_in_the_callback),
		vdev_test(an_interface_may_be_started_again_in_the_callback),
	};

	have_veth = veth_make(NEAR, FAR);
	return vdev_run(tests);
}
