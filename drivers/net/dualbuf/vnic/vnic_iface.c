/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "vnic_iface.h"

#define NS_PER_S 1000000000ULL

/*
 * What libpcap is asked for. Where offloads are on, a frame may have 64 KiB and libpcap takes a
 * block of 128 KiB for it: then these are 255 frames, and twice the memory.
 */
#define RECEIVE_BUFFER (16 * 1024 * 1024)
/* A handle that only sends receives nothing, but libpcap maps a buffer of at least one page. */
#define SEND_BUFFER (64 * 1024)

struct vnic_iface {
	struct vnic_source source;
	pcap_t *pcap;
	uint32_t subsec_ns; /* what libpcap counts in tv_usec */
	pthread_mutex_t stats_lock;
	uint32_t last_drops; /* as libpcap counts */
	uint64_t drops;
	char name[];
};

static struct vnic_iface *
iface_of(const struct vnic_source *source)
{
	return container_of(source, struct vnic_iface, source);
}

int
vnic_iface_check_link_type(const char *what, const char *name, pcap_t *pcap)
{
	int type = pcap_datalink(pcap);
	const char *type_name = pcap_datalink_val_to_name(type);

	if (type == DLT_EN10MB)
		return 0;
	DUALBUF_LOG(ERR, "%s %s: has link type %s (%d); Ethernet (EN10MB) is required", what, name,
			type_name == NULL ? "unknown" : type_name, type);
	return -EINVAL;
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
	ret = vnic_iface_check_link_type("interface", name, pcap);
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

static int
iface_open(const char *name, bool to_receive, pcap_t **pcap)
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

int
vnic_iface_send(const char *name, pcap_t **pcap)
{
	return iface_open(name, false, pcap);
}

static void
iface_fill(struct vnic_source *source)
{
	struct vnic_iface *iface = iface_of(source);
	struct vnic_frame *frame = source->frames;
	struct pcap_pkthdr *header;
	int ret = pcap_next_ex(iface->pcap, &header, &frame->data);

	if (likely(ret == 1)) {
		frame->len = header->caplen;
		frame->stamp = (uint64_t)header->ts.tv_sec * NS_PER_S +
				(uint64_t)header->ts.tv_usec * iface->subsec_ns;
		source->nb = 1;
	} else if (ret != 0) {
		DUALBUF_LOG(ERR, "interface %s: %s; it receives nothing any more", iface->name,
				pcap_geterr(iface->pcap));
		source->ended = true;
	}
}

static uint64_t
iface_dropped(struct vnic_source *source)
{
	struct vnic_iface *iface = iface_of(source);
	struct pcap_stat stats;
	uint64_t drops;

	pthread_mutex_lock(&iface->stats_lock);
	if (pcap_stats(iface->pcap, &stats) == 0) {
		/* libpcap counts in 32 bits, and wraps */
		iface->drops += (uint32_t)(stats.ps_drop - iface->last_drops);
		iface->last_drops = stats.ps_drop;
	}
	drops = iface->drops;
	pthread_mutex_unlock(&iface->stats_lock);
	return drops;
}

static int
iface_fd(const struct vnic_source *source)
{
	return pcap_get_selectable_fd(iface_of(source)->pcap);
}

static void
iface_close(struct vnic_source *source)
{
	struct vnic_iface *iface = iface_of(source);

	if (iface->pcap != NULL)
		pcap_close(iface->pcap);
	pthread_mutex_destroy(&iface->stats_lock);
	free(iface);
}

static const struct vnic_source_ops iface_ops = {
	.fill = iface_fill,
	.dropped = iface_dropped,
	.fd = iface_fd,
	.close = iface_close,
};

static int
iface_start(struct vnic_iface *iface, bool received_only)
{
	int ret = iface_open(iface->name, true, &iface->pcap);

	if (ret != 0)
		return ret;
	if (received_only && pcap_setdirection(iface->pcap, PCAP_D_IN) != 0)
		return iface_failed(iface->name, iface->pcap, PCAP_ERROR);
	iface->subsec_ns = 1;
	if (pcap_get_tstamp_precision(iface->pcap) != PCAP_TSTAMP_PRECISION_NANO)
		iface->subsec_ns = 1000;
	return 0;
}

int
vnic_iface_receive(const char *name, bool received_only, struct vnic_source **source)
{
	size_t name_size = strlen(name) + 1;
	struct vnic_iface *iface = calloc(1, sizeof(*iface) + name_size);
	int ret;

	*source = NULL;
	if (iface == NULL) {
		DUALBUF_LOG(ERR, "interface %s: out of memory", name);
		return -ENOMEM;
	}
	memcpy(iface->name, name, name_size);
	iface->source.name = iface->name;
	iface->source.ops = &iface_ops;
	iface->source.live = true;
	pthread_mutex_init(&iface->stats_lock, NULL);
	ret = iface_start(iface, received_only);
	if (ret != 0) {
		iface_close(&iface->source);
		return ret;
	}
	*source = &iface->source;
	return 0;
}

pcap_t *
vnic_iface_pcap(struct vnic_source *source)
{
	return source->live ? iface_of(source)->pcap : NULL;
}
