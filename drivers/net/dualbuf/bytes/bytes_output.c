/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <poll.h>

#include "bytes_output.h"

int
bytes_output_cut(struct bytes_output *output, size_t nb)
{
	return output->ops->cut == NULL ? 0 : output->ops->cut(output, nb);
}

int
bytes_output_finish(struct bytes_output *output)
{
	return output->ops->finish == NULL ? 0 : output->ops->finish(output);
}

void
bytes_output_wait(const struct bytes_output *output, unsigned int ms)
{
	struct pollfd room = { .fd = output->fd, .events = POLLOUT };

	(void)poll(&room, 1, ms);
}

void
bytes_output_close(struct bytes_output *output)
{
	if (output != NULL)
		output->ops->close(output);
}
