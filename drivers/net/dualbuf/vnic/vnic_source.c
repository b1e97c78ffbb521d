/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>

#include "dualbuf_logs.h"
#include "vnic_source.h"

#define NS_PER_S 1000000000ULL
#define FILE_BUFFER (256 * 1024)

/*
 * What libpcap is asked for. Where offloads are on, a frame may have 64 KiB and libpcap takes a
 * block of 128 KiB for it: then these are 255 frames, and twice the memory.
 */
#define RECEIVE_BUFFER (16 * 1024 * 1024)
/* A handle that only sends receives nothing, but libpcap maps a buffer of at least one page. */
#define SEND_BUFFER (64 * 1024)

struct vnic_source {
	pcap_t *pcap;
	struct vnic_frame frame;
	uint32_t subsec_ns; /* what libpcap counts in tv_usec */
	bool have; /* frame was read and not taken */
	bool ended; /* nothing will come any more */
	bool live;
	bool infinite;
	bool damaged; /* the file; this was logged */
	uint64_t nb_read; /* whole records, since the file's start */
	int fd; /* the file; libpcap reads from a duplicate */
	char *buffer; /* of the stream that libpcap reads */
	pthread_mutex_t stats_lock;
	uint32_t last_drops; /* as libpcap counts */
	uint64_t drops;
	char name[]; /* path or interface name */
};

static int
check_link_type(const char *what, const char *name, pcap_t *pcap)
{
	int type = pcap_datalink(pcap);
	const char *type_name = pcap_datalink_val_to_name(type);

	if (type == DLT_EN10MB)
		return 0;
	DUALBUF_LOG(ERR, "%s %s: has link type %s (%d); Ethernet (EN10MB) is required", what, name,
			type_name == NULL ? "unknown" : type_name, type);
	return -EINVAL;
}

/* From the file's first record. libpcap cannot go back, so it opens the capture anew. */
static int
file_start(struct vnic_source *source)
{
	char reason[PCAP_ERRBUF_SIZE];
	FILE *stream;
	int fd;

	if (source->pcap != NULL)
		pcap_close(source->pcap);
	source->pcap = NULL;
	source->nb_read = 0;
	fd = fcntl(source->fd, F_DUPFD_CLOEXEC, 0);
	stream = fd < 0 ? NULL : fdopen(fd, "r");
	if (stream == NULL || fseeko(stream, 0, SEEK_SET) != 0) {
		DUALBUF_LOG(ERR, "capture file %s: %s", source->name, strerror(errno));
		if (stream != NULL)
			fclose(stream);
		else if (fd >= 0)
			close(fd);
		return -EIO;
	}
	setvbuf(stream, source->buffer, _IOFBF, FILE_BUFFER);
	source->pcap = pcap_fopen_offline_with_tstamp_precision(
			stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (source->pcap == NULL) {
		DUALBUF_LOG(ERR, "capture file %s: %s; a pcap or pcapng capture is required",
				source->name, reason);
		fclose(stream);
		return -EINVAL;
	}
	return check_link_type("capture file", source->name, source->pcap);
}

/*
 * After pcap_next_ex() gave no record: is there more to read?
 * False at the end, at damage, and when an infinite file cannot start again.
 */
static bool
file_more(struct vnic_source *source, int ret)
{
	bool damaged = ret != PCAP_ERROR_BREAK;

	if (damaged && !source->damaged) {
		DUALBUF_LOG(ERR,
				"capture file %s: record %" PRIu64 " is damaged: %s; the %" PRIu64
				" before it are delivered",
				source->name, source->nb_read + 1, pcap_geterr(source->pcap),
				source->nb_read);
		source->damaged = true;
	} else if (source->infinite && source->nb_read == 0) {
		DUALBUF_LOG(ERR, "capture file %s: has no packets; infinite_rx=1 requires one",
				source->name);
	}
	if (source->infinite && source->nb_read > 0 && file_start(source) == 0)
		return true;
	source->ended = true;
	return false;
}

static void
live_idle(struct vnic_source *source, int ret)
{
	if (ret == 0)
		return;
	DUALBUF_LOG(ERR, "interface %s: %s; it receives nothing any more", source->name,
			pcap_geterr(source->pcap));
	source->ended = true;
}

static bool
read_frame(struct vnic_source *source)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	int ret;

	do {
		ret = pcap_next_ex(source->pcap, &header, &data);
		if (likely(ret == 1)) {
			source->frame.data = data;
			source->frame.len = header->caplen;
			source->frame.stamp = (uint64_t)header->ts.tv_sec * NS_PER_S +
					(uint64_t)header->ts.tv_usec * source->subsec_ns;
			source->nb_read++;
			return true;
		}
		if (source->live) {
			live_idle(source, ret);
			return false;
		}
	} while (file_more(source, ret));
	return false;
}

static int
file_check(const struct vnic_source *source)
{
	struct stat st;

	if (fstat(source->fd, &st) != 0) {
		DUALBUF_LOG(ERR, "capture file %s: %s", source->name, strerror(errno));
		return -EIO;
	}
	if (!S_ISREG(st.st_mode)) {
		DUALBUF_LOG(ERR, "capture file %s: is %s; a regular file is required", source->name,
				S_ISDIR(st.st_mode) ? "a directory" : "a pipe or device");
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	}
	return 0;
}

static int
file_open(struct vnic_source *source)
{
	int ret;

	/* a pipe without a writer must not hold up the probe */
	source->fd = open(source->name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (source->fd < 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "capture file %s: %s", source->name, strerror(errno));
		return ret;
	}
	ret = file_check(source);
	if (ret != 0)
		return ret;
	/* for the sinks that would empty it; to read what one of them writes is harmless */
	(void)flock(source->fd, LOCK_SH | LOCK_NB);
	source->buffer = malloc(FILE_BUFFER);
	if (source->buffer == NULL) {
		DUALBUF_LOG(ERR, "capture file %s: out of memory", source->name);
		return -ENOMEM;
	}
	ret = file_start(source);
	if (ret != 0 || !source->infinite)
		return ret;
	source->have = read_frame(source);
	return source->have ? 0 : -EINVAL;
}

static int
iface_failed(const char *name, pcap_t *pcap, int ret)
{
	switch (ret) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		DUALBUF_LOG(ERR, "interface %s: no such interface", name);
		return -ENODEV;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		DUALBUF_LOG(ERR, "interface %s: no permission; needs CAP_NET_RAW", name);
		return -EPERM;
	case PCAP_ERROR_IFACE_NOT_UP:
		DUALBUF_LOG(ERR, "interface %s: is down; must be up", name);
		return -ENETDOWN;
	case PCAP_ERROR:
		DUALBUF_LOG(ERR, "interface %s: %s", name, pcap_geterr(pcap));
		return -EIO;
	default:
		DUALBUF_LOG(ERR, "interface %s: %s", name, pcap_statustostr(ret));
		return -EIO;
	}
}

static int
iface_set_up(const char *name, bool to_receive, pcap_t *pcap)
{
	struct bpf_insn reject_all = BPF_STMT(BPF_RET | BPF_K, 0);
	struct bpf_program filter = { .bf_len = 1, .bf_insns = &reject_all };
	char reason[PCAP_ERRBUF_SIZE];
	int ret;

	pcap_set_snaplen(pcap, to_receive ? VNIC_MAX_FRAME : 1);
	pcap_set_buffer_size(pcap, to_receive ? RECEIVE_BUFFER : SEND_BUFFER);
	pcap_set_promisc(pcap, to_receive);
	pcap_set_immediate_mode(pcap, 1);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	ret = pcap_activate(pcap);
	if (ret < 0)
		return iface_failed(name, pcap, ret);
	if (ret > 0)
		DUALBUF_LOG(WARNING, "interface %s: %s", name, pcap_statustostr(ret));
	ret = check_link_type("interface", name, pcap);
	if (ret != 0)
		return ret;
	if (pcap_setnonblock(pcap, 1, reason) != 0) {
		DUALBUF_LOG(ERR, "interface %s: %s", name, reason);
		return -EIO;
	}
	if (!to_receive && pcap_setfilter(pcap, &filter) != 0)
		return iface_failed(name, pcap, PCAP_ERROR);
	return 0;
}

int
vnic_iface_open(const char *name, bool to_receive, pcap_t **pcap)
{
	char reason[PCAP_ERRBUF_SIZE];
	int ret;

	*pcap = pcap_create(name, reason);
	if (*pcap == NULL) {
		DUALBUF_LOG(ERR, "interface %s: %s", name, reason);
		return -EIO;
	}
	ret = iface_set_up(name, to_receive, *pcap);
	if (ret != 0) {
		pcap_close(*pcap);
		*pcap = NULL;
	}
	return ret;
}

static int
live_open(struct vnic_source *source, bool received_only)
{
	int ret;

	source->live = true;
	ret = vnic_iface_open(source->name, true, &source->pcap);
	if (ret != 0)
		return ret;
	if (received_only && pcap_setdirection(source->pcap, PCAP_D_IN) != 0)
		return iface_failed(source->name, source->pcap, PCAP_ERROR);
	if (pcap_get_tstamp_precision(source->pcap) != PCAP_TSTAMP_PRECISION_NANO)
		source->subsec_ns = 1000;
	return 0;
}

int
vnic_source_open(const struct vnic_end *end, bool infinite, struct vnic_source **out)
{
	size_t name_size = strlen(end->name) + 1;
	struct vnic_source *source;
	int ret;

	*out = NULL;
	source = calloc(1, sizeof(*source) + name_size);
	if (source == NULL) {
		DUALBUF_LOG(ERR, "%s: out of memory", end->name);
		return -ENOMEM;
	}
	memcpy(source->name, end->name, name_size);
	source->fd = -1;
	source->subsec_ns = 1;
	pthread_mutex_init(&source->stats_lock, NULL);
	if (end->kind == VNIC_END_FILE) {
		source->infinite = infinite;
		ret = file_open(source);
	} else {
		ret = live_open(source, end->kind == VNIC_END_IFACE_IN);
	}
	if (ret != 0) {
		vnic_source_close(source);
		return ret;
	}
	*out = source;
	return 0;
}

void
vnic_source_close(struct vnic_source *source)
{
	if (source == NULL)
		return;
	if (source->pcap != NULL)
		pcap_close(source->pcap);
	if (source->fd >= 0)
		close(source->fd);
	free(source->buffer);
	pthread_mutex_destroy(&source->stats_lock);
	free(source);
}

bool
vnic_source_is_live(const struct vnic_source *source)
{
	return source->live;
}

const struct vnic_frame *
vnic_source_peek(struct vnic_source *source)
{
	if (!source->have) {
		if (source->ended)
			return NULL;
		source->have = read_frame(source);
		if (!source->have)
			return NULL;
	}
	return &source->frame;
}

void
vnic_source_take(struct vnic_source *source)
{
	source->have = false;
}

uint64_t
vnic_source_dropped(struct vnic_source *source)
{
	struct pcap_stat stats;
	uint64_t drops;

	if (!source->live)
		return 0;
	pthread_mutex_lock(&source->stats_lock);
	if (pcap_stats(source->pcap, &stats) == 0) {
		/* libpcap counts in 32 bits, and wraps */
		source->drops += (uint32_t)(stats.ps_drop - source->last_drops);
		source->last_drops = stats.ps_drop;
	}
	drops = source->drops;
	pthread_mutex_unlock(&source->stats_lock);
	return drops;
}

int
vnic_source_fd(const struct vnic_source *source)
{
	return source->live ? pcap_get_selectable_fd(source->pcap) : -1;
}

pcap_t *
vnic_source_pcap(struct vnic_source *source)
{
	return source->live ? source->pcap : NULL;
}

const char *
vnic_source_name(const struct vnic_source *source)
{
	return source->name;
}
