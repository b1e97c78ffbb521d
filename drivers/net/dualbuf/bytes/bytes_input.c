/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <rte_common.h>

#include "bytes_input.h"

void
bytes_input_close(struct bytes_input *input)
{
	if (input != NULL)
		input->ops->close(input);
}

ssize_t
bytes_input_skip(struct bytes_input *input, size_t nb)
{
	char passed[4096];

	if (input->ops->skip != NULL)
		return input->ops->skip(input, nb);
	return bytes_input_read(input, passed, RTE_MIN(nb, sizeof(passed)));
}

int
bytes_input_rewind(struct bytes_input *input)
{
	input->fault = NULL;
	return input->ops->rewind == NULL ? -ESPIPE : input->ops->rewind(input);
}

void
bytes_input_wait(const struct bytes_input *input, unsigned int ms)
{
	struct pollfd more = { .fd = input->fd, .events = POLLIN };

	(void)poll(&more, 1, ms);
}

const char *
bytes_input_fault(const struct bytes_input *input)
{
	return input->fault != NULL ? input->fault : strerror(errno);
}
