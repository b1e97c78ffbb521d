/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdarg.h>
#include <stdio.h>

#include "result.h"

static bool as_json;
static bool has_header;

void
result_as_json(bool json)
{
	as_json = json;
}

static double
result_ratio(const struct result *result)
{
	double ours = sample_median(result->ours);
	double theirs = sample_median(result->theirs);

	if (result->alone)
		return ours;
	return theirs == 0 ? 0 : ours / theirs;
}

static bool
result_is_met(const struct result *result, double ratio)
{
	switch (result->sense) {
	case RESULT_AT_MOST:
		return ratio <= result->goal;
	case RESULT_AT_LEAST:
		return ratio >= result->goal;
	case RESULT_EQUAL:
		return ratio == result->goal;
	default:
		return true;
	}
}

static const char *
result_goal(const struct result *result)
{
	static const char *const signs[] = {
		[RESULT_AT_MOST] = "<=",
		[RESULT_AT_LEAST] = ">=",
		[RESULT_EQUAL] = "=",
	};
	static char text[32];

	if (result->sense == RESULT_NO_GOAL)
		return "";
	snprintf(text, sizeof(text), "%s %g", signs[result->sense], result->goal);
	return text;
}

static void
result_print_json(const struct result *r, double ratio)
{
	const char *goal = result_goal(r);
	bool has_goal = r->sense != RESULT_NO_GOAL;

	printf("{\"row\": \"%s\", \"baseline\": \"%s\", \"ours\": %.4g, \"theirs\": %.4g, "
	       "\"unit\": \"%s\", \"ratio\": %.4g, \"goal\": %s%s%s, \"met\": %s, "
	       "\"ours_spread\": [%.4g, %.4g], \"theirs_spread\": [%.4g, %.4g]}\n",
			r->row, r->baseline, sample_median(r->ours), sample_median(r->theirs),
			r->unit, ratio, has_goal ? "\"" : "", has_goal ? goal : "null",
			has_goal ? "\"" : "",
			!has_goal				? "null" :
					result_is_met(r, ratio) ? "true" :
								  "false",
			sample_quantile(r->ours, 0.1), sample_quantile(r->ours, 0.9),
			sample_quantile(r->theirs, 0.1), sample_quantile(r->theirs, 0.9));
}

static void
result_print_line(const struct result *r, double ratio)
{
	if (!has_header)
		printf("%-16s %-14s %26s %26s  %-14s %6s  %s\n", "row", "baseline",
				"ours (p10 - p90)", "theirs (p10 - p90)", "unit", "ratio", "goal");
	has_header = true;
	printf("%-16s %-14s %9.4g (%6.4g - %6.4g) %9.4g (%6.4g - %6.4g)  %-14s %6.3f  %-8s %s\n",
			r->row, r->baseline, sample_median(r->ours), sample_quantile(r->ours, 0.1),
			sample_quantile(r->ours, 0.9), sample_median(r->theirs),
			sample_quantile(r->theirs, 0.1), sample_quantile(r->theirs, 0.9), r->unit,
			ratio, result_goal(r),
			r->sense == RESULT_NO_GOAL		? "" :
					result_is_met(r, ratio) ? "met" :
								  "not met");
}

void
result_print(const struct result *result)
{
	double ratio = result_ratio(result);

	if (as_json)
		result_print_json(result, ratio);
	else
		result_print_line(result, ratio);
	fflush(stdout);
}

void
result_note(const char *format, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	printf(as_json ? "{\"note\": \"%s\"}\n" : "%s\n", text);
	fflush(stdout);
}

void
result_point(const char *row, const char *series, double x, double y)
{
	if (as_json)
		printf("{\"plot\": \"%s\", \"series\": \"%s\", \"x\": %g, \"y\": %g}\n", row,
				series, x, y);
}
