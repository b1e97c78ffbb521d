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

#include <rte_spinlock.h>
#include <rte_ether.h>

#include "dualbuf_desc_ext.h"
#include "dualbuf_filter.h"
#include "vnic_args.h"
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

/* The wire at a queue, as the driver's control path has it. */
#define VNIC_PLUGGED 0
#define VNIC_UNPLUGGED 1 /* nothing comes, and what is sent is lost */
#define VNIC_REPLUGGED \
	2 /* of receive queues: the source goes on now, and the model has not seen it yet */
/* Frames that a port does not let pass as it was set up, by cause. */
struct vnic_drops {
	uint64_t not_for_us; /* their address does not pass */
	uint64_t other_vlan; /* their VLAN does not pass */
	uint64_t over_mtu; /* longer than the MTU asks for, where that is enforced */
	uint64_t unscattered; /* longer than one buffer, where each may take one */
};

struct vnic_rx_queue {
	volatile uint32_t tail; /* RDT: the driver's doorbell */
	uint32_t head; /* RDH */
	volatile union dualbuf_rx_desc *desc;
	uint32_t nb_desc;
	uint32_t buf_size;
	const struct dualbuf_filter *filter;
	const struct vnic_offload *offload;
	bool started; /* looked at where queues share a source */
	uint32_t *ptypes; /* packet type by descriptor, 0 where none was looked for; NULL: nobody reads it */
	uint32_t wire; /* VNIC_PLUGGED and so on */
	uint64_t *timestamps; /* receive time by descriptor; NULL: not wanted */
	uint8_t *scratch; /* WIRE_MAX_FRAME bytes */

	/* Written by the model, read by any thread */
	uint64_t missed; /* frames of a live source that found no descriptor */
	uint32_t ended; /* a file has no more frames */
	struct vnic_drops drops;
	uint64_t too_long; /* frames of more than the ring or WIRE_MAX_FRAME */
	struct vnic_lateness late;
	uint64_t taken; /* frames taken off the wire since the start */
};

/* The longest frame, with room for a tag before it. */
#define VNIC_TX_SCRATCH (WIRE_MAX_FRAME + RTE_VLAN_HLEN)

struct vnic_tx_queue {
	volatile uint32_t tail; /* TDT: the driver's doorbell */
	uint32_t head; /* TDH */
	volatile struct dualbuf_tx_desc *desc;
	uint32_t nb_desc;
	uint8_t *scratch; /* VNIC_TX_SCRATCH bytes */
	struct dualbuf_tx_context context; /* as it was read last */
	uint32_t wire; /* VNIC_PLUGGED or VNIC_UNPLUGGED */
	const struct dualbuf_filter *filter;

	/* Written by the model, read by any thread; bytes as they would be on the wire */
	uint64_t errors;
	uint64_t error_bytes;
	uint64_t over_mtu; /* of the errors: longer than the MTU allows, where that is enforced */
};

/* Several queues that share a source. All under the lock while it runs, but for the number of queues. */
struct vnic_rx_steer {
	rte_spinlock_t lock; /* held by the one who brings frames, now on behalf of all */
	uint16_t nb_queues;
	struct vnic_rx_queue *queues[VNIC_MAX_QUEUES]; /* NULL: not set up */
};

/*
 * Receive: bring up to max_frames frames from the source to armed descriptors. Writes only to
 * [head, tail), the packet before DD. Returns how many frames were taken off the wire: those
 * written, and those that the filter stopped, that were missed or too long.
 */
uint32_t vnic_rx_process(
		struct vnic_rx_queue *queue, struct wire_source *source, uint32_t max_frames);

/*
 * The same for queues that share a source: each frame goes to the queue that the engines chose for it. A
 * frame of a file that finds no descriptor there, or a queue that is stopped, waits, and all behind it with
 * it; one of a live source is missed by that queue. The caller holds the lock, and thereby owns the source
 * and the device's side of all rings.
 */
uint32_t vnic_rx_steer(
		struct vnic_rx_steer *steer, struct wire_source *source, uint32_t max_frames);

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
