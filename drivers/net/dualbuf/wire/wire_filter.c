/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/filter.h>
#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_filter.h"
#include "wire_frame.h"

/* Looks at the inner source without a frame that passes, after which there is none now. */
#define MAX_LOOKS 32

struct wire_filter {
	struct wire_source source;
	struct wire_source *inner;
	struct bpf_program program; /* without instructions: all pass */
	uint32_t snaplen;
	bool gave_up; /* there may be more at once */
	bool passed; /* a frame of this round has */
};

static struct wire_filter *
filter_of(struct wire_source *source)
{
	return container_of(source, struct wire_filter, source);
}

static const struct wire_filter *
const_filter_of(const struct wire_source *source)
{
	return container_of(source, const struct wire_filter, source);
}

/* Programs ----------------------------------------------------------------------------------------- */

static int
program_compile(pcap_t *pcap, const char *filter, struct bpf_program *program)
{
	if (pcap_compile(pcap, program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0)
		return 0;
	DUALBUF_LOG(ERR, "filter \"%s\": %s; an expression as of pcap-filter(7) is required",
			filter, pcap_geterr(pcap));
	return -EINVAL;
}

static int
program_for_captures(const char *filter, struct bpf_program *program)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, WIRE_MAX_FRAME);
	int ret;

	if (pcap == NULL) {
		DUALBUF_LOG(ERR, "filter \"%s\": out of memory", filter);
		return -ENOMEM;
	}
	ret = program_compile(pcap, filter, program);
	pcap_close(pcap);
	return ret;
}

/* With the interface open, libpcap knows where the kernel has a frame's tag. */
static int
program_for_iface(const char *iface, const char *filter, struct bpf_program *program)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_create(iface, reason);
	int ret;

	if (pcap == NULL) {
		DUALBUF_LOG(ERR, "interface %s: %s", iface, reason);
		return -ENOMEM;
	}
	ret = pcap_set_snaplen(pcap, WIRE_MAX_FRAME);
	if (ret == 0)
		ret = pcap_activate(pcap);
	if (ret < 0) {
		DUALBUF_LOG(ERR, "interface %s: %s", iface, pcap_statustostr(ret));
		ret = -EIO;
	} else {
		ret = program_compile(pcap, filter, program);
	}
	pcap_close(pcap);
	return ret;
}

int
wire_filter_attach(int fd, const char *iface, const char *filter)
{
	struct bpf_program program;
	struct sock_fprog attached;
	int ret = program_for_iface(iface, filter, &program);

	if (ret != 0)
		return ret;
	/* the kernel's instructions are those of libpcap */
	attached.len = program.bf_len;
	attached.filter = (struct sock_filter *)program.bf_insns;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof(attached)) != 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "interface %s: the kernel does not take filter \"%s\": %s", iface,
				filter, strerror(errno));
	}
	pcap_freecode(&program);
	return ret;
}

/* Captures ----------------------------------------------------------------------------------------- */

/* Frames of the inner source are taken at once, and stay until it is looked at again. */
static uint32_t
filter_pass(struct wire_filter *filter, const struct wire_frame *frames, uint32_t nb)
{
	struct wire_frame *passed = filter->source.frames;
	bool all_pass = filter->program.bf_insns == NULL;
	struct pcap_pkthdr header = { 0 };
	uint32_t i, n = 0;

	for (i = 0; i < nb; i++) {
		header.caplen = frames[i].len;
		header.len = frames[i].original;
		if (!all_pass &&
				pcap_offline_filter(&filter->program, &header, frames[i].data) == 0)
			continue;
		passed[n] = frames[i];
		passed[n].len = RTE_MIN(passed[n].len, filter->snaplen);
		n++;
	}
	return n;
}

/* The inner source has begun a round. Returns whether there is any use in it. */
static bool
filter_begin_round(struct wire_filter *filter)
{
	bool of_use = filter->passed;

	if (!of_use)
		DUALBUF_LOG(ERR,
				"capture file %s: no packet passes the filter; infinite_rx=1 and "
				"loop=<N> require one",
				filter->source.name);
	filter->source.round = filter->inner->round;
	filter->passed = false;
	return of_use;
}

static void
filter_fill(struct wire_source *source)
{
	struct wire_filter *filter = filter_of(source);
	struct wire_source *inner = filter->inner;
	const struct wire_frame *frames;
	uint32_t looks, shown;

	filter->gave_up = false;
	for (looks = 0; looks < MAX_LOOKS; looks++) {
		frames = wire_source_peek(inner);
		source->ended = inner->ended && frames == NULL;
		if (frames == NULL)
			return;
		if (unlikely(inner->round != source->round) && !filter_begin_round(filter)) {
			source->ended = true;
			return;
		}
		shown = wire_source_shown(inner);
		source->nb = filter_pass(filter, frames, shown);
		wire_source_take(inner, shown);
		if (likely(source->nb > 0)) {
			filter->passed = true;
			return;
		}
	}
	filter->gave_up = true;
}

static uint64_t
filter_dropped(struct wire_source *source)
{
	return wire_source_dropped(filter_of(source)->inner);
}

static uint64_t
filter_dropped_here(const struct wire_source *source)
{
	return wire_source_dropped_here(const_filter_of(source)->inner);
}

static uint64_t
filter_foreign(const struct wire_source *source)
{
	return wire_source_foreign(const_filter_of(source)->inner);
}

static int
filter_fd(const struct wire_source *source)
{
	return wire_source_fd(const_filter_of(source)->inner);
}

static uint64_t
filter_wait(const struct wire_source *source)
{
	const struct wire_filter *filter = const_filter_of(source);

	return filter->gave_up ? 0 : wire_source_wait(filter->inner);
}

/* What is live drops what is shown, here and there: all of it passed. */
static void
filter_resume(struct wire_source *source)
{
	struct wire_source *inner = filter_of(source)->inner;

	if (source->live) {
		inner->next -= wire_source_shown(source);
		source->next = source->nb;
	}
	wire_source_resume(inner);
}

static void
filter_close(struct wire_source *source)
{
	struct wire_filter *filter = filter_of(source);

	pcap_freecode(&filter->program);
	wire_source_close(filter->inner);
	free(filter);
}

static const struct wire_source_ops filter_ops = {
	.fill = filter_fill,
	.dropped = filter_dropped,
	.dropped_here = filter_dropped_here,
	.foreign = filter_foreign,
	.fd = filter_fd,
	.wait = filter_wait,
	.resume = filter_resume,
	.close = filter_close,
};

int
wire_filter_open(struct wire_source *inner, const struct wire_choices *choices,
		struct wire_source **source)
{
	struct wire_filter *filter = calloc(1, sizeof(*filter));
	int ret = 0;

	*source = NULL;
	if (filter == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", inner->name);
		wire_source_close(inner);
		return -ENOMEM;
	}
	filter->source.ops = &filter_ops;
	filter->source.name = inner->name;
	filter->source.live = inner->live;
	filter->source.is_stream = inner->is_stream;
	filter->inner = inner;
	filter->snaplen = choices->snaplen == 0 ? UINT32_MAX : choices->snaplen;
	/* the kernel filters for what is live */
	if (choices->filter[0] != '\0' && !inner->live)
		ret = program_for_captures(choices->filter, &filter->program);
	if (ret != 0) {
		filter_close(&filter->source);
		return ret;
	}
	*source = &filter->source;
	return 0;
}
