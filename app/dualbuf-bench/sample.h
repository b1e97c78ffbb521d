/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _SAMPLE_H_
#define _SAMPLE_H_

/* Repeated measurements of one thing: median and spread. */

#define SAMPLE_MAX 1024

struct sample {
	unsigned int nb;
	double values[SAMPLE_MAX];
};

void sample_add(struct sample *sample, double value);

/* The value below which that share of all values lies; 0.5 is the median. */
double sample_quantile(const struct sample *sample, double share);

static inline double
sample_median(const struct sample *sample)
{
	return sample_quantile(sample, 0.5);
}

#endif /* _SAMPLE_H_ */
