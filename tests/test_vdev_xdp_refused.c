/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP: what is refused, with the reason, and leaves nothing attached. */

#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "vdev_xdp_util.h"
#include "xdp_bpf_util.h"

/* Probes ----------------------------------------------------------------------------------------- */

static void
assert_not_plugged(const char *args, const char *part)
{
	struct log_capture log;
	uint16_t port;

	log_capture_begin(&log);
	assert_true(vdev_try_plug("net_dualbuf", args, &port) < 0);
	vdev_assert_logged(&log, part);
	assert_false(xdp_is_attached(NEAR));
}

static void
devargs_are_refused_with_what_is_allowed(void **state)
{
	(void)state;
	assert_not_plugged("iface=" NEAR ",live=afxdp", "must be packet, xdp or auto");
	assert_not_plugged("live=xdp", "iface=<ifc> is needed");
	assert_not_plugged("iface=dbnone,live=xdp", "interface dbnone: cannot be used: No such");
	assert_not_plugged("iface=thisnameistoolong,live=xdp", "at most 15 are allowed");
	assert_not_plugged("iface=lo,live=xdp", "has link type 772; Ethernet (1) is required");
	assert_not_plugged("iface=" NEAR ",live=xdp,xdp_mode=generic", "auto, native or skb");
	assert_not_plugged("iface=" NEAR ",live=xdp,zero_copy=1", "auto, on or off");
	assert_not_plugged("iface=" NEAR ",live=xdp,queue_count=0", "queue_count=0");
	assert_not_plugged(
			"iface=" NEAR ",live=xdp,queue_count=2", "interface " NEAR " has 1 queues");
	assert_not_plugged(
			"iface=" NEAR ",live=xdp,start_queue=1", "interface " NEAR " has 1 queues");
	assert_not_plugged("iface=" NEAR ",live=xdp,rate=5", "\"rate\" is not one of");
	assert_not_plugged("iface=" NEAR ",live=xdp,intr_us=5", "intr_us=5");
	assert_not_plugged("rx_pcap=/dev/null,live=packet", "only with iface=<ifc>");
}

/* Starts ----------------------------------------------------------------------------------------- */

/* A port that is ready, and is not started. */
static uint16_t
plug_ready(const char *more)
{
	uint16_t port = xdp_plug(more);

	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_tx = 1 });
	return port;
}

static void
assert_not_started(uint16_t port, const char *part)
{
	struct log_capture log;

	log_capture_begin(&log);
	assert_true(rte_eth_dev_start(port) < 0);
	vdev_assert_logged(&log, part);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
}

static void
assert_starts(uint16_t port)
{
	int far = veth_socket(FAR);

	assert_int_equal(rte_eth_dev_start(port), 0);
	xdp_bounce(port, far, 0, 50);
	close(far);
	xdp_stop(port);
}

static void
a_queue_has_one_port_of_a_process(void **state)
{
	uint16_t first = plug_ready(""), second = plug_ready("");
	int far = veth_socket(FAR);

	(void)state;
	assert_int_equal(rte_eth_dev_start(first), 0);
	assert_not_started(second, "this process; only one is allowed");
	xdp_bounce(first, far, 0, 100);
	xdp_stop(first);
	close(far);
	assert_starts(second);
}

/* A process that has a queue of the interface, and says so by a byte. */
static pid_t
take_queue_elsewhere(void)
{
	const struct xsk_socket_config config = {
		.rx_size = 64, .tx_size = 64, .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD
	};
	struct xsk_ring_cons completions, rx;
	struct xsk_ring_prod fill, tx;
	struct xsk_socket *xsk;
	struct xsk_umem *umem;
	int ready[2];
	void *area;
	pid_t pid;
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		area = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);
		if (xsk_umem__create(&umem, area, 64 * 4096, &fill, &completions, NULL) != 0 ||
				xsk_socket__create(&xsk, NEAR, 0, umem, &rx, &tx, &config) != 0 ||
				write(ready[1], "1", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void
a_queue_of_another_process_is_refused_with_who_has_it(void **state)
{
	uint16_t port = plug_ready("");
	pid_t pid = take_queue_elsewhere();

	(void)state;
	assert_not_started(port, vdev_text("process %d (test_vdev_xdp", pid));
	assert_false(xdp_is_attached(NEAR));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_starts(port);
}

/* Programs --------------------------------------------------------------------------------------- */

static void
assert_other_program_is_named(uint32_t flags)
{
	int ifindex = if_nametoindex(NEAR), prog = xdp_load_pass("somebody");
	uint16_t port = plug_ready("");

	assert_true(prog >= 0);
	assert_int_equal(bpf_xdp_attach(ifindex, prog, flags, NULL), 0);
	close(prog);
	assert_not_started(port, "has an XDP program already, \"somebody\"");
	assert_true(xdp_is_attached(NEAR));
	assert_int_equal(bpf_xdp_detach(ifindex, flags, NULL), 0);
	assert_starts(port);
	vdev_unplug(port);
}

static void
another_program_is_refused_with_its_name(void **state)
{
	(void)state;
	assert_other_program_is_named(XDP_FLAGS_DRV_MODE);
	assert_other_program_is_named(XDP_FLAGS_SKB_MODE);
}

static void
a_program_file_is_refused_with_the_reason(void **state)
{
	const char *path = capture_name("no.o");
	FILE *file = fopen(path, "w");

	(void)state;
	assert_non_null(file);
	fputs("this is no object", file);
	fclose(file);
	libbpf_set_print(NULL);
	assert_not_started(plug_ready(vdev_text(",xdp_prog=%s", path)), path);
	assert_not_started(plug_ready(",xdp_prog=/nonexistent/p.o"), "/nonexistent/p.o");
	assert_false(xdp_is_attached(NEAR));
}

/* Modes ------------------------------------------------------------------------------------------ */

static bool
runs_in_skb_mode(void)
{
	return veth_ip("-o link show dev " NEAR " | grep -q xdpgeneric");
}

static void
assert_mode(const char *more, bool skb)
{
	uint16_t port = plug_ready(more);

	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(runs_in_skb_mode(), skb);
	xdp_stop(port);
	assert_starts(port);
	vdev_unplug(port);
}

static void
the_mode_is_the_one_asked_for(void **state)
{
	(void)state;
	assert_mode("", false);
	assert_mode(",xdp_mode=auto", false);
	assert_mode(",xdp_mode=native", false);
	assert_mode(",xdp_mode=skb", true);
	assert_mode(",zero_copy=auto", false);
	assert_mode(",zero_copy=off", false);
}

/* A driver that cannot do it for frames of the other end's MTU. */
static void
native_mode_is_refused_where_the_driver_cannot_and_auto_falls_back(void **state)
{
	uint16_t port;

	(void)state;
	assert_true(veth_ip("link set " FAR " mtu 9000"));
	port = plug_ready(",xdp_mode=native");
	assert_not_started(port, "in native mode");
	assert_false(xdp_is_attached(NEAR));
	vdev_unplug(port);
	assert_mode("", true);
	assert_true(veth_ip("link set " FAR " mtu 1500"));
}

static void
zero_copy_is_refused_where_there_is_none(void **state)
{
	(void)state;
	assert_not_started(plug_ready(",zero_copy=on"), "with zero_copy=on");
	assert_false(xdp_is_attached(NEAR));
}

/* All of a process use one program. */
static void
ports_of_an_interface_have_the_same_mode(void **state)
{
	uint16_t first = plug_ready(""), second = plug_ready(",xdp_mode=skb");

	(void)state;
	assert_int_equal(rte_eth_dev_start(first), 0);
	assert_not_started(second, "another port of this process uses it in native mode");
	xdp_stop(first);
	assert_starts(second);
}

static const struct CMUnitTest tests[] = {
	vdev_test(devargs_are_refused_with_what_is_allowed),
	vdev_test(a_queue_has_one_port_of_a_process),
	vdev_test(a_queue_of_another_process_is_refused_with_who_has_it),
	vdev_test(another_program_is_refused_with_its_name),
	vdev_test(a_program_file_is_refused_with_the_reason),
	vdev_test(the_mode_is_the_one_asked_for),
	vdev_test(native_mode_is_refused_where_the_driver_cannot_and_auto_falls_back),
	vdev_test(zero_copy_is_refused_where_there_is_none),
	vdev_test(ports_of_an_interface_have_the_same_mode),
};

VDEV_XDP_MAIN(tests)
