/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "compat_util.h"
#include "packet_util.h"

#include <rte_mempool.h>
#include <rte_ring.h>

/*
 * A primary and a secondary process. This program is both: with arguments it is the secondary,
 * which obeys one-letter commands on its standard input and answers each with a line of numbers.
 * Processes share memory through huge pages, so there have to be some; they are mounted in a mount
 * namespace of this process's own.
 */

#define NR_HUGEPAGES "/proc/sys/vm/nr_hugepages"
#define FREE_HUGEPAGES "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
#define PAGES_WANTED 64
#define RING_NAME "handed_over"

/* The address space is crowded under ASan; both processes have to find the same place free. */
#define BASE_ADDRESS "--base-virtaddr=0x200000000000"

/* The secondary -------------------------------------------------------------------------------- */

static int
no_objects(struct rte_mempool *mp __rte_unused)
{
	return -ENOTSUP;
}

static int
no_exchange(struct rte_mempool *mp __rte_unused, void *const *objs __rte_unused,
		unsigned int n __rte_unused)
{
	return -ENOTSUP;
}

static int
no_dequeue(struct rte_mempool *mp __rte_unused, void **objs __rte_unused,
		unsigned int n __rte_unused)
{
	return -ENOTSUP;
}

static unsigned int
no_count(const struct rte_mempool *mp __rte_unused)
{
	return 0;
}

/* As a plugin would that only this process has loaded: all ops behind it get other indexes. */
static void
disturb_mempool_ops(void)
{
	static const struct rte_mempool_ops ops = {
		.name = "intruder",
		.alloc = no_objects,
		.enqueue = no_exchange,
		.dequeue = no_dequeue,
		.get_count = no_count,
	};

	rte_mempool_register_ops(&ops);
}

/* Look at, and free, every mbuf that the primary handed over. */
static void
answer_free(void)
{
	struct rte_ring *ring = rte_ring_lookup(RING_NAME);
	unsigned int nb = 0, bytes = 0;
	struct rte_mbuf *m = NULL;

	while (ring != NULL && rte_ring_dequeue(ring, (void **)&m) == 0) {
		bytes += rte_pktmbuf_pkt_len(m);
		rte_pktmbuf_free(m);
		nb++;
	}
	printf("%u %u\n", nb, bytes);
}

static void
answer_statistics(void)
{
	uint16_t port = rte_eth_find_next(0);
	struct rte_eth_stats stats = { 0 };

	rte_eth_stats_get(port, &stats);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", stats.ipackets,
			vdev_xstat(port, 0, "flips"), vdev_xstat(port, 0, "bound"),
			vdev_xstat(port, 0, "home"));
}

static void
answer_sent(void)
{
	struct rte_eth_stats stats = { 0 };

	rte_eth_stats_get(rte_eth_find_next(0), &stats);
	printf("%" PRIu64 " %" PRIu64 "\n", stats.opackets, stats.oerrors);
}

static void
answer(int command)
{
	struct rte_mbuf *m;

	switch (command) {
	case 'p':
		printf("%u\n", rte_eth_dev_count_avail());
		break;
	case 's':
		answer_statistics();
		break;
	case 'o':
		answer_sent();
		break;
	case 'f':
		answer_free();
		break;
	case 'r':
		printf("%u\n", rte_eth_rx_burst(rte_eth_find_next(0), 0, &m, 1));
		break;
	}
	fflush(stdout);
}

static int
be_secondary(const char *how, char *prefix, char *huge_dir)
{
	char *argv[] = { "secondary", prefix, huge_dir, "--proc-type=secondary", "--no-pci",
		"--no-telemetry", BASE_ADDRESS };
	int command;

	if (strcmp(how, "disturbed") == 0)
		disturb_mempool_ops();
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		return 1;
	printf("ready\n");
	fflush(stdout);
	while ((command = getchar()) != EOF)
		answer(command);
	rte_eal_cleanup();
	/* In a secondary EAL's vdev bus leaks every device, and gives LSan no name to suppress. */
	_exit(0);
}

/* The primary ---------------------------------------------------------------------------------- */

static char prefix_arg[64];
static char huge_arg[PATH_MAX + 32];
static char run_dir[128];
static char old_nr_hugepages[32];

/* What EAL itself leaves in the shared heap for each secondary that comes and goes. */
static unsigned int left_by_eal;

struct secondary {
	pid_t pid;
	FILE *to;
	FILE *from;
	char *log; /* path */
};

static void
become_secondary(const char *how, int in, int out, const char *log)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
	execl("/proc/self/exe", "secondary", how, prefix_arg, huge_arg, NULL);
	_exit(127);
}

static struct secondary
start_secondary(const char *how)
{
	struct secondary secondary = { .log = vdev_text("%s/%s.log", vdev.dir, how) };
	int to[2], from[2];
	char line[64];

	assert_int_equal(pipe2(to, O_CLOEXEC), 0);
	assert_int_equal(pipe2(from, O_CLOEXEC), 0);
	secondary.pid = fork();
	if (secondary.pid == 0)
		become_secondary(how, to[0], from[1], secondary.log);
	close(to[0]);
	close(from[1]);
	secondary.to = fdopen(to[1], "w");
	secondary.from = fdopen(from[0], "r");
	if (fgets(line, sizeof(line), secondary.from) == NULL)
		fail_msg("the secondary does not start; see %s", secondary.log);
	assert_string_equal(line, "ready\n");
	return secondary;
}

static void
ask(struct secondary *secondary, char command, unsigned int *answers, unsigned int nb)
{
	char line[256], *at = line;
	unsigned int i;

	fputc(command, secondary->to);
	fflush(secondary->to);
	assert_non_null(fgets(line, sizeof(line), secondary->from));
	for (i = 0; i < nb; i++)
		answers[i] = strtoul(at, &at, 10);
}

static unsigned int
ask_one(struct secondary *secondary, char command)
{
	unsigned int value;

	ask(secondary, command, &value, 1);
	return value;
}

/* What the secondary said on its standard error. */
static const char *
log_of(const struct secondary *secondary)
{
	const size_t size = 65536;
	char *text = vdev_alloc(size);
	FILE *file = fopen(secondary->log, "r");

	assert_non_null(file);
	text[fread(text, 1, size - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void
end_secondary(struct secondary *secondary)
{
	int status;

	fclose(secondary->to);
	fclose(secondary->from);
	assert_int_equal(waitpid(secondary->pid, &status, 0), secondary->pid);
	if (status != 0)
		fail_msg("the secondary ended with %#x: %s", status, log_of(secondary));
	vdev.before.allocations += left_by_eal;
}

static struct rte_ring *
hand_over(struct batch *batch)
{
	struct rte_ring *ring = rte_ring_create(RING_NAME, 1024, SOCKET_ID_ANY, 0);
	unsigned int i;

	assert_non_null(ring);
	for (i = 0; i < batch->nb; i++)
		assert_int_equal(rte_ring_enqueue(ring, batch->m[i]), 0);
	batch->nb = 0;
	return ring;
}

/* Tests ---------------------------------------------------------------------------------------- */

static void
a_secondary_sees_the_statistics_and_receives_nothing(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int seen[4];

	(void)state;
	vdev_start(port);
	receive_up_to(port, 0, &batch, 100);
	secondary = start_secondary("plain");
	assert_int_equal(ask_one(&secondary, 'p'), 1);
	ask(&secondary, 's', seen, 4);
	assert_int_equal(seen[0], 100);
	assert_int_equal(seen[1], VDEV_DESC);
	assert_int_equal(seen[2], 2 * VDEV_DESC);
	assert_int_equal(seen[3], VDEV_DESC);
	assert_int_equal(ask_one(&secondary, 'r'), 0);
	batch_free(&batch);
	ask(&secondary, 's', seen, 4);
	assert_int_equal(seen[3], 2 * VDEV_DESC);
	end_secondary(&secondary);
}

/* Send packets that the port's file has no room for, and wait until it is found out. */
static unsigned int
lose_packets(uint16_t port)
{
	const struct packets packets = capture_read(capture_of("uniform"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct rlimit old, limit;
	double since = 0;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = 1000, .rlim_max = old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	send_packets(port, 0, mp, &packets);
	while (vdev_stats(port).oerrors == 0 && vdev_wait(&since))
		;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_true(vdev_stats(port).oerrors > 0);
	assert_int_equal(vdev_stats(port).opackets + vdev_stats(port).oerrors, packets.nb);
	return packets.nb;
}

/* Until the stop it is the primary alone that knows what its file lost. */
static void
what_the_primary_knew_at_a_reset_leaves_the_secondary_nothing_below_zero(void **state)
{
	uint16_t port = vdev_plug("tx_pcap=%s", capture_name("out.pcap"));
	struct secondary secondary;
	unsigned int seen[2], nb;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	nb = lose_packets(port);
	assert_int_equal(rte_eth_stats_reset(port), 0);
	ask(&secondary, 'o', seen, 2);
	assert_between(seen[0], 0, nb);
	assert_int_equal(seen[1], 0);
	assert_int_equal(rte_eth_dev_stop(port), 0);
	ask(&secondary, 'o', seen, 2);
	assert_int_equal(seen[0], 0);
	assert_int_equal(seen[1], 0);
	end_secondary(&secondary);
}

static void
what_a_secondary_frees_comes_home(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("uniform"));
	struct rte_mempool *mp = vdev_pool(1024);
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int freed[2];
	struct rte_ring *ring;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	receive_all(port, 0, &batch);
	assert_true(vdev_xstat(port, 0, "copies") > 0);
	ring = hand_over(&batch);
	ask(&secondary, 'f', freed, 2);
	assert_int_equal(freed[0], 200);
	assert_int_equal(freed[1], 200 * 60);
	assert_int_equal(vdev_xstat(port, 0, "home"), 2 * VDEV_DESC);
	end_secondary(&secondary);
	rte_ring_free(ring);
	vdev_unplug(port);
	assert_pool_full(mp);
}

static void
what_a_secondary_frees_after_the_queue_is_gone_goes_to_the_pool(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("jumbo"));
	struct rte_mempool *mp = vdev_pool(2048);
	struct secondary secondary;
	struct batch batch = { 0 };
	unsigned int freed[2];
	struct rte_ring *ring;

	(void)state;
	vdev_start(port);
	receive_all(port, 0, &batch);
	secondary = start_secondary("plain");
	ring = hand_over(&batch);
	vdev_unplug(port);
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	assert_false(vdev_is_full(mp));
	ask(&secondary, 'f', freed, 2);
	assert_int_equal(freed[0], 200);
	assert_pool_full(mp);
	end_secondary(&secondary);
	rte_ring_free(ring);
}

static void
a_port_that_is_plugged_later_appears_in_the_secondary(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("imix"));
	struct secondary secondary = start_secondary("plain");
	uint16_t other;

	(void)state;
	other = vdev_plug("rx_pcap=%s", capture_of("vlan"));
	assert_int_equal(ask_one(&secondary, 'p'), 2);
	vdev_unplug(port);
	assert_int_equal(ask_one(&secondary, 'p'), 1);
	vdev_unplug(other);
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	end_secondary(&secondary);
}

static void
a_secondary_with_other_plugins_is_refused_with_a_reason(void **state)
{
	uint16_t port = vdev_plug("rx_pcap=%s", capture_of("imix"));
	struct secondary secondary;
	struct batch batch = { 0 };

	(void)state;
	vdev_start(port);
	secondary = start_secondary("disturbed");
	assert_int_equal(ask_one(&secondary, 'p'), 0);
	end_secondary(&secondary);
	if (strstr(log_of(&secondary), "load the same plugins in the same order") == NULL)
		fail_msg("no reason: %s", log_of(&secondary));
	/* and here all goes on */
	assert_int_equal(receive_all(port, 0, &batch), 200);
	batch_free(&batch);
}

/* Huge pages ----------------------------------------------------------------------------------- */

static void
skip_all(const char *why)
{
	print_error("skipped: %s\n", why);
	exit(77);
}

static unsigned long
read_number(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned long value = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%lu", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return;
	fputs(text, file);
	fclose(file);
}

static void
restore_pages(void)
{
	if (old_nr_hugepages[0] != '\0')
		write_text(NR_HUGEPAGES, old_nr_hugepages);
}

static void
reserve_pages(void)
{
	unsigned long old = read_number(NR_HUGEPAGES);
	char wanted[32];

	if (read_number(FREE_HUGEPAGES) >= PAGES_WANTED)
		return;
	snprintf(old_nr_hugepages, sizeof(old_nr_hugepages), "%lu", old);
	snprintf(wanted, sizeof(wanted), "%lu", old + PAGES_WANTED);
	atexit(restore_pages);
	write_text(NR_HUGEPAGES, wanted);
	if (read_number(FREE_HUGEPAGES) < PAGES_WANTED)
		skip_all("no 64 huge pages of 2 MB");
}

static void
mount_pages(void)
{
	const char *dir;

	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		skip_all("no right to mount");
	dir = capture_name("huge");
	if (mkdir(dir, 0700) != 0 || mount("hugetlbfs", dir, "hugetlbfs", 0, "pagesize=2M") != 0)
		skip_all("huge pages cannot be mounted");
	snprintf(huge_arg, sizeof(huge_arg), "--huge-dir=%s", dir);
}

/* With no port of this driver there. */
static void
measure_eal(void)
{
	unsigned int before = vdev_count().allocations;
	struct secondary secondary = start_secondary("plain");

	end_secondary(&secondary);
	left_by_eal = vdev_count().allocations - before;
}

static int
set_up_group(void **state)
{
	static char lcores[1024];
	char *argv[] = { "primary", lcores, prefix_arg, huge_arg, "--no-pci", "--no-telemetry",
		"-m96", BASE_ADDRESS };

	(void)state;
	if (!capture_dir_make(vdev.dir))
		return -1;
	reserve_pages();
	mount_pages();
	snprintf(prefix_arg, sizeof(prefix_arg), "--file-prefix=dualbuf-test-%d", getpid());
	snprintf(run_dir, sizeof(run_dir), "/var/run/dpdk/dualbuf-test-%d", getpid());
	vdev_describe_lcore(lcores, sizeof(lcores));
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		exit(99);
	vdev_warm_up();
	measure_eal();
	return 0;
}

static int
tear_down_group(void **state)
{
	(void)state;
	rte_eal_cleanup();
	capture_dir_remove(run_dir);
	umount(strchr(huge_arg, '=') + 1);
	return capture_dir_remove(vdev.dir) ? 0 : -1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vdev_test(a_secondary_sees_the_statistics_and_receives_nothing),
		vdev_test(what_the_primary_knew_at_a_reset_leaves_the_secondary_nothing_below_zero),
		vdev_test(what_a_secondary_frees_comes_home),
		vdev_test(what_a_secondary_frees_after_the_queue_is_gone_goes_to_the_pool),
		vdev_test(a_port_that_is_plugged_later_appears_in_the_secondary),
		vdev_test(a_secondary_with_other_plugins_is_refused_with_a_reason),
	};

	if (argc == 4)
		return be_secondary(argv[1], argv[2], argv[3]);
	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
