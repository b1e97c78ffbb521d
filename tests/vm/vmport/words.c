/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_errno.h>

#include "words.h"

int
say_ok(const char *format, ...)
{
	va_list ap;

	fputs("> ok ", stdout);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	return 0;
}

int
say_error(const char *format, ...)
{
	va_list ap;

	fputs("> error ", stdout);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	return -1;
}

int
say_failed(const char *what, int ret)
{
	return say_error("%s: %s", what, rte_strerror(ret < 0 ? -ret : ret));
}

const char *
text_of(const struct words *words, const char *key)
{
	size_t len = strlen(key);
	unsigned int i;

	for (i = 1; i < words->nb; i++)
		if (strncmp(words->word[i], key, len) == 0 && words->word[i][len] == '=')
			return words->word[i] + len + 1;
	return NULL;
}

uint32_t
number_of(const struct words *words, const char *key, uint32_t otherwise)
{
	const char *text = text_of(words, key);

	return text == NULL ? otherwise : (uint32_t)strtoul(text, NULL, 0);
}

uint32_t
argument(const struct words *words, unsigned int index)
{
	return index < words->nb ? (uint32_t)strtoul(words->word[index], NULL, 0) : 0;
}

bool
is_before(uint64_t deadline)
{
	return rte_get_timer_cycles() < deadline;
}

uint64_t
in_seconds(unsigned int seconds)
{
	return rte_get_timer_cycles() + seconds * rte_get_timer_hz();
}
