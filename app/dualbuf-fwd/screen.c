/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "say.h"
#include "screen.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int nb_drawn; /* lines above the cursor that are to be drawn over */

bool
screen_is_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

/* Back to where the drawing began; what is there disappears. */
static void
erase(void)
{
	if (nb_drawn > 0)
		printf("\033[%uA\033[J", nb_drawn);
	nb_drawn = 0;
}

void
screen_draw(const char *lines)
{
	struct winsize size = { 0 };
	int len, columns, rows;

	/* a terminal that does not know its size says 0 */
	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	columns = size.ws_col > 0 ? size.ws_col - 1 : 79;
	rows = size.ws_row > 0 ? size.ws_row - 1 : 23;
	pthread_mutex_lock(&lock);
	erase();
	while (*lines != '\0' && (int)nb_drawn < rows) {
		len = strcspn(lines, "\n");
		printf("%.*s\n", len < columns ? len : columns, lines);
		lines += len;
		lines += *lines == '\n';
		nb_drawn++;
	}
	fflush(stdout);
	pthread_mutex_unlock(&lock);
}

void
screen_leave(void)
{
	pthread_mutex_lock(&lock);
	nb_drawn = 0;
	pthread_mutex_unlock(&lock);
}

void
say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	pthread_mutex_lock(&lock);
	erase();
	fflush(stdout);
	fputs("dualbuf-fwd: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	pthread_mutex_unlock(&lock);
	va_end(args);
}
