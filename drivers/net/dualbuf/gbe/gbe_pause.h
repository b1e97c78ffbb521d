/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_PAUSE_H_
#define _GBE_PAUSE_H_

/*
 * Flow control by pause frames (IEEE 802.3, annex 31B): what is asked for, what is agreed with the link's
 * partner, and what a controller's MAC does of it. Control path, one thread at a time.
 */

#include "gbe_bar.h"

/* The directions in which pauses are obeyed and asked for. */
#define GBE_PAUSE_RX (1u << 0) /* the partner's are obeyed */
#define GBE_PAUSE_TX (1u << 1) /* they are sent when the packet buffer fills up */

/* What is asked for. */
struct gbe_pause_conf {
	uint32_t directions; /* GBE_PAUSE_RX, GBE_PAUSE_TX */
	bool negotiated; /* no more than the partner agrees to, on a link that is negotiated */
	uint32_t high_water; /* bytes of the packet buffer from which on a pause is sent */
	uint32_t low_water; /* and below which, with send_xon, its end */
	uint16_t pause_time; /* units of 512 bit times */
	bool send_xon;
};

/* A link as far as pauses depend on it. */
struct gbe_pause_link {
	uint32_t speed; /* Mb/s; 0: down */
	bool full_duplex;
	bool negotiated;
};

struct gbe_pause {
	struct gbe_pause_conf conf;
	bool settled; /* directions are known for a link as it was seen last */
	struct gbe_pause_link seen;
	uint32_t directions; /* in force; none while it is not settled */
};

/* What a port asks for that was told nothing. */
struct gbe_pause_conf gbe_pause_default(const struct gbe_family *family);

/* The highest water that the controller takes: the packet buffer has room for a frame beyond it. */
uint32_t gbe_pause_max_water(const struct gbe_family *family);

/* Can the controller do that? 0, or -EINVAL with a line in the log. */
int gbe_pause_check(const struct gbe_hw *hw, const struct gbe_pause_conf *conf);

/* What is offered to the partner for these directions, as struct gbe_phy_mode has it. */
uint32_t gbe_pause_offer(uint32_t directions);

/* Write what is asked for, on a device that was initialized. What is in force is to be settled anew. */
void gbe_pause_start(const struct gbe_hw *hw, struct gbe_pause *pause);

/* Settle what is in force, if the link is another than the one seen last, and have the MAC do it. */
void gbe_pause_follow(const struct gbe_hw *hw, struct gbe_pause *pause,
		const struct gbe_pause_link *link);

#endif /* _GBE_PAUSE_H_ */
