/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dualbuf_logs.h"
#include "dualbuf_pairs.h"

int
dualbuf_pairs_end(const char *text, size_t *len)
{
	bool in_list = false;
	size_t at;

	for (at = 0; text[at] != '\0' && (in_list || text[at] != ','); at++) {
		if (text[at] == '[')
			in_list = true;
		else if (text[at] == ']')
			in_list = false;
	}
	*len = at;
	if (!in_list)
		return 0;
	DUALBUF_LOG(ERR, "%s: has a '[' and no ']' behind it; both or none are allowed", text);
	return -EINVAL;
}

bool
dualbuf_pairs_find(const char *text, const char *name, char *value, size_t size)
{
	size_t name_len = strlen(name), len;

	for (; *text != '\0'; text += len + (text[len] == ',')) {
		if (dualbuf_pairs_end(text, &len) != 0)
			return false;
		if (len <= name_len || strncmp(text, name, name_len) != 0 || text[name_len] != '=')
			continue;
		snprintf(value, size, "%.*s", (int)(len - name_len - 1), text + name_len + 1);
		return true;
	}
	return false;
}
