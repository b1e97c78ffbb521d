/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <sched.h>

#include <rte_lcore.h>

#include "threads.h"

static void
run_where_workers_run(void)
{
	rte_cpuset_t cpus, lcore_cpus;
	unsigned int lcore;

	CPU_ZERO(&cpus);
	RTE_LCORE_FOREACH_WORKER(lcore) {
		lcore_cpus = rte_lcore_cpuset(lcore);
		CPU_OR(&cpus, &cpus, &lcore_cpus);
	}
	if (CPU_COUNT(&cpus) == 0)
		cpus = rte_lcore_cpuset(rte_get_main_lcore());
	/* if it is refused we run elsewhere, and well enough */
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
}

static void *
threads_main(void *arg)
{
	struct threads_member *member = arg;
	bool registered;

	run_where_workers_run();
	/* refused when EAL shares its memory with other processes; then mempools work uncached */
	registered = rte_thread_register() == 0;
	member->run(member->arg);
	if (registered)
		rte_thread_unregister();
	return NULL;
}

int
threads_start(struct threads_member *member, const char *name, void (*run)(void *arg), void *arg)
{
	int ret;

	member->run = run;
	member->arg = arg;
	ret = pthread_create(&member->id, NULL, threads_main, member);
	member->running = ret == 0;
	if (ret == 0)
		pthread_setname_np(member->id, name);
	return -ret;
}

void
threads_join(struct threads_member *member)
{
	if (member->running)
		pthread_join(member->id, NULL);
	member->running = false;
}
