/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _BYTES_REASON_H_
#define _BYTES_REASON_H_

/* Why an input or output could not be opened, for a line of the log. */
struct bytes_reason {
	char text[256];
};

/* Note it. Returns error. */
int bytes_refuse(struct bytes_reason *reason, int error, const char *format, ...)
		__attribute__((format(printf, 3, 4)));

#endif /* _BYTES_REASON_H_ */
