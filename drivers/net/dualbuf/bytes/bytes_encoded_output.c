/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <rte_common.h>

#include "bytes_encoded_output.h"

struct bytes_encoded_output {
	struct bytes_output output;
	struct bytes_output *inner;
	const struct bytes_encoder *encoder;
	void *state;
	bool failed; /* what comes next could not be decompressed */
	size_t room;
	uint8_t made[];
};

static struct bytes_encoded_output *
encoded_of(struct bytes_output *output)
{
	return container_of(output, struct bytes_encoded_output, output);
}

/* Returns 0 or an errno; then the file is as it was before. */
static int
encoded_add(struct bytes_encoded_output *encoded, const void *from, size_t nb, bool ends)
{
	size_t made, written;
	int error;

	if (encoded->failed)
		return EIO;
	made = encoded->encoder->encode(
			encoded->state, from, nb, ends, encoded->made, encoded->room);
	written = bytes_output_write(encoded->inner, encoded->made, made, &error);
	if (made > 0 && error == 0)
		return 0;
	encoded->failed = true;
	(void)bytes_output_cut(encoded->inner, written);
	return made > 0 ? error : EIO;
}

static size_t
encoded_write(struct bytes_output *output, const void *from, size_t nb, int *error)
{
	*error = nb == 0 ? 0 : encoded_add(encoded_of(output), from, nb, false);
	return *error == 0 ? nb : 0;
}

static int
encoded_finish(struct bytes_output *output)
{
	struct bytes_encoded_output *encoded = encoded_of(output);

	return encoded->failed ? 0 : encoded_add(encoded, encoded->made, 0, true);
}

static void
encoded_close(struct bytes_output *output)
{
	struct bytes_encoded_output *encoded = encoded_of(output);

	encoded->encoder->destroy(encoded->state);
	bytes_output_close(encoded->inner);
	free(encoded);
}

static const struct bytes_output_ops encoded_ops = {
	.write = encoded_write,
	.finish = encoded_finish,
	.close = encoded_close,
};

int
bytes_encoded_output_open(struct bytes_output *inner, const struct bytes_format *format, size_t nb,
		struct bytes_output **output, struct bytes_reason *reason)
{
	struct bytes_encoded_output *encoded;
	int ret = bytes_format_check(format, reason);
	size_t room;

	if (ret != 0)
		return ret;
	room = format->encoder->bound(nb);
	encoded = calloc(1, sizeof(*encoded) + room);
	if (encoded == NULL)
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	encoded->state = format->encoder->create();
	if (encoded->state == NULL) {
		free(encoded);
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	}
	encoded->output.ops = &encoded_ops;
	encoded->output.fd = -1;
	encoded->inner = inner;
	encoded->encoder = format->encoder;
	encoded->room = room;
	*output = &encoded->output;
	return 0;
}
