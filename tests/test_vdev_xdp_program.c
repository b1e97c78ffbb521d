/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * An interface by AF_XDP with a program of the user's own, made here; with somebody else's; and one whose process
 * was killed.
 */

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "vdev_xdp_util.h"
#include "xdp_bpf_util.h"

#define NB_FRAMES 3000

/* As in the kernel's headers, which clang may not find for this target. */
static const char source_head[] =
		"typedef unsigned int u32;\n"
		"typedef unsigned long long u64;\n"
		"struct xdp_md { u32 data, data_end, data_meta, ifindex, queue, egress; };\n"
		"static long (*adjust_head)(struct xdp_md *, int) = (void *)44;\n"
		"static long (*redirect)(void *, u64, u64) = (void *)51;\n"
		"static long (*adjust_meta)(struct xdp_md *, int) = (void *)54;\n"
		"enum { DROP = 1, PASS = 2 };\n"
		"struct { int (*type)[17]; int (*max_entries)[64]; u32 *key; u32 *value; }\n"
		"	xsks_map __attribute__((section(\".maps\"), used));\n"
		"u32 seen;\n"
		"char gpl[] __attribute__((section(\"license\"), used)) = \"GPL\";\n"
		"__attribute__((section(\"xdp\"), used)) int program(struct xdp_md *md) {\n";

static const char source_tail[] = "	return redirect(&xsks_map, md->queue, PASS);\n}\n";

/* An object with a program that does this before it sends a packet on to the socket. */
static const char *
compile(const char *name, const char *deed)
{
	const char *path = capture_name(name);
	FILE *file;

	if (system("clang --print-targets 2>/dev/null | grep -q bpf") != 0) {
		print_message("no clang that makes BPF programs\n");
		skip();
	}
	file = fopen(vdev_text("%s.c", path), "w");
	assert_non_null(file);
	fprintf(file, "%s%s%s", source_head, deed, source_tail);
	fclose(file);
	assert_int_equal(system(vdev_text("clang -target bpf -O2 -g -c -o %s.o %s.c", path, path)),
			0);
	return vdev_text("%s.o", path);
}

static uint16_t
start_with(const char *name, const char *deed, const char *more)
{
	uint16_t port = xdp_plug(vdev_text(",xdp_prog=%s%s", compile(name, deed), more));

	vdev_start(port);
	return port;
}

static void
every_third_frame_is_dropped(const char *more)
{
	uint16_t port = start_with("third", "if (seen++ % 3 == 2) return DROP;", more);
	int far = veth_socket(FAR);
	uint32_t i;

	for (i = 0; i < NB_FRAMES; i++) {
		xdp_put(far, 60 + i % 500, i);
		if (i % 3 != 2)
			rte_pktmbuf_free(xdp_take(port, 60 + i % 500, i));
	}
	assert_int_equal(vdev_stats(port).ipackets, NB_FRAMES / 3 * 2);
	assert_int_equal(vdev_stats(port).imissed + vdev_stats(port).ierrors, 0);
	xdp_stop(port);
	close(far);
}

static void
a_program_that_drops_every_third_frame(void **state)
{
	(void)state;
	every_third_frame_is_dropped("");
	vdev_remove_ports();
	every_third_frame_is_dropped(",xdp_mode=skb");
}

/* What is left of each frame has moved by so many bytes. */
static void
assert_moved(const char *name, const char *deed, int moved, const char *more)
{
	uint16_t port = start_with(name, deed, more);
	int far = veth_socket(FAR);
	uint8_t frame[2048];
	struct rte_mbuf *m;
	uint32_t i, len;

	for (i = 0; i < NB_FRAMES; i++) {
		len = 60 + i % 1400;
		xdp_put(far, len, i);
		xdp_frame_make(frame, len, i);
		m = xdp_take_from(port, 0, i);
		assert_int_equal(m->pkt_len, len - moved);
		if (moved < 0)
			assert_memory_equal(rte_pktmbuf_mtod_offset(m, void *, -moved), frame, len);
		else
			assert_memory_equal(
					rte_pktmbuf_mtod(m, void *), frame + moved, len - moved);
		rte_pktmbuf_free(m);
	}
	assert_int_equal(vdev_stats(port).ierrors + vdev_stats(port).imissed, 0);
	vdev_unplug(port);
	assert_false(xdp_is_attached(NEAR));
	close(far);
}

static void
a_program_that_moves_the_head(void **state)
{
	(void)state;
	assert_moved("plus", "if (adjust_head(md, 4)) return DROP;", 4, "");
	assert_moved("minus", "if (adjust_head(md, -4)) return DROP;", -4, "");
	assert_moved("plus", "if (adjust_head(md, 4)) return DROP;", 4, ",xdp_mode=skb");
	assert_moved("minus", "if (adjust_head(md, -4)) return DROP;", -4, ",xdp_mode=skb");
}

/* It stands before the packet, in the headroom. */
static void
a_program_that_adds_metadata(void **state)
{
	(void)state;
	assert_moved("meta", "if (adjust_meta(md, -8)) return DROP;", 0, "");
}

static void
a_program_that_passes_some_on_to_the_kernel(void **state)
{
	uint16_t port = start_with("half", "if (seen++ % 2) return PASS;", "");
	int far = veth_socket(FAR), near = veth_socket(NEAR);
	uint32_t i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		xdp_put(far, 100, i);
		if (i % 2)
			xdp_assert_far(near, 100, i);
		else
			rte_pktmbuf_free(xdp_take(port, 100, i));
	}
	xdp_stop(port);
	close(far);
	close(near);
}

static void
an_object_without_the_map_is_refused(void **state)
{
	const char *path = compile("other", "");
	struct log_capture log;
	uint16_t port;

	(void)state;
	assert_int_equal(system(vdev_text("sed -i s/xsks_map/some_map/ %s/other.c && clang -target "
					  "bpf -O2 -g -c -o %s %s/other.c",
					 vdev.dir, path, vdev.dir)),
			0);
	port = xdp_plug(vdev_text(",xdp_prog=%s", path));
	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_tx = 1 });
	log_capture_begin(&log);
	assert_int_equal(rte_eth_dev_start(port), -ENOEXEC);
	vdev_assert_logged(&log, "of the name xsks_map are required");
	assert_false(xdp_is_attached(NEAR));
}

/* Killed ----------------------------------------------------------------------------------------- */

/* A process that forwards by the interface; it is killed with this one. */
static pid_t
start_testpmd(void)
{
	const char *plugin = getenv("DUALBUF_PLUGIN"), *preload = getenv("DUALBUF_PRELOAD");
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	double since = 0;
	pid_t pid;

	if (plugin == NULL)
		fail_msg("DUALBUF_PLUGIN is not set; run this through meson test");
	pid = fork();
	if (pid == 0) {
		if (preload != NULL)
			setenv("LD_PRELOAD", preload, 1);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp("dpdk-testpmd", "dpdk-testpmd", "-l0,1", "--no-huge", "-m256",
				"--no-telemetry", "--no-pci", "--no-shconf", "-d", plugin,
				"--vdev=net_dualbuf0,iface=" NEAR ",live=xdp", "--",
				"--total-num-mbufs=2048", "--forward-mode=io", "--auto-start",
				"--stats-period=60", NULL);
		_exit(1);
	}
	close(null);
	assert_true(pid > 0);
	while (!xdp_is_attached(NEAR) && waitpid(pid, NULL, WNOHANG) == 0)
		assert_true(vdev_wait(&since));
	assert_true(xdp_is_attached(NEAR));
	return pid;
}

static void
wait_until_it_forwards(int far)
{
	uint8_t frame[256];
	double since = 0;

	do
		xdp_put(far, 100, 7);
	while (recv(far, frame, sizeof(frame), MSG_DONTWAIT) < 0 && vdev_wait(&since));
}

static void
a_killed_process_leaves_nothing_and_the_next_start_works_at_once(void **state)
{
	uint16_t port = xdp_plug("");
	int far, i;
	pid_t pid;

	(void)state;
	if (system("which dpdk-testpmd >/dev/null 2>&1") != 0)
		skip();
	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_tx = 1 });
	for (i = 0; i < 2; i++) {
		far = veth_socket(FAR);
		pid = start_testpmd();
		wait_until_it_forwards(far);
		xdp_put(far, 100, 1);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		assert_false(xdp_is_attached(NEAR));
		assert_int_equal(rte_eth_dev_start(port), 0);
		close(far);
		far = veth_socket(FAR);
		xdp_bounce(port, far, 0, 100);
		xdp_stop(port);
		close(far);
	}
}

/* A BPF file system that this thread alone sees. */
static const char *
mount_bpf(void)
{
	const char *folder = capture_name("bpf");

	mkdir(folder, 0700);
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
			mount("bpf", folder, "bpf", 0, NULL) != 0) {
		print_message("no BPF file system: %s\n", strerror(errno));
		skip();
	}
	return folder;
}

static int
pin_map(enum bpf_map_type type, const char *path)
{
	int map = bpf_map_create(type, "others", sizeof(uint32_t), sizeof(uint32_t), 4, NULL);

	assert_true(map >= 0);
	assert_int_equal(bpf_obj_pin(map, path), 0);
	return map;
}

static void
assert_map_refused(const char *path, int error)
{
	uint16_t port = xdp_plug(vdev_text(",use_pinned_map=1,dp_path=%s", path));

	vdev_set_up_queues(port, &(const struct vdev_config){ .nb_tx = 1 });
	assert_int_equal(rte_eth_dev_start(port), error);
	vdev_unplug(port);
}

static void
the_pinned_map_of_somebody_elses_program(void **state)
{
	const char *folder = mount_bpf();
	const char *path = vdev_text("%s/xsks_map", folder), *other = vdev_text("%s/other", folder);
	int map = pin_map(BPF_MAP_TYPE_XSKMAP, path), array = pin_map(BPF_MAP_TYPE_ARRAY, other);
	int program = xdp_load_redirect(map), far = veth_socket(FAR), link;
	uint16_t port;

	(void)state;
	assert_true(program >= 0);
	link = bpf_link_create(program, if_nametoindex(NEAR), BPF_XDP, NULL);
	assert_true(link >= 0);
	assert_map_refused("/nothing/there", -ENOENT);
	assert_map_refused(other, -EINVAL);
	port = xdp_plug(vdev_text(",use_pinned_map=1,dp_path=%s", path));
	vdev_start(port);
	xdp_bounce(port, far, 0, 100);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
	assert_true(xdp_is_attached(NEAR));
	assert_int_equal(rte_eth_dev_start(port), 0);
	xdp_bounce(port, far, 100, 100);
	vdev_unplug(port);
	assert_true(xdp_is_attached(NEAR));
	close(link);
	close(program);
	close(array);
	close(map);
	close(far);
	assert_int_equal(umount(folder), 0);
}

static const struct CMUnitTest tests[] = {
	vdev_test(a_program_that_drops_every_third_frame),
	vdev_test(a_program_that_moves_the_head),
	vdev_test(a_program_that_adds_metadata),
	vdev_test(a_program_that_passes_some_on_to_the_kernel),
	vdev_test(an_object_without_the_map_is_refused),
	vdev_test(the_pinned_map_of_somebody_elses_program),
	vdev_test(a_killed_process_leaves_nothing_and_the_next_start_works_at_once),
};

VDEV_XDP_MAIN(tests)
