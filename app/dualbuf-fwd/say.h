/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_SAY_H_
#define _FWD_SAY_H_

/*
 * One line on stderr, for the user. Any thread; a table on the terminal makes way for it.
 */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif /* _FWD_SAY_H_ */
