/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_PAIRS_H_
#define _DUALBUF_PAIRS_H_

#include <stdbool.h>
#include <stddef.h>

/*
 * Devargs are pairs of name=value with commas between them. Where rte_kvargs takes each '=' for the end of a
 * name, here the first one is: filters have such signs in them.
 */

/*
 * How long the pair is that text begins with. A comma within brackets belongs to the value, as EAL splits devices'
 * arguments. 0; -EINVAL, with a line in the log, for a bracket that is not closed.
 */
int dualbuf_pairs_end(const char *text, size_t *len);

/* Copy the value of the first pair of that name, cut to size. Returns false when there is none. */
bool dualbuf_pairs_find(const char *text, const char *name, char *value, size_t size);

#endif /* _DUALBUF_PAIRS_H_ */
