/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bitops.h>
#include <rte_common.h>

#include "options.h"

struct options options = {
	.dir = ".",
	.nb_desc = 512,
	.nb_bufs = 2,
	.burst = 32,
};

static const char *const row_names[] = { "ring-rx", "ring-free", "ring-fastfree", "ring-drift",
	"pipe-rx", "pipe", "pipe-fast", "pipe-look", "sizes", "queues", "copy", "stall", "memory",
	"pcap-rx", "pcapng-rx", "pcap-fwd", "pcapng-fwd", "stream-rx", "gz-rx", "replay", "live",
	"pace" };

enum option_key {
	KEY_ROWS = 256,
	KEY_DIR,
	KEY_SAMPLES,
	KEY_ROUNDS,
	KEY_DESC,
	KEY_BUFS,
	KEY_BURST,
	KEY_SIMD,
	KEY_CPUS,
	KEY_QUICK,
	KEY_SMOKE,
	KEY_JSON,
	KEY_NO_HUGE,
	KEY_HELP,
};

static const struct option keys[] = {
	{ "rows", required_argument, NULL, KEY_ROWS },
	{ "dir", required_argument, NULL, KEY_DIR },
	{ "samples", required_argument, NULL, KEY_SAMPLES },
	{ "rounds", required_argument, NULL, KEY_ROUNDS },
	{ "desc", required_argument, NULL, KEY_DESC },
	{ "bufs", required_argument, NULL, KEY_BUFS },
	{ "burst", required_argument, NULL, KEY_BURST },
	{ "simd", required_argument, NULL, KEY_SIMD },
	{ "cpus", required_argument, NULL, KEY_CPUS },
	{ "quick", no_argument, NULL, KEY_QUICK },
	{ "smoke", no_argument, NULL, KEY_SMOKE },
	{ "json", no_argument, NULL, KEY_JSON },
	{ "no-huge", no_argument, NULL, KEY_NO_HUGE },
	{ "help", no_argument, NULL, KEY_HELP },
	{ 0 },
};

static void
options_usage(void)
{
	unsigned int i;

	printf("usage: dualbuf-bench [OPTION...]\n"
	       "\n"
	       "Measures the receive path of net_dualbuf against conventional ones, in one process.\n"
	       "devtools/bench.sh sets up what it needs: 2 MB huge pages above all.\n"
	       "\n"
	       "  --rows A,B,...  only these rows:");
	for (i = 0; i < RTE_DIM(row_names); i++)
		printf("%s%s", i % 5 == 0 ? "\n                  " : " ", row_names[i]);
	printf("\n"
	       "  --quick         fewer repetitions\n"
	       "  --smoke         next to none: everything once, to show that it works\n"
	       "  --json          a line of JSON for each result\n"
	       "  --samples N     measurements of each contender, which take turns\n"
	       "  --rounds N      fillings of the ring in one measurement\n"
	       "  --desc N        descriptors of a ring (512), a power of 2\n"
	       "  --bufs N        buffers by descriptor (2)\n"
	       "  --burst N       packets that are asked for at once (32)\n"
	       "  --simd BITS     64, 128, 256 or 512: the widest vectors to be used, ours and b2's\n"
	       "                  (EAL's default is 256)\n"
	       "  --cpus A,B      CPUs of the two cores\n"
	       "  --dir DIR       where captures are made (.)\n"
	       "  --no-huge       no huge pages: shows that it works, the figures lie\n");
}

static void
options_default_cpus(void)
{
	unsigned int cpu, nb = 0;
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus) != 0)
		return;
	for (cpu = 0; cpu < CPU_SETSIZE && nb < RTE_DIM(options.cpus); cpu++)
		if (CPU_ISSET(cpu, &cpus))
			options.cpus[nb++] = cpu;
	if (nb == 1)
		options.cpus[1] = options.cpus[0];
}

static bool
options_number(const char *text, unsigned int *number)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*number = (unsigned int)value;
	return end != text && *end == '\0' && value > 0 && value <= 1u << 20;
}

static bool
options_take(int key, const char *value)
{
	switch (key) {
	case KEY_ROWS:
		options.rows = value;
		return true;
	case KEY_DIR:
		options.dir = value;
		return true;
	case KEY_SAMPLES:
		return options_number(value, &options.nb_samples);
	case KEY_ROUNDS:
		return options_number(value, &options.nb_rounds);
	case KEY_DESC:
		return options_number(value, &options.nb_desc);
	case KEY_BUFS:
		return options_number(value, &options.nb_bufs);
	case KEY_BURST:
		return options_number(value, &options.burst);
	case KEY_SIMD:
		return options_number(value, &options.simd);
	case KEY_CPUS:
		return sscanf(value, "%u,%u", &options.cpus[0], &options.cpus[1]) == 2;
	case KEY_QUICK:
		return options.quick = true;
	case KEY_SMOKE:
		return options.quick = options.smoke = true;
	case KEY_JSON:
		return options.json = true;
	case KEY_NO_HUGE:
		return options.no_huge = true;
	default:
		return false;
	}
}

static void
options_complete(void)
{
	if (options.smoke)
		options.nb_samples = options.nb_rounds = 2;
	if (options.nb_samples == 0)
		options.nb_samples = options.quick ? 21 : 101;
	if (options.nb_rounds == 0)
		options.nb_rounds = options.quick ? 50 : 200;
}

static bool
options_are_valid(void)
{
	return rte_is_power_of_2(options.nb_desc) && options.nb_desc >= 128 &&
			options.nb_desc <= 4096 && options.nb_bufs >= 2 && options.nb_bufs <= 8 &&
			options.burst <= options.nb_desc && options.nb_samples <= 1000;
}

static bool
options_row_is_known(const char *name, size_t len)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(row_names); i++)
		if (strlen(row_names[i]) == len && memcmp(row_names[i], name, len) == 0)
			return true;
	fprintf(stderr, "dualbuf-bench: row '%.*s' is unknown, see --help\n", (int)len, name);
	return false;
}

/* A row with a typing error in its name would be measured without a word: not at all. */
static bool
options_rows_are_known(void)
{
	const char *at = options.rows;
	size_t len;

	if (at == NULL)
		return true;
	for (;; at += len + 1) {
		len = strcspn(at, ",");
		if (!options_row_is_known(at, len))
			return false;
		if (at[len] == '\0')
			return true;
	}
}

bool
options_parse(int argc, char **argv, int *exit_code)
{
	int key;

	*exit_code = EXIT_FAILURE;
	options_default_cpus();
	while ((key = getopt_long(argc, argv, "", keys, NULL)) != -1) {
		if (key == KEY_HELP) {
			options_usage();
			*exit_code = EXIT_SUCCESS;
			return false;
		}
		if (!options_take(key, optarg)) {
			fprintf(stderr, "dualbuf-bench: see --help\n");
			return false;
		}
	}
	options_complete();
	if (optind < argc || !options_are_valid()) {
		fprintf(stderr, "dualbuf-bench: a number is out of range, see --help\n");
		return false;
	}
	return options_rows_are_known();
}

bool
options_wants(const char *row)
{
	size_t len = strlen(row);
	const char *at = options.rows;

	if (at == NULL)
		return true;
	while ((at = strstr(at, row)) != NULL) {
		if ((at == options.rows || at[-1] == ',') && (at[len] == ',' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}
