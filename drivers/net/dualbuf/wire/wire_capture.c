/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>

#include "dualbuf_logs.h"
#include "wire_capture.h"
#include "wire_libpcap_reader.h"
#include "wire_link_type.h"
#include "wire_pcap_reader.h"
#include "wire_pcapng_reader.h"
#include "wire_reader.h"

struct wire_capture {
	struct wire_source source;
	bool infinite;
	bool damaged; /* this was logged */
	bool foreign; /* this was logged */
	uint64_t nb_read; /* frames shown, since the file's start */
	uint64_t nb_foreign; /* packets that the reader had passed over at the file's start */
	int fd;
	struct wire_reader *reader;
	char path[];
};

static struct wire_capture *
capture_of(struct wire_source *source)
{
	return container_of(source, struct wire_capture, source);
}

static int
capture_restart(struct wire_capture *capture)
{
	capture->nb_read = 0;
	capture->nb_foreign = capture->reader->nb_foreign;
	return capture->reader->ops->restart(capture->reader);
}

static void
capture_say_foreign(struct wire_capture *capture)
{
	if (capture->foreign || capture->reader->nb_foreign == 0)
		return;
	DUALBUF_LOG(WARNING,
			"capture file %s: has packets of link type %s; only those of Ethernet (EN10MB) "
			"are delivered",
			capture->path, wire_link_type_of_file(capture->reader->foreign_type).text);
	capture->foreign = true;
}

static void
capture_say_damage(struct wire_capture *capture)
{
	uint64_t nb_whole = capture->nb_read + capture->reader->nb_foreign - capture->nb_foreign;

	DUALBUF_LOG(ERR,
			"capture file %s: record %" PRIu64 " is damaged: %s; the %" PRIu64
			" before it%s are delivered",
			capture->path, nb_whole + 1, capture->reader->damage, capture->nb_read,
			nb_whole == capture->nb_read ? "" : " that are of Ethernet");
	capture->damaged = true;
}

/*
 * After there was no record: is there more to read? False at the end, at damage, and when an infinite
 * file cannot start again.
 */
static bool
capture_goes_on(struct wire_capture *capture, bool is_damaged)
{
	if (is_damaged && !capture->damaged)
		capture_say_damage(capture);
	else if (capture->infinite && capture->nb_read == 0)
		DUALBUF_LOG(ERR, "capture file %s: has no packets; infinite_rx=1 requires one",
				capture->path);
	if (!capture->infinite || capture->nb_read == 0 || capture_restart(capture) != 0)
		return false;
	capture->source.round++;
	return true;
}

static void
capture_fill(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);
	struct wire_reader *reader = capture->reader;
	int ret;

	do {
		ret = reader->ops->next(reader, source->frames, WIRE_SOURCE_FRAMES);
		if (unlikely(reader->nb_foreign > 0))
			capture_say_foreign(capture);
		if (likely(ret > 0)) {
			source->nb = ret;
			capture->nb_read += ret;
			return;
		}
	} while (capture_goes_on(capture, ret < 0));
	source->ended = true;
}

static uint64_t
capture_foreign(const struct wire_source *source)
{
	const struct wire_capture *capture =
			container_of(source, const struct wire_capture, source);

	return __atomic_load_n(&capture->reader->nb_foreign, __ATOMIC_RELAXED);
}

static void
capture_close(struct wire_source *source)
{
	struct wire_capture *capture = capture_of(source);

	if (capture->reader != NULL)
		capture->reader->ops->close(capture->reader);
	if (capture->fd >= 0)
		close(capture->fd);
	free(capture);
}

static const struct wire_source_ops capture_ops = {
	.fill = capture_fill,
	.foreign = capture_foreign,
	.close = capture_close,
};

static int
capture_check(const struct wire_capture *capture)
{
	struct stat st;

	if (fstat(capture->fd, &st) != 0) {
		DUALBUF_LOG(ERR, "capture file %s: %s", capture->path, strerror(errno));
		return -EIO;
	}
	if (!S_ISREG(st.st_mode)) {
		DUALBUF_LOG(ERR, "capture file %s: is %s; a regular file is required",
				capture->path,
				S_ISDIR(st.st_mode) ? "a directory" : "a pipe or device");
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	}
	return 0;
}

static int
capture_open_file(struct wire_capture *capture)
{
	int ret;

	/* a pipe without a writer must not hold up the probe */
	capture->fd = open(capture->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (capture->fd < 0) {
		ret = -errno;
		DUALBUF_LOG(ERR, "capture file %s: %s", capture->path, strerror(errno));
		return ret;
	}
	ret = capture_check(capture);
	if (ret != 0)
		return ret;
	/* for the sinks that would empty it; to read what one of them writes is harmless */
	(void)flock(capture->fd, LOCK_SH | LOCK_NB);
	return 0;
}

/* By the file's first bytes. */
static int
capture_choose_reader(struct wire_capture *capture)
{
	int ret = wire_pcap_reader_open(capture->fd, &capture->reader);

	if (ret > 0)
		ret = wire_pcapng_reader_open(capture->fd, capture->path, &capture->reader);
	if (ret > 0)
		ret = wire_libpcap_reader_open(capture->fd, capture->path, &capture->reader);
	return ret;
}

static int
capture_open(struct wire_capture *capture)
{
	int ret = capture_open_file(capture);

	if (ret == 0)
		ret = capture_choose_reader(capture);
	if (ret == -ENOMEM)
		DUALBUF_LOG(ERR, "capture file %s: out of memory", capture->path);
	if (ret == 0 && capture->infinite && wire_source_peek(&capture->source) == NULL)
		ret = -EINVAL;
	return ret;
}

int
wire_capture_open(const char *path, bool infinite, struct wire_source **source)
{
	size_t path_size = strlen(path) + 1;
	struct wire_capture *capture = calloc(1, sizeof(*capture) + path_size);
	int ret;

	*source = NULL;
	if (capture == NULL) {
		DUALBUF_LOG(ERR, "capture file %s: out of memory", path);
		return -ENOMEM;
	}
	memcpy(capture->path, path, path_size);
	capture->source.name = capture->path;
	capture->source.ops = &capture_ops;
	capture->infinite = infinite;
	capture->fd = -1;
	ret = capture_open(capture);
	if (ret != 0) {
		capture_close(&capture->source);
		return ret;
	}
	*source = &capture->source;
	return 0;
}
