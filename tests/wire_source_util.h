/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _WIRE_SOURCE_UTIL_H_
#define _WIRE_SOURCE_UTIL_H_

/* A source, and the capture that it reads. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <pcap/pcap.h>

#include <rte_common.h>

#include "capture_util.h"
#include "log_util.h"
#include "veth_util.h"
#include "wire_open.h"

#define STAMP 1700000000123456789ULL

static struct log_capture logged;
static struct capture capture;
static struct wire_end end;
static struct wire_choices choices;
static struct wire_source *source;
static char dir[PATH_MAX];
static bool have_veth;
static uint8_t bytes[WIRE_MAX_FRAME];

static inline int
set_up(void **state)
{
	unsigned int i;

	(void)state;
	if (!capture_dir_make(dir))
		return -1;
	log_capture_begin(&logged);
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	end.kind = WIRE_END_FILE;
	snprintf(end.name, sizeof(end.name), "%.4000s/capture", dir);
	choices = (struct wire_choices){ .rounds = 1 };
	source = NULL;
	return 0;
}

static inline int
tear_down(void **state)
{
	(void)state;
	wire_source_close(source);
	log_capture_end(&logged);
	return capture_dir_remove(dir) ? 0 : -1;
}

static inline void
begin(enum capture_format format, bool big_endian)
{
	capture_begin(&capture, format, big_endian, CAPTURE_ETHERNET);
}

/* Frame i has 60 + i bytes, its own first one, and comes i microseconds after the first. */
static inline void
add_frames(unsigned int first, unsigned int nb)
{
	unsigned int i;

	for (i = first; i < first + nb; i++) {
		bytes[0] = (uint8_t)i;
		capture_add(&capture, STAMP + i * 1000, bytes, 60 + i, 60 + i);
	}
}

static inline void
open_source_that_logs(uint64_t rounds)
{
	choices.rounds = rounds;
	assert_true(capture_save(&capture, end.name));
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	assert_non_null(source);
}

static inline void
open_source(uint64_t rounds)
{
	open_source_that_logs(rounds);
	assert_nothing_logged(&logged);
}

/* The next frame, however much is passed over before it. */
static inline const struct wire_frame *
peek_on(void)
{
	const struct wire_frame *frame;

	do {
		frame = wire_source_peek(source);
	} while (frame == NULL && !source->ended && wire_source_wait(source) == 0);
	return frame;
}

static inline void
assert_frame(unsigned int i)
{
	const struct wire_frame *frame = peek_on();

	assert_non_null(frame);
	bytes[0] = (uint8_t)i;
	assert_int_equal(frame->len, 60 + i);
	assert_memory_equal(frame->data, bytes, 60 + i);
	wire_source_take(source, 1);
}

static inline void
assert_frames(unsigned int first, unsigned int nb)
{
	unsigned int i;

	for (i = first; i < first + nb; i++)
		assert_frame(i);
}

static inline void
assert_end_of_source(void)
{
	assert_null(wire_source_peek(source));
	assert_null(wire_source_peek(source));
}

/* The same file, opened by libpcap. */
static inline pcap_t *
open_beside(void)
{
	char reason[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline_with_tstamp_precision(
			end.name, PCAP_TSTAMP_PRECISION_NANO, reason);

	assert_non_null(pcap);
	return pcap;
}

/* All packets that libpcap has come from the source. Returns libpcap's last word, and how many they were. */
static inline int
read_beside(pcap_t *pcap, unsigned int *nb)
{
	const struct wire_frame *frame;
	struct pcap_pkthdr *header;
	const u_char *data;
	int ret;

	for (*nb = 0; (ret = pcap_next_ex(pcap, &header, &data)) == 1; ++*nb) {
		frame = wire_source_peek(source);
		assert_non_null(frame);
		assert_int_equal(frame->len, header->caplen);
		assert_memory_equal(frame->data, data, header->caplen);
		assert_int_equal(frame->stamp,
				header->ts.tv_sec * 1000000000ULL + header->ts.tv_usec);
		wire_source_take(source, 1);
	}
	return ret;
}

#define assert_refused(error, nb_rounds, ...) \
	do { \
		choices.rounds = (nb_rounds); \
		source = (struct wire_source *)&end; \
		assert_int_equal(wire_source_open(&end, &choices, &source), -(error)); \
		assert_null(source); \
		assert_logged(&logged, end.name, __VA_ARGS__); \
	} while (0)

static inline unsigned int
open_descriptors(void)
{
	unsigned int nb = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		nb += fcntl(fd, F_GETFD) >= 0;
	return nb;
}

static inline void
need_veth(void)
{
	if (!have_veth)
		skip();
}

static inline void
open_live(enum wire_end_kind kind)
{
	end.kind = kind;
	snprintf(end.name, sizeof(end.name), "near");
	assert_int_equal(wire_source_open(&end, &choices, &source), 0);
	assert_nothing_logged(&logged);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif /* _WIRE_SOURCE_UTIL_H_ */
