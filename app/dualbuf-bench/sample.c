/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdlib.h>
#include <string.h>

#include "sample.h"

void
sample_add(struct sample *sample, double value)
{
	if (sample->nb < SAMPLE_MAX)
		sample->values[sample->nb++] = value;
}

static int
sample_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double
sample_quantile(const struct sample *sample, double share)
{
	double sorted[SAMPLE_MAX], at;
	unsigned int below;

	if (sample->nb == 0)
		return 0;
	memcpy(sorted, sample->values, sample->nb * sizeof(*sorted));
	qsort(sorted, sample->nb, sizeof(*sorted), sample_compare);
	at = share * (sample->nb - 1);
	below = (unsigned int)at;
	if (below + 1 >= sample->nb)
		return sorted[sample->nb - 1];
	return sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
}
