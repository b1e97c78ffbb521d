/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _FWD_SCREEN_H_
#define _FWD_SCREEN_H_

#include <stdbool.h>

/* Is stdout a terminal on which the cursor can be moved? */
bool screen_is_terminal(void);

/* Draw lines over those that were drawn last; cut to the terminal's size. */
void screen_draw(const char *lines);

/* Leave what was drawn; what is drawn next comes below. */
void screen_leave(void);

#endif /* _FWD_SCREEN_H_ */
