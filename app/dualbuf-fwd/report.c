/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "report.h"
#include "say.h"
#include "screen.h"
#include "totals.h"

#define TICK_S 1.0

static struct report {
	struct fwd *fwd;
	struct threads_member thread;
	bool terminal;
	bool quitting; /* a signal came, or time is up */
	uint32_t done; /* everything has ended */
	struct totals last; /* a tick ago: rates are the difference */
} report;

void
report_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
}

static double
rate(uint64_t now, uint64_t before, double seconds)
{
	return seconds > 0 ? (now - before) / seconds : 0;
}

static double
cpu_percent(const struct totals *now, const struct totals *before)
{
	double seconds = now->seconds - before->seconds;

	return seconds > 0 ? 100 * (now->cpu_seconds - before->cpu_seconds) / seconds : 0;
}

static void
print_drops(FILE *out, const struct totals *totals)
{
	unsigned int i;

	fprintf(out, "dropped %" PRIu64 " (", totals->dropped);
	for (i = 0; i < WORKER_DROPS; i++)
		fprintf(out, "%s %" PRIu64 ", ", worker_drop_names[i], totals->drops[i]);
	fprintf(out,
			"tx_error %" PRIu64 ")  not received: missed %" PRIu64 ", nombuf %" PRIu64
			", errors %" PRIu64 "\n",
			totals->tx_error, totals->missed, totals->nombuf, totals->rx_errors);
}

static void
print_copies(FILE *out, const struct fwd *fwd, const struct totals *totals)
{
	fprintf(out,
			"flips %" PRIu64 "  copies %" PRIu64 "  loans %" PRIu64
			" (packets settled %" PRIu64 ", passed on %" PRIu64 ")",
			totals->flips, totals->copies, totals->loans, totals->settled,
			totals->unsettled);
	if (fwd->options.write != NULL)
		fprintf(out, "  stored %" PRIu64 ", not stored %" PRIu64, totals->stored,
				totals->not_stored);
	fputc('\n', out);
}

static void
print_ports(FILE *out, const struct fwd *fwd, const struct totals *now, const struct totals *before)
{
	double seconds = now->seconds - before->seconds;
	const struct totals_port *port, *old;
	uint16_t i;

	fprintf(out, "\n%-10s %12s %12s %14s %14s %12s\n", "port", "rx/s", "tx/s", "rx", "tx",
			"missed");
	for (i = 0; i < fwd->nb_ports; i++) {
		port = &now->ports[i];
		old = &before->ports[i];
		fprintf(out,
				"%3u -> %-3u %12.0f %12.0f %14" PRIu64 " %14" PRIu64 " %12" PRIu64
				"\n",
				fwd->ports[i].id, fwd->ports[fwd->ports[i].peer].id,
				rate(port->rx, old->rx, seconds), rate(port->tx, old->tx, seconds),
				port->rx, port->tx, port->stats.missed);
	}
}

static void
print_queues(FILE *out, const struct fwd *fwd, const struct totals *totals)
{
	const struct port_queue_stats *stats;
	uint16_t i, queue;

	fprintf(out, "\n%-10s %12s %12s %14s %6s %6s %8s\n", "queue", "flips", "copies", "loans",
			"home", "out", "waiting");
	for (i = 0; i < fwd->nb_ports; i++) {
		for (queue = 0; queue < fwd->ports[i].nb_rx; queue++) {
			stats = &totals->ports[i].stats.queues[queue];
			fprintf(out,
					"%3u.%-6u %12" PRIu64 " %12" PRIu64 " %14" PRIu64
					" %6u %6u %8u\n",
					fwd->ports[i].id, queue, stats->flips, stats->copies,
					stats->loans, stats->home, stats->out, stats->waiting);
		}
	}
}

static void
print_table(FILE *out, const struct fwd *fwd, const struct totals *now, const struct totals *before)
{
	const struct options *options = &fwd->options;

	fprintf(out, "dualbuf-fwd  %s, copies %s, %u protocol thread%s  %.1f s, CPU %.1f %%\n",
			options->interrupt ? "interrupt" : "poll",
			fwd->handler.deferred ? "deferred" : "inline", options->threads,
			options->threads == 1 ? "" : "s", now->seconds, cpu_percent(now, before));
	print_ports(out, fwd, now, before);
	print_queues(out, fwd, now);
	fputc('\n', out);
	print_copies(out, fwd, now);
	print_drops(out, now);
}

/* The same for those who read a log: one line. */
static void
print_line(FILE *out, const struct fwd *fwd, const struct totals *now, const struct totals *before)
{
	double seconds = now->seconds - before->seconds;
	const struct port_queue_stats *stats;
	uint16_t i, queue;

	fprintf(out, "%.1f s  CPU %.1f %%  rx %" PRIu64 " (%.0f/s)  tx %" PRIu64 " (%.0f/s)  ",
			now->seconds, cpu_percent(now, before), now->rx,
			rate(now->rx, before->rx, seconds), now->tx,
			rate(now->tx, before->tx, seconds));
	for (i = 0; i < fwd->nb_ports; i++) {
		for (queue = 0; queue < fwd->ports[i].nb_rx; queue++) {
			stats = &now->ports[i].stats.queues[queue];
			fprintf(out, "%u.%u home %u out %u waiting %u  ", fwd->ports[i].id, queue,
					stats->home, stats->out, stats->waiting);
		}
	}
	print_copies(out, fwd, now);
}

/* All of one tick goes out in one piece. */
static void
show(void)
{
	struct totals now;
	char *text = NULL;
	size_t size;
	FILE *out;

	totals_read(report.fwd, &now);
	out = open_memstream(&text, &size);
	if (out == NULL)
		return;
	if (report.terminal) {
		print_table(out, report.fwd, &now, &report.last);
	} else {
		print_line(out, report.fwd, &now, &report.last);
		fseek(out, -1, SEEK_CUR); /* the line goes on */
		fputs("  ", out);
		print_drops(out, &now);
	}
	fclose(out);
	if (report.terminal) {
		screen_draw(text);
	} else {
		fputs(text, stdout);
		fflush(stdout);
	}
	free(text);
	report.last = now;
}

static void
quit(int signal)
{
	if (report.quitting && signal != 0) {
		say("ended by a second signal; the capture may be incomplete");
		_exit(1);
	}
	report.quitting = true;
	handler_quit(&report.fwd->handler);
}

static struct timespec
timespec_of(double seconds)
{
	if (seconds < 0)
		seconds = 0;
	return (struct timespec){
		.tv_sec = seconds,
		.tv_nsec = (seconds - (time_t)seconds) * 1e9,
	};
}

static void
watch(void *arg __rte_unused)
{
	double duration = report.fwd->options.duration;
	double tick = TICK_S, next;
	struct timespec timeout;
	struct totals now = { 0 };
	sigset_t signals;
	int signal;

	report_signals(&signals);
	while (__atomic_load_n(&report.done, __ATOMIC_ACQUIRE) == 0) {
		next = duration > 0 && duration < tick && !report.quitting ? duration : tick;
		timeout = timespec_of(next - now.seconds);
		signal = sigtimedwait(&signals, NULL, &timeout);
		if (__atomic_load_n(&report.done, __ATOMIC_ACQUIRE) != 0)
			break;
		totals_read(report.fwd, &now);
		if (signal > 0 || (duration > 0 && now.seconds >= duration && !report.quitting))
			quit(signal > 0 ? signal : 0);
		if (now.seconds >= tick) {
			show();
			tick = (uint64_t)now.seconds + TICK_S;
		}
	}
}

int
report_start(struct fwd *fwd)
{
	report.fwd = fwd;
	report.terminal = screen_is_terminal();
	totals_begin();
	return threads_start(&report.thread, "fwd-report", watch, NULL);
}

void
report_stop(void)
{
	if (!report.thread.running)
		return;
	__atomic_store_n(&report.done, 1, __ATOMIC_RELEASE);
	/* it waits for signals, so it takes one to wake it */
	pthread_kill(report.thread.id, SIGTERM);
	threads_join(&report.thread);
	screen_leave();
}

static void
put(FILE *json, const char *name, uint64_t value)
{
	fprintf(json, "  \"%s\": %" PRIu64 ",\n", name, value);
}

static void
put_ports(FILE *json, const struct fwd *fwd, const struct totals *totals)
{
	const struct port_queue_stats *stats;
	uint16_t i, queue;

	fputs("  \"ports\": [", json);
	for (i = 0; i < fwd->nb_ports; i++) {
		fprintf(json,
				"%s\n    {\"port\": %u, \"peer\": %u, \"rx\": %" PRIu64
				", \"tx\": %" PRIu64 ", \"missed\": %" PRIu64 ", \"queues\": [",
				i == 0 ? "" : ",", fwd->ports[i].id,
				fwd->ports[fwd->ports[i].peer].id, totals->ports[i].rx,
				totals->ports[i].tx, totals->ports[i].stats.missed);
		for (queue = 0; queue < fwd->ports[i].nb_rx; queue++) {
			stats = &totals->ports[i].stats.queues[queue];
			fprintf(json,
					"%s\n      {\"flips\": %" PRIu64 ", \"copies\": %" PRIu64
					", \"loans\": %" PRIu64
					", \"home\": %u, \"out\": %u, \"waiting\": %u}",
					queue == 0 ? "" : ",", stats->flips, stats->copies,
					stats->loans, stats->home, stats->out, stats->waiting);
		}
		fputs("]}", json);
	}
	fputs("\n  ]\n", json);
}

static void
put_json(FILE *json, const struct fwd *fwd, const struct totals *totals)
{
	unsigned int i;

	fprintf(json, "{\n  \"mode\": \"%s\",\n  \"copy\": \"%s\",\n  \"threads\": %u,\n",
			fwd->options.interrupt ? "interrupt" : "poll",
			fwd->handler.deferred ? "deferred" : "inline", fwd->options.threads);
	fprintf(json, "  \"seconds\": %.6f,\n  \"cpu_seconds\": %.6f,\n", totals->seconds,
			totals->cpu_seconds);
	put(json, "voluntary_switches", totals->voluntary_switches);
	put(json, "rx", totals->rx);
	put(json, "tx", totals->tx);
	put(json, "stored", totals->stored);
	put(json, "not_stored", totals->not_stored);
	put(json, "dropped", totals->dropped);
	for (i = 0; i < WORKER_DROPS; i++)
		put(json, worker_drop_names[i], totals->drops[i]);
	put(json, "tx_error", totals->tx_error);
	put(json, "missed", totals->missed);
	put(json, "nombuf", totals->nombuf);
	put(json, "rx_errors", totals->rx_errors);
	put(json, "flips", totals->flips);
	put(json, "copies", totals->copies);
	put(json, "loans", totals->loans);
	put(json, "settled", totals->settled);
	put(json, "unsettled", totals->unsettled);
	put_ports(json, fwd, totals);
	fputs("}\n", json);
}

void
report_summary(const struct fwd *fwd, FILE *json)
{
	static const struct totals nothing;
	struct totals totals;

	totals_read(fwd, &totals);
	print_table(stdout, fwd, &totals, &nothing);
	printf("rx %" PRIu64 "  tx %" PRIu64 "  CPU %.3f s in %.3f s\n", totals.rx, totals.tx,
			totals.cpu_seconds, totals.seconds);
	fflush(stdout);
	if (json != NULL)
		put_json(json, fwd, &totals);
}
