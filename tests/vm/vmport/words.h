/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VMPORT_WORDS_H_
#define _VMPORT_WORDS_H_

/* The words of a command, answers to it, and deadlines. */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

#define MAX_WORDS 16
#define PATIENCE_S 20

struct words {
	unsigned int nb;
	char *word[MAX_WORDS];
};

/* Each says a line and returns what the command is to return. */
__rte_format_printf(1, 2) int say_ok(const char *format, ...);

__rte_format_printf(1, 2) int say_error(const char *format, ...);

int say_failed(const char *what, int ret);

/* The text behind "key="; NULL, or `otherwise`, if no word begins so. */
const char *text_of(const struct words *words, const char *key);
uint32_t number_of(const struct words *words, const char *key, uint32_t otherwise);

/* A number by its place; 0 if there is no such word. */
uint32_t argument(const struct words *words, unsigned int index);

/* Has this time, of timer cycles, not passed yet? */
bool is_before(uint64_t deadline);
uint64_t in_seconds(unsigned int seconds);

#endif /* _VMPORT_WORDS_H_ */
