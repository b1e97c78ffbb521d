/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* pcapng files made at random, beside libpcap, and units of time beside a plain division. */

#include "pcapng_util.h"
#include "random_util.h"
#include "wire_source_util.h"
#include "wire_tsresol.h"

#include <pcap/pcap.h>

/* What libpcap converts without an overflow of its own. */
#define MAX_BINARY 34
#define MAX_DECIMAL 19

static uint64_t seed;

static uint32_t
below(uint32_t limit)
{
	return test_random_below(&seed, limit);
}

/* Files ---------------------------------------------------------------------------------------- */

static void
put_random_options(void)
{
	while (below(3) == 0)
		ng_option(&capture, 2 + below(5), bytes, below(30));
	if (below(2) == 0)
		ng_options_end(&capture);
}

static void
put_random_interface(uint32_t snaplen, bool has_offset)
{
	ng_begin_interface(&capture, CAPTURE_ETHERNET, snaplen);
	if (below(2) == 0)
		ng_option(&capture, NG_COMMENT, bytes, below(100));
	if (below(8) != 0)
		ng_tsresol(&capture,
				below(2) == 0 ? below(MAX_DECIMAL + 1) :
						0x80 | below(MAX_BINARY + 1));
	if (has_offset)
		ng_tsoffset(&capture, (int64_t)below(2000000000) - 1000000000);
	put_random_options();
	ng_end(&capture);
}

static uint32_t
random_len(uint32_t snaplen)
{
	static const uint32_t limits[] = { 100, 100, 100, 2000, 2000, 20000, WIRE_MAX_FRAME };
	uint32_t len = below(limits[below(RTE_DIM(limits))] + 1);

	return snaplen == 0 ? len : RTE_MIN(len, snaplen);
}

static void
put_random_packet(uint32_t nb_ifaces, uint32_t snaplen)
{
	uint32_t len = random_len(snaplen);

	bytes[0] = (uint8_t)below(256);
	switch (below(8)) {
	case 0:
		ng_obsolete(&capture, below(nb_ifaces), test_random(&seed), bytes, len);
		return;
	case 1:
		/* the first interface has no offset then: libpcap adds it to the time that is none */
		ng_simple(&capture, len > 0 && len == snaplen ? len + below(3) : len, bytes, len);
		return;
	default:
		ng_begin_enhanced(&capture, below(nb_ifaces), test_random(&seed), bytes, len);
		put_random_options();
		ng_end(&capture);
	}
}

static void
put_random_section(bool big_endian, uint32_t snaplen)
{
	uint32_t nb_ifaces = 0, nb = below(2) == 0 ? below(100) : below(2000);

	ng_begin_section(&capture, big_endian);
	put_random_options();
	ng_end(&capture);
	while (nb-- > 0 && capture.len < CAPTURE_MAX - WIRE_MAX_FRAME - 1000) {
		if (nb_ifaces == 0 || (nb_ifaces < 20 && below(20) == 0))
			put_random_interface(snaplen, nb_ifaces++ > 0 && below(2) == 0);
		if (below(10) == 0)
			ng_other(&capture, NG_UNKNOWN + below(10), bytes, random_len(0) / 4);
		put_random_packet(nb_ifaces, snaplen);
	}
}

static void
make_random_file(void)
{
	uint32_t snaplen = below(2) == 0 ? 0 : 1 + below(3000);
	bool big_endian = below(2);
	unsigned int sections = 1 + below(4);

	capture.len = 0;
	/* libpcap wants an interface before it opens a file */
	ng_section(&capture, big_endian);
	put_random_interface(snaplen, false);
	while (sections-- > 0)
		put_random_section(big_endian, snaplen);
}

/* Both read the file to its end. Returns how many packets there were. */
static unsigned int
assert_libpcap_agrees(void)
{
	pcap_t *pcap = open_beside();
	unsigned int nb;
	int ret = read_beside(pcap, &nb);

	if (ret != PCAP_ERROR_BREAK && strstr(pcap_geterr(pcap), "truncated") == NULL)
		fail_msg("libpcap: %s", pcap_geterr(pcap));
	pcap_close(pcap);
	assert_end_of_source();
	return nb;
}

static void
a_walked_file_is_what_libpcap_reads(void **state)
{
	unsigned int round, nb = 0;

	(void)state;
	for (round = 0; round < 200; round++) {
		seed = round + 1;
		make_random_file();
		open_source(1);
		nb += assert_libpcap_agrees();
		assert_nothing_logged(&logged);
		wire_source_close(source);
	}
	assert_true(nb > 10000);
	source = NULL;
}

static void
a_cut_file_is_what_libpcap_reads(void **state)
{
	unsigned int round;
	size_t cut;

	(void)state;
	for (round = 0; round < 100; round++) {
		seed = round + 1;
		make_random_file();
		cut = below(capture.len);
		capture.len -= RTE_MIN(cut, capture.len - 300);
		open_source(1);
		assert_libpcap_agrees();
		wire_source_close(source);
		log_capture_end(&logged);
		log_capture_begin(&logged);
	}
	source = NULL;
}

static uint64_t
sum_of_frames(unsigned int nb)
{
	const struct wire_frame *frame;
	uint64_t sum = 0;

	for (; nb > 0; nb--) {
		frame = wire_source_peek(source);
		assert_non_null(frame);
		sum = sum * 31 + frame->stamp + frame->len;
		if (frame->len > 0)
			sum += frame->data[0];
		wire_source_take(source, 1);
	}
	return sum;
}

static void
an_infinite_file_plays_the_same_again(void **state)
{
	unsigned int round, nb;
	uint64_t sum;

	(void)state;
	for (round = 0; round < 20; round++) {
		seed = round + 1;
		make_random_file();
		open_source(1);
		nb = assert_libpcap_agrees();
		wire_source_close(source);
		open_source(0);
		sum = sum_of_frames(nb);
		assert_int_equal(sum_of_frames(nb), sum);
		assert_int_equal(sum_of_frames(nb), sum);
		assert_nothing_logged(&logged);
		wire_source_close(source);
	}
	source = NULL;
}

/* Times ---------------------------------------------------------------------------------------- */

/* Long division, digit by digit: units times 10^9 by a power of ten or two. */
static uint64_t
divided(uint64_t units, uint8_t tsresol)
{
	__extension__ unsigned __int128 ns = (unsigned __int128)units * 1000000000;
	unsigned int exponent = tsresol & 0x7f;

	while (exponent-- > 0)
		ns /= tsresol & 0x80 ? 2 : 10;
	return (uint64_t)ns;
}

static void
assert_exact(uint8_t tsresol, uint64_t units, int64_t offset)
{
	struct wire_tsresol resolution = wire_tsresol_of(tsresol, offset);
	uint64_t expected = divided(units, tsresol) + (uint64_t)offset * 1000000000;

	if (wire_tsresol_to_ns(&resolution, units) != expected)
		fail_msg("if_tsresol %u, %llu units: %llu ns, not %llu", tsresol,
				(unsigned long long)units,
				(unsigned long long)wire_tsresol_to_ns(&resolution, units),
				(unsigned long long)expected);
}

/* Quotients are wrong first beside multiples of the divisor. */
static void
assert_exact_beside_multiples(uint8_t tsresol, uint64_t divisor)
{
	uint64_t units = UINT64_MAX / divisor * divisor;

	assert_exact(tsresol, units, 0);
	assert_exact(tsresol, units - 1, 0);
	units = test_random(&seed) / divisor * divisor;
	assert_exact(tsresol, units, 0);
	assert_exact(tsresol, units - 1, 0);
}

static void
every_unit_of_time_is_converted_exactly(void **state)
{
	unsigned int tsresol, i;
	uint64_t divisor;

	(void)state;
	seed = 1;
	for (tsresol = 0; tsresol < 256; tsresol++) {
		for (i = 0; i < 200; i++)
			assert_exact(tsresol, test_random(&seed) >> below(64), below(1000));
		assert_exact(tsresol, 0, 0);
		assert_exact(tsresol, UINT64_MAX, 0);
		assert_exact(tsresol, UINT64_MAX, INT64_MIN);
		assert_exact(tsresol, UINT64_MAX, INT64_MAX);
	}
	for (tsresol = 10, divisor = 10; tsresol <= 28; tsresol++, divisor *= 10)
		for (i = 0; i < 1000; i++)
			assert_exact_beside_multiples(tsresol, divisor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_walked_file_is_what_libpcap_reads),
		TEST(a_cut_file_is_what_libpcap_reads),
		TEST(an_infinite_file_plays_the_same_again),
		TEST(every_unit_of_time_is_converted_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
