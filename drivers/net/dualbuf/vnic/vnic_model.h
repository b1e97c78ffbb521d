/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VNIC_MODEL_H_
#define _VNIC_MODEL_H_

/*
 * The virtual NIC's silicon: one function for each direction that does what the 82574L does when
 * its doorbell has been rung. It sees what the silicon sees, descriptors and the memory that they
 * name, and nothing of the driver's software descriptors. Addresses are virtual ones. The ends of the wire are
 * not among a queue's data: those are in memory that processes share, a source or sink is in one of them.
 */

#include "dualbuf_desc_ext.h"
#include "dualbuf_filter.h"
#include "vnic_offload.h"
#include "wire_sink.h"
#include "wire_source.h"

/*
 * How late packets were taken off the wire, where they have a time. Written by the model; who wants to
 * begin anew sets reset, and reads zeros until the model has seen it.
 */
struct vnic_lateness {
	uint64_t sum_ns;
	uint64_t packets;
	uint64_t max_ns;
	uint32_t reset;
};

struct vnic_rx_queue {
	volatile uint32_t tail; /* RDT: the driver's doorbell */
	uint32_t head; /* RDH */
	volatile union dualbuf_rx_desc *desc;
	uint32_t nb_desc;
	uint32_t buf_size;
	const struct dualbuf_filter *filter;
	const struct vnic_offload *offload;
	uint64_t *timestamps; /* receive time by descriptor; NULL: not wanted */
	uint8_t *scratch; /* WIRE_MAX_FRAME bytes */

	/* Written by the model, read by any thread */
	uint64_t missed; /* frames of a live source that found no descriptor */
	uint32_t ended; /* a file has no more frames */
	uint64_t too_long; /* frames of more than the ring or WIRE_MAX_FRAME */
	struct vnic_lateness late;
	uint64_t taken; /* frames taken off the wire since the start */
};

struct vnic_tx_queue {
	volatile uint32_t tail; /* TDT: the driver's doorbell */
	uint32_t head; /* TDH */
	volatile struct dualbuf_tx_desc *desc;
	uint32_t nb_desc;
	uint8_t *scratch; /* WIRE_MAX_FRAME bytes */

	/* Written by the model, read by any thread; bytes as they would be on the wire */
	uint64_t errors;
	uint64_t error_bytes;
};

/*
 * Receive: bring up to max_frames frames from the source to armed descriptors. Writes only to
 * [head, tail), the packet before DD. Returns how many frames were taken off the wire: those
 * written, and those that the filter stopped, that were missed or too long.
 */
uint32_t vnic_rx_process(
		struct vnic_rx_queue *queue, struct wire_source *source, uint32_t max_frames);

/*
 * Transmit: bring every frame in [head, tail) to the sink and report those that asked for it. Then
 * the ring is empty: what the sink has no room for is an error, and lost. Only frames for which a stream is
 * not ready stay.
 */
void vnic_tx_process(struct vnic_tx_queue *queue, struct wire_sink *sink);

/* Do frames wait for a stream? */
bool vnic_tx_waits(const struct vnic_tx_queue *queue);

/* Count all frames in the ring as lost. */
void vnic_tx_discard(struct vnic_tx_queue *queue);

#endif /* _VNIC_MODEL_H_ */
