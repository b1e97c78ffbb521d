/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>

#include "bytes_decoded_input.h"
#include "bytes_format.h"

/* As much is made at a time: who polls is held up for some 0.1 ms, and frames that are due wait no longer. */
#define PIECE (32 * 1024)

/* Steps that make nothing, after which there is nothing now. */
#define MAX_STEPS 4096

struct bytes_decoded_input {
	struct bytes_input input;
	struct bytes_input *inner;
	const struct bytes_decoder *decoder;
	void *state;
	bool in_frame; /* what was decompressed last is not at its end */
	bool is_full; /* there was no room for all that the decoder may have made */
	bool is_damaged;
	struct bytes_span from; /* in the buffer */
	uint8_t buffer[BYTES_DECODED_BEFORE];
};

static struct bytes_decoded_input *
decoded_of(struct bytes_input *input)
{
	return container_of(input, struct bytes_decoded_input, input);
}

static ssize_t
decoded_refuse(struct bytes_decoded_input *decoded, const char *fault)
{
	decoded->is_damaged = true;
	decoded->input.fault = fault;
	errno = EBADMSG;
	return -1;
}

/* Returns as bytes_input_read() does. */
static ssize_t
decoded_refill(struct bytes_decoded_input *decoded)
{
	ssize_t got = bytes_input_read(decoded->inner, decoded->buffer, sizeof(decoded->buffer));

	if (got > 0)
		decoded->from = (struct bytes_span){ .at = decoded->buffer, .left = got };
	if (got == 0 && decoded->in_frame)
		return decoded_refuse(decoded, "the compressed data end too early");
	return got;
}

static void
decoded_step(struct bytes_decoded_input *decoded, struct bytes_span *to)
{
	/* with what comes next there may be damage, for which all would be lost that waits for room */
	struct bytes_span none = { 0 };
	struct bytes_span *from = decoded->is_full ? &none : &decoded->from;
	const char *fault = NULL;

	decoded->in_frame = true;
	switch (decoded->decoder->decode(decoded->state, from, to, &fault)) {
	case BYTES_DECODED_FRAME:
		decoded->in_frame = false;
		decoded->decoder->reset(decoded->state);
		break;
	case BYTES_DECODED_DAMAGE:
		decoded_refuse(decoded, fault);
		break;
	default:
		break;
	}
	decoded->is_full = to->left == 0 && decoded->in_frame;
}

static ssize_t
decoded_read(struct bytes_input *input, void *to, size_t nb)
{
	struct bytes_decoded_input *decoded = decoded_of(input);
	size_t room = RTE_MIN(nb, (size_t)PIECE);
	struct bytes_span made = { .at = to, .left = room };
	unsigned int steps;
	ssize_t got;

	for (steps = 0; made.left == room && steps < MAX_STEPS; steps++) {
		if (decoded->is_damaged)
			return decoded_refuse(decoded, decoded->input.fault);
		if (decoded->from.left == 0 && !decoded->is_full) {
			got = decoded_refill(decoded);
			if (got <= 0)
				return got;
		}
		decoded_step(decoded, &made);
	}
	if (made.left < room)
		return room - made.left;
	return bytes_input_give_up(input);
}

static int
decoded_rewind(struct bytes_input *input)
{
	struct bytes_decoded_input *decoded = decoded_of(input);

	decoded->decoder->reset(decoded->state);
	decoded->in_frame = false;
	decoded->is_full = false;
	decoded->is_damaged = false;
	decoded->from.left = 0;
	return bytes_input_rewind(decoded->inner);
}

static void
decoded_close(struct bytes_input *input)
{
	struct bytes_decoded_input *decoded = decoded_of(input);

	decoded->decoder->destroy(decoded->state);
	bytes_input_close(decoded->inner);
	free(decoded);
}

static const struct bytes_input_ops decoded_ops = {
	.read = decoded_read,
	.rewind = decoded_rewind,
	.close = decoded_close,
};

int
bytes_decoded_input_open(struct bytes_input *inner, const void *first, size_t nb,
		struct bytes_input **input, struct bytes_reason *reason)
{
	const struct bytes_format *format = bytes_format_of_data(first, nb);
	struct bytes_decoded_input *decoded;
	int ret;

	if (format == NULL)
		return 1;
	if (nb > BYTES_DECODED_BEFORE)
		return bytes_refuse(reason, -EINVAL, "was read too far to be decompressed");
	ret = bytes_format_check(format, reason);
	if (ret != 0)
		return ret;
	decoded = calloc(1, sizeof(*decoded));
	if (decoded == NULL)
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	decoded->state = format->decoder->create();
	if (decoded->state == NULL) {
		free(decoded);
		return bytes_refuse(reason, -ENOMEM, "out of memory");
	}
	decoded->input.ops = &decoded_ops;
	decoded->input.is_stream = inner->is_stream;
	decoded->input.fd = inner->fd;
	decoded->inner = inner;
	decoded->decoder = format->decoder;
	memcpy(decoded->buffer, first, nb);
	decoded->from = (struct bytes_span){ .at = decoded->buffer, .left = nb };
	*input = &decoded->input;
	return 0;
}
