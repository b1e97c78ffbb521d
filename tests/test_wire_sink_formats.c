/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Captures that are written as pcapng, compressed, and behind others. */

#include "wire_sink_util.h"

#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include <pcap/pcap.h>

#include "compress_util.h"
#include "wire_numbered_util.h"

static const char *const suffixes[COMPRESS_FORMATS] = {
	[COMPRESS_GZIP] = ".gz",
	[COMPRESS_ZSTD] = ".zst",
	[COMPRESS_LZ4] = ".lz4",
};

/* pcapng --------------------------------------------------------------------------------------- */

/* The type of the block at at, and where the next one begins. */
static uint32_t
block_at(size_t at, size_t *next)
{
	uint32_t total = field(at + 4);

	assert_int_equal(total % 4, 0);
	assert_int_equal(field(at + total - 4), total);
	*next = at + total;
	return field(at);
}

/* The value of an option of the block at at whose options begin there; NULL: it has none. */
static const uint8_t *
option_of(size_t at, size_t options, uint16_t wanted, uint16_t *len)
{
	size_t next, i;
	uint16_t code;

	*len = 0;
	block_at(at, &next);
	for (i = at + options; i < next - 4; i += 4 + (*len + 3) / 4 * 4) {
		memcpy(&code, file_bytes + i, sizeof(code));
		memcpy(len, file_bytes + i + 2, sizeof(*len));
		if (code == wanted)
			return file_bytes + i + 4;
	}
	return NULL;
}

static void
assert_text_option(size_t at, size_t options, uint16_t code, const char *text)
{
	uint16_t len;
	const uint8_t *value = option_of(at, options, code, &len);

	assert_non_null(value);
	assert_int_equal(len, strlen(text));
	assert_memory_equal(value, text, len);
}

static void
pcapng_says_where_it_is_from_and_what_was_counted(void **state)
{
	size_t at = 0, next, size;
	uint64_t count;
	const uint8_t *value;
	uint16_t len;
	unsigned int i;

	(void)state;
	name_output("out.pcapng");
	open_sink();
	write_numbered(0, 3);
	assert_false(write_frame(WIRE_MAX_FRAME + 1));
	assert_logged(&logged, end.name, "is dropped");
	close_sink();
	size = read_file();

	assert_int_equal(block_at(at, &next), 0x0a0d0d0a);
	assert_text_option(at, 24, 4, "net_dualbuf");
	value = option_of(at, 24, 3, &len);
	assert_non_null(value);
	assert_memory_equal(value, "Linux ", 6);
	at = next;
	assert_int_equal(block_at(at, &next), 1);
	assert_int_equal(field(at + 8), 1);
	assert_text_option(at, 16, 2, "dualbuf");
	value = option_of(at, 16, 9, &len);
	assert_non_null(value);
	assert_int_equal(*value, 9);
	at = next;
	for (i = 0; i < 3; i++, at = next) {
		assert_int_equal(block_at(at, &next), 6);
		assert_int_equal(field(at + 20), len_of(i));
		assert_int_equal(field(at + 24), len_of(i));
	}
	assert_int_equal(block_at(at, &next), 5);
	value = option_of(at, 20, 4, &len);
	assert_non_null(value);
	memcpy(&count, value, sizeof(count));
	assert_int_equal(count, 4);
	value = option_of(at, 20, 5, &len);
	assert_non_null(value);
	memcpy(&count, value, sizeof(count));
	assert_int_equal(count, 1);
	assert_int_equal(next, size);
}

/* Also with the time in nanoseconds. */
static void
libpcap_reads_what_is_written_as_pcapng(void **state)
{
	char reason[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	struct timespec now;
	const u_char *data;
	unsigned int i;
	pcap_t *pcap;

	(void)state;
	sink_choices.format = WIRE_FILE_PCAPNG;
	open_sink();
	clock_gettime(CLOCK_REALTIME, &now);
	write_numbered(0, 1000);
	close_sink();
	assert_int_equal(read_numbered(), 1000);
	pcap = pcap_open_offline_with_tstamp_precision(
			end.name, PCAP_TSTAMP_PRECISION_NANO, reason);
	assert_non_null(pcap);
	for (i = 0; pcap_next_ex(pcap, &header, &data) == 1; i++) {
		memcpy(bytes, &i, sizeof(i));
		assert_int_equal(header->caplen, len_of(i));
		assert_int_equal(header->len, len_of(i));
		assert_memory_equal(data, bytes, header->caplen);
		assert_true(header->ts.tv_sec - now.tv_sec < 60);
		assert_true(header->ts.tv_sec > now.tv_sec || header->ts.tv_usec >= now.tv_nsec);
	}
	assert_int_equal(i, 1000);
	pcap_close(pcap);
}

static void
a_name_or_an_argument_chooses_the_format(void **state)
{
	static const struct {
		const char *name;
		enum wire_file_format format;
		uint32_t magic;
	} outputs[] = { { "a.pcapng", WIRE_FILE_BY_NAME, 0x0a0d0d0a },
		{ "a.pcapng", WIRE_FILE_PCAP, 0xa1b23c4d },
		{ "a.pcap", WIRE_FILE_BY_NAME, 0xa1b23c4d },
		{ "a.pcap", WIRE_FILE_PCAPNG, 0x0a0d0d0a },
		{ "pcapng", WIRE_FILE_BY_NAME, 0xa1b23c4d },
		{ "a.pcapng.old", WIRE_FILE_BY_NAME, 0xa1b23c4d } };
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(outputs); i++) {
		name_output(outputs[i].name);
		sink_choices.format = outputs[i].format;
		open_sink();
		assert_true(read_file() >= 24);
		assert_int_equal(field(0), outputs[i].magic);
		close_sink();
	}
}

/* Compressed ----------------------------------------------------------------------------------- */

static void
check_compressed(enum compress_format format, const char *kind)
{
	char name[64];

	snprintf(name, sizeof(name), "out%s%s", kind, suffixes[format]);
	name_output(name);
	open_sink();
	write_numbered(0, 2000);
	wire_sink_flush(sink);
	/* what was flushed is there for others, though the end is missing */
	assert_int_equal(read_numbered(), 2000);
	assert_logged(&logged, end.name, "record 2001 is damaged", "end too early");
	write_numbered(2000, 1000);
	close_sink();
	assert_int_equal(read_numbered(), 3000);
	assert_nothing_logged(&logged);
}

static void
a_suffix_asks_for_compression(void **state)
{
	enum compress_format format;

	(void)state;
	for (format = 0; format < COMPRESS_FORMATS; format++) {
		if (!compress_is_built(format))
			continue;
		check_compressed(format, ".pcap");
		check_compressed(format, ".pcapng");
	}
}

/* On a disk that is full from some byte on: what can be read is what was not lost. */
static void
check_cut(const char *name)
{
	struct rlimit old, limit;
	uint64_t lost, lost_bytes;
	unsigned int nb;

	name_output(name);
	open_sink();
	write_numbered(0, 1000);
	wire_sink_flush(sink);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = read_file() + 1000, .rlim_max = old.rlim_max };
	write_numbered(1000, 100);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	wire_sink_flush(sink);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_logged(&logged, end.name, "File too large");
	wire_sink_lost(sink, &lost, &lost_bytes);
	assert_true(lost > 0 && lost_bytes > 0);
	assert_false(write_frame(60));
	close_sink();
	nb = read_numbered();
	assert_int_equal(nb, 1100 - lost);
	log_capture_end(&logged);
	log_capture_begin(&logged);
}

static void
on_a_full_disk_every_format_ends_with_a_whole_record(void **state)
{
	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	check_cut("full.pcapng");
	if (compress_is_built(COMPRESS_GZIP))
		check_cut("full.pcap.gz");
	if (compress_is_built(COMPRESS_ZSTD))
		check_cut("full.pcap.zst");
	if (compress_is_built(COMPRESS_LZ4))
		check_cut("full.pcapng.lz4");
}

/* Appending ------------------------------------------------------------------------------------ */

static void
appending_goes_on_behind_the_last_record(void **state)
{
	(void)state;
	sink_choices.append = true;
	open_sink();
	write_numbered(0, 500);
	close_sink();
	open_sink();
	write_numbered(500, 500);
	close_sink();
	open_sink();
	close_sink();
	assert_int_equal(read_numbered(), 1000);
	assert_nothing_logged(&logged);
}

static void
assert_not_appended(const struct capture *capture, const char *part)
{
	struct stat st;

	assert_true(capture_save(capture, end.name));
	assert_refused(EINVAL, "cannot be gone on with", part);
	assert_int_equal(stat(end.name, &st), 0);
	assert_int_equal(st.st_size, capture->len);
}

static void
what_cannot_be_gone_on_with_is_refused_and_stays_as_it_is(void **state)
{
	static struct capture capture;

	(void)state;
	sink_choices.append = true;
	capture_begin(&capture, CAPTURE_PCAP, false, 1);
	assert_not_appended(&capture, "is of another kind");
	capture_begin(&capture, CAPTURE_PCAP_NANO, true, 1);
	assert_not_appended(&capture, "is of another kind");
	capture_begin(&capture, CAPTURE_PCAP_NANO, false, 113);
	assert_not_appended(&capture, "is of another kind");
	capture_begin(&capture, CAPTURE_PCAPNG, false, 1);
	assert_not_appended(&capture, "is of another kind");
	capture_begin_snapped(&capture, CAPTURE_PCAP_NANO, false, 1, 65535);
	assert_not_appended(&capture, "snap length of 65535");
	capture_begin(&capture, CAPTURE_PCAP_NANO, false, 1);
	capture_add(&capture, 0, bytes, 60, 60);
	capture_add(&capture, 0, bytes, 60, 60);
	capture.len--;
	assert_not_appended(&capture, "record 2 is damaged");
	capture.len = 10;
	assert_not_appended(&capture, "is no capture");
	name_output("out.pcapng");
	assert_refused(EINVAL, "classic pcap files alone");
	name_output("out.pcap.gz");
	assert_refused(EINVAL, "classic pcap files alone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pcapng_says_where_it_is_from_and_what_was_counted),
		TEST(libpcap_reads_what_is_written_as_pcapng),
		TEST(a_name_or_an_argument_chooses_the_format),
		TEST(a_suffix_asks_for_compression),
		TEST(on_a_full_disk_every_format_ends_with_a_whole_record),
		TEST(appending_goes_on_behind_the_last_record),
		TEST(what_cannot_be_gone_on_with_is_refused_and_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
