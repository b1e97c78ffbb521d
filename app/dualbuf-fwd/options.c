/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define MAX_DURATION 1e9

static const struct option names[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "copy", required_argument, NULL, 'c' },
	{ "threads", required_argument, NULL, 't' },
	{ "write", required_argument, NULL, 'w' },
	{ "duration", required_argument, NULL, 'd' },
	{ "count", required_argument, NULL, 'n' },
	{ "json", required_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void
options_help(const char *program)
{
	printf("Usage: %s [EAL arguments] -- [options]\n"
	       "\n"
	       "Forwards packets between ports 0 and 1, 2 and 3, ...; a port without a peer\n"
	       "echoes. MAC addresses are swapped.\n"
	       "\n"
	       "  --mode poll|interrupt   how packets are noticed (poll)\n"
	       "  --copy inline|deferred  who copies when no buffer is home; must be what the\n"
	       "                          ports were made with (what they were made with)\n"
	       "  --threads N             protocol threads, 1-%d (1)\n"
	       "  --write FILE            store every received packet as pcapng\n"
	       "  --duration S            end after so many seconds\n"
	       "  --count N               end after so many packets\n"
	       "  --json FILE             put the summary there, too\n"
	       "  --help                  this\n"
	       "\n"
	       "Example, with nothing but a capture file:\n"
	       "  %s --no-huge --vdev net_dualbuf0,rx_pcap=in.pcap,tx_pcap=out.pcap \\\n"
	       "      -- --threads 2 --count 1000\n",
			program, OPTIONS_MAX_THREADS, program);
}

__attribute__((format(printf, 1, 2))) static enum options_result
wrong(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("dualbuf-fwd: ", stderr);
	vfprintf(stderr, format, args);
	fputs("; see dualbuf-fwd -- --help\n", stderr);
	va_end(args);
	return OPTIONS_WRONG;
}

/* text is one of two words; -1 if it is neither. */
static int
choose(const char *text, const char *first, const char *second)
{
	if (strcmp(text, first) == 0)
		return 0;
	return strcmp(text, second) == 0 ? 1 : -1;
}

static bool
parse_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && text[0] >= '0' && text[0] <= '9' && *end == '\0' && *value > 0 &&
			*value <= max;
}

static bool
parse_seconds(const char *text, double *value)
{
	char *end;

	*value = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(*value) && *value > 0 &&
			*value <= MAX_DURATION;
}

static enum options_result
take_number(int name, const char *text, struct options *options)
{
	uint64_t value;

	if (name == 'n') {
		if (!parse_number(text, UINT64_MAX, &options->count))
			return wrong("--count %s: must be a number of packets, 1 or more", text);
	} else if (name == 'd') {
		if (!parse_seconds(text, &options->duration))
			return wrong("--duration %s: must be a number of seconds above 0", text);
	} else {
		if (!parse_number(text, OPTIONS_MAX_THREADS, &value))
			return wrong("--threads %s: must be 1-%d", text, OPTIONS_MAX_THREADS);
		options->threads = value;
	}
	return OPTIONS_OK;
}

static enum options_result
take_text(int name, const char *text, struct options *options)
{
	int choice;

	if (name == 'm') {
		choice = choose(text, "poll", "interrupt");
		if (choice < 0)
			return wrong("--mode %s: must be poll or interrupt", text);
		options->interrupt = choice == 1;
	} else if (name == 'c') {
		if (choose(text, "inline", "deferred") < 0)
			return wrong("--copy %s: must be inline or deferred", text);
		options->copy = text;
	} else if (text[0] == '\0') {
		return wrong("--%s: the name of a file is needed", name == 'w' ? "write" : "json");
	} else if (name == 'w') {
		options->write = text;
	} else {
		options->json = text;
	}
	return OPTIONS_OK;
}

static enum options_result
take(int name, char **argv, struct options *options)
{
	switch (name) {
	case 'h':
		options_help("dualbuf-fwd");
		return OPTIONS_HELP;
	case 'n':
	case 'd':
	case 't':
		return take_number(name, optarg, options);
	case ':':
		return wrong("%s: needs a value", argv[optind - 1]);
	case '?':
		return wrong("%s: no such option", argv[optind - 1]);
	default:
		return take_text(name, optarg, options);
	}
}

enum options_result
options_parse(int argc, char **argv, struct options *options)
{
	enum options_result result = OPTIONS_OK;
	int first, name;

	*options = (struct options){ .threads = 1 };
	for (first = 1; first < argc && strcmp(argv[first], "--") != 0; first++)
		;
	argc -= first;
	argv += first;
	optind = 0; /* start anew, with all of the state */
	while (result == OPTIONS_OK && (name = getopt_long(argc, argv, "+:", names, NULL)) != -1)
		result = take(name, argv, options);
	if (result == OPTIONS_OK && optind < argc)
		return wrong("%s: options begin with \"--\"", argv[optind]);
	return result;
}
