/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The NVM, read by words and by bytes. */

#include "gbe_util.h"

static void
words_of_the_nvm_are_read(void **state)
{
	uint16_t word = 0;

	(void)state;
	fake.nvm_words[5] = 0x2010;
	assert_int_equal(gbe_read_nvm(&hw, GBE_NVM_VERSION, &word), 0);
	assert_int_equal(word, 0x2010);
	assert_int_equal(gbe_read_nvm(&hw, 0x4000, &word), -EINVAL);
}

/* EECD: the size in bits 14 to 11, as a power of two above 64 words; bits 16 and 15 are set with flash. */
static void
the_nvm_is_as_long_as_the_controller_says(void **state)
{
	static const struct {
		uint32_t eecd, len;
	} cases[] = {
		{ 0x00000300, 128 },
		{ 0x00000b00, 256 },
		{ 0x00002300, 2048 },
		{ 0x0000a300, 2048 },
		{ 0x00004300, 32768 },
		/* EERD reaches no further */
		{ 0x00007b00, 32768 },
		{ 0x00018300, 4096 },
		{ 0x0001fb00, 4096 },
	};
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(cases); i++) {
		*reg_of(0x00010) = cases[i].eecd;
		assert_int_equal(gbe_nvm_len(&hw), cases[i].len);
	}
}

static void
bytes_of_the_nvm_are_those_of_its_words(void **state)
{
	uint8_t whole[128], part[128];
	unsigned int i, offset, len;

	(void)state;
	for (i = 0; i < RTE_DIM(fake.nvm_words); i++)
		fake.nvm_words[i] = (2 * i + 1) << 8 | 2 * i;
	assert_int_equal(gbe_read_nvm_bytes(&hw, 0, sizeof(whole), whole), 0);
	for (i = 0; i < sizeof(whole); i++)
		assert_int_equal(whole[i], i);
	for (offset = 0; offset < 5; offset++) {
		for (len = 0; len < 6; len++) {
			memset(part, 0xaa, sizeof(part));
			assert_int_equal(gbe_read_nvm_bytes(&hw, offset, len, part), 0);
			assert_memory_equal(part, whole + offset, len);
			assert_int_equal(part[len], 0xaa);
		}
	}
}

static void
an_nvm_that_does_not_answer_is_given_up(void **state)
{
	uint64_t since = fake.now;
	uint8_t bytes[128];
	uint16_t word = 1;

	(void)state;
	fake.nvm_read_us = NEVER;
	assert_int_equal(gbe_read_nvm(&hw, 5, &word), -ETIMEDOUT);
	assert_int_equal(gbe_read_nvm_bytes(&hw, 0, 128, bytes), -ETIMEDOUT);
	assert_true(fake.now - since < 100000);
	fake.gone_at = 0;
	assert_int_equal(gbe_read_nvm(&hw, 5, &word), -ENODEV);
	assert_int_equal(word, 1);
}

static const struct CMUnitTest tests[] = {
	gbe_test(words_of_the_nvm_are_read),
	gbe_test(the_nvm_is_as_long_as_the_controller_says),
	gbe_test(bytes_of_the_nvm_are_those_of_its_words),
	gbe_test(an_nvm_that_does_not_answer_is_given_up),
};

TEST_MAIN(tests)
