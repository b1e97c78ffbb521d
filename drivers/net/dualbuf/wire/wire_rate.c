/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "wire_rate.h"

static const struct rate_unit {
	const char *name;
	enum wire_rate_kind kind;
	double factor;
} rate_units[] = {
	{ "x", WIRE_RATE_CAPTURE, 1 },
	{ "pps", WIRE_RATE_PACKETS, 1 },
	{ "kpps", WIRE_RATE_PACKETS, 1e3 },
	{ "Mpps", WIRE_RATE_PACKETS, 1e6 },
	{ "bit", WIRE_RATE_BITS, 1 },
	{ "kbit", WIRE_RATE_BITS, 1e3 },
	{ "Mbit", WIRE_RATE_BITS, 1e6 },
	{ "Gbit", WIRE_RATE_BITS, 1e9 },
};

/*
 * Move *text behind the number that it begins with. strtod() also takes signs, exponents, hexadecimal
 * numbers, and infinity; and asks the locale.
 */
static double
rate_number(const char **text)
{
	const char *at = *text;
	double value = 0, unit = 1;

	for (; isdigit((unsigned char)*at); at++)
		value = value * 10 + (*at - '0');
	if (*at == '.')
		at++;
	for (; isdigit((unsigned char)*at); at++) {
		value = value * 10 + (*at - '0');
		unit *= 10;
	}
	*text = at;
	return value / unit;
}

int
wire_rate_parse(const char *text, struct wire_rate *rate)
{
	const char *unit = text;
	double value = rate_number(&unit);
	unsigned int i;

	if (strcmp(text, "capture") == 0) {
		*rate = (struct wire_rate){ .kind = WIRE_RATE_CAPTURE, .value = 1 };
		return 0;
	}
	for (i = 0; i < RTE_DIM(rate_units); i++) {
		if (strcmp(unit, rate_units[i].name) != 0)
			continue;
		rate->kind = rate_units[i].kind;
		rate->value = value * rate_units[i].factor;
		/* not a number is in no bounds */
		return rate->value >= WIRE_RATE_MIN && rate->value <= WIRE_RATE_MAX ? 0 : -EINVAL;
	}
	return -EINVAL;
}
