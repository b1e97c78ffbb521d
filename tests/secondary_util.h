/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _SECONDARY_UTIL_H_
#define _SECONDARY_UTIL_H_

/*
 * A primary and a secondary process. A test's program is both: with arguments it is the secondary,
 * which obeys one-letter commands on its standard input and answers each with a line of numbers.
 * Processes share memory through huge pages, so there have to be some; they are mounted in a mount
 * namespace of this process's own. Include after packet_util.h.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <rte_errno.h>
#include <rte_mempool.h>
#include <rte_ring.h>

#include "ops_util.h"
#include "secondary_info_util.h"

#define NR_HUGEPAGES "/proc/sys/vm/nr_hugepages"
#define FREE_HUGEPAGES "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
#define PAGES_WANTED 64
#define RING_NAME "handed_over"

/* The address space is crowded under ASan; both processes have to find the same place free. */
#define BASE_ADDRESS "--base-virtaddr=0x200000000000"

/* The secondary -------------------------------------------------------------------------------- */

/*
 * As plugins would that only this process has loaded, which EAL has not come to: with one of them all ops
 * behind it get other indexes, and with many there is no place for any.
 */
static inline void
disturb_mempool_ops(const char *how)
{
	if (strcmp(how, "disturbed") == 0)
		ops_take_place();
	if (strcmp(how, "crowded") == 0)
		ops_fill_table();
}

/* Look at, and free, every mbuf that the primary handed over. */
static inline void
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

static inline void
answer_statistics(void)
{
	uint16_t port = rte_eth_find_next(0);
	struct rte_eth_stats stats = { 0 };

	rte_eth_stats_get(port, &stats);
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", stats.ipackets,
			vdev_xstat(port, 0, "flips"), vdev_xstat(port, 0, "bound"),
			vdev_xstat(port, 0, "home"));
}

static inline void
answer_sent(void)
{
	struct rte_eth_stats stats = { 0 };

	rte_eth_stats_get(rte_eth_find_next(0), &stats);
	printf("%" PRIu64 " %" PRIu64 "\n", stats.opackets, stats.oerrors);
}

static inline bool
knows_our_operations(void)
{
	unsigned int i;

	for (i = 0; i < rte_mempool_ops_table.num_ops; i++)
		if (strcmp(rte_mempool_ops_table.ops[i].name, "dualbuf") == 0)
			return true;
	return false;
}

/* Send on a queue what is received on the queue of that number, up to so many packets or until none comes. */
static inline void
answer_echo(void)
{
	uint16_t port = rte_eth_find_next(0), queue, nb;
	unsigned int max, received = 0, sent = 0, idle = 0;
	struct rte_mbuf *m[32];

	if (scanf("%hu %u", &queue, &max) != 2)
		return;
	while (received < max && idle < 256) {
		nb = rte_eth_rx_burst(port, queue, m, RTE_MIN(max - received, RTE_DIM(m)));
		idle = nb == 0 ? idle + 1 : 0;
		received += nb;
		sent += nb == 0 ? 0 : rte_eth_tx_burst(port, queue, m, nb);
	}
	printf("%u %u\n", received, sent);
}

/* Send what the primary has handed over. */
static inline void
answer_send(void)
{
	struct rte_ring *ring = rte_ring_lookup(RING_NAME);
	struct rte_mbuf *m[32];
	unsigned int nb, sent = 0;
	uint16_t queue;

	if (scanf("%hu", &queue) != 1)
		return;
	while ((nb = rte_ring_dequeue_burst(ring, (void **)m, RTE_DIM(m), NULL)) > 0)
		sent += rte_eth_tx_burst(rte_eth_find_next(0), queue, m, nb);
	printf("%u\n", sent);
}

/* One burst of each direction, and why there was none. */
static inline void
answer_try(void)
{
	uint16_t port = rte_eth_find_next(0), queue;
	struct rte_mbuf *m = NULL;
	unsigned int nb;

	if (scanf("%hu", &queue) != 1)
		return;
	rte_errno = 0;
	nb = rte_eth_rx_burst(port, queue, &m, 1);
	printf("%u %d", nb, rte_errno);
	rte_errno = 0;
	nb = rte_eth_tx_burst(port, queue, &m, nb);
	printf(" %u %d\n", nb, rte_errno);
}

/* From here on files end where that many bytes are. */
static inline void
answer_limit(void)
{
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };

	signal(SIGXFSZ, SIG_IGN);
	if (scanf("%lu", &limit.rlim_cur) == 1)
		printf("%d\n", setrlimit(RLIMIT_FSIZE, &limit));
}

/* Free a mempool of the primary's. */
static inline void
answer_free_pool(void)
{
	char name[RTE_MEMPOOL_NAMESIZE];

	if (scanf("%25s", name) != 1)
		return;
	rte_mempool_free(rte_mempool_lookup(name));
	printf("%d\n", rte_mempool_lookup(name) == NULL);
}

static inline void
answer(int command)
{
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
	case 'c':
		printf("%d\n", rte_eth_dev_close(rte_eth_find_next(0)));
		break;
	case 'k':
		printf("%d\n", -rte_eth_dev_set_link_down(rte_eth_find_next(0)));
		break;
	case 'd':
		printf("%d\n", knows_our_operations());
		break;
	case 'D':
		printf("%u\n", vdev_count_entries("/proc/self/fd"));
		break;
	case 'E':
		answer_echo();
		break;
	case 'S':
		answer_send();
		break;
	case 'T':
		answer_try();
		break;
	case 'L':
		answer_limit();
		break;
	case 'I':
		answer_information();
		break;
	case 'X':
		answer_free_pool();
		break;
	}
	fflush(stdout);
}

static inline int
be_secondary(const char *how, char *prefix, char *huge_dir)
{
	char *argv[] = { "secondary", prefix, huge_dir, "--proc-type=secondary", "--no-pci",
		"--no-telemetry", BASE_ADDRESS };
	int command;

	disturb_mempool_ops(how);
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		return 1;
	if (strcmp(how, "full") == 0)
		ops_fill_table();
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

/* Memory that EAL itself leaves in the shared heap for each secondary that comes and goes. */
static unsigned int left_by_eal, left_by_killed;

struct secondary {
	pid_t pid;
	FILE *to;
	FILE *from;
	char *log; /* path */
};

static inline void
become_secondary(const char *how, int in, int out, const char *log)
{
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
	execl("/proc/self/exe", "secondary", how, prefix_arg, huge_arg, NULL);
	_exit(127);
}

static inline struct secondary
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

static inline void
ask_text(struct secondary *secondary, const char *command, unsigned int *answers, unsigned int nb)
{
	char line[256], *at = line;
	unsigned int i;

	fputs(command, secondary->to);
	fflush(secondary->to);
	if (fgets(line, sizeof(line), secondary->from) == NULL)
		fail_msg("the secondary has ended; see %s", secondary->log);
	for (i = 0; i < nb; i++)
		answers[i] = strtoul(at, &at, 10);
}

static inline void
ask(struct secondary *secondary, char command, unsigned int *answers, unsigned int nb)
{
	ask_text(secondary, (char[]){ command, '\0' }, answers, nb);
}

static inline unsigned int
ask_one(struct secondary *secondary, char command)
{
	unsigned int value;

	ask(secondary, command, &value, 1);
	return value;
}

/* The secondary's standard error. */
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

static inline void
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

/* kill -9, at a time when it waits for a command. */
static inline void
kill_secondary(struct secondary *secondary)
{
	int status;

	assert_int_equal(kill(secondary->pid, SIGKILL), 0);
	fclose(secondary->to);
	fclose(secondary->from);
	assert_int_equal(waitpid(secondary->pid, &status, 0), secondary->pid);
	/* else EAL's next message to all fails now and then */
	assert_int_equal(system(vdev_text("rm -f %s/mp_socket_%d_*", run_dir, secondary->pid)), 0);
	vdev.before.allocations += left_by_killed;
}

static inline struct rte_ring *
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

/* Huge pages ----------------------------------------------------------------------------------- */

static inline void
skip_all(const char *why)
{
	print_error("skipped: %s\n", why);
	exit(77);
}

static inline unsigned long
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

static inline void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return;
	fputs(text, file);
	fclose(file);
}

static inline void
restore_pages(void)
{
	if (old_nr_hugepages[0] != '\0')
		write_text(NR_HUGEPAGES, old_nr_hugepages);
}

static inline void
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

static inline void
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
static inline void
measure_eal(void)
{
	unsigned int before = vdev_count().allocations;
	struct secondary secondary = start_secondary("plain");

	end_secondary(&secondary);
	left_by_eal = vdev_count().allocations - before;
	before = vdev_count().allocations;
	secondary = start_secondary("plain");
	kill_secondary(&secondary);
	left_by_killed = vdev_count().allocations - before;
}

/* prepare: called between EAL's start and the first port; or NULL. */
static inline int
secondary_set_up_group(void (*prepare)(void))
{
	static char lcores[1024];
	char *argv[] = { "primary", lcores, prefix_arg, huge_arg, "--no-pci", "--no-telemetry",
		"-m96", BASE_ADDRESS };

	if (!capture_dir_make(vdev.dir))
		return -1;
	reserve_pages();
	mount_pages();
	snprintf(prefix_arg, sizeof(prefix_arg), "--file-prefix=dualbuf-test-%d", getpid());
	snprintf(run_dir, sizeof(run_dir), "/var/run/dpdk/dualbuf-test-%d", getpid());
	vdev_describe_lcore(lcores, sizeof(lcores));
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		exit(99);
	if (prepare != NULL)
		prepare();
	vdev_warm_up();
	measure_eal();
	return 0;
}

static inline int
tear_down_group(void **state)
{
	(void)state;
	rte_eal_cleanup();
	capture_dir_remove(run_dir);
	umount(strchr(huge_arg, '=') + 1);
	return capture_dir_remove(vdev.dir) ? 0 : -1;
}

#endif /* _SECONDARY_UTIL_H_ */
