/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_PHY_H_
#define _GBE_PHY_H_

/* A controller's copper PHY, behind its management interface. Control path, one thread at a time. */

#include "gbe_bar.h"

/* Speeds and duplex that a link may have. */
#define GBE_LINK_10_HALF (1u << 0)
#define GBE_LINK_10_FULL (1u << 1)
#define GBE_LINK_100_HALF (1u << 2)
#define GBE_LINK_100_FULL (1u << 3)
#define GBE_LINK_1000_FULL (1u << 4)
#define GBE_LINK_ALL 0x1fu

/* Pause frames as two PHYs tell each other of them (IEEE 802.3, annex 28B). */
#define GBE_OFFER_PAUSE (1u << 0) /* PAUSE */
#define GBE_OFFER_ASM_DIR (1u << 1) /* ASM_DIR */

struct gbe_phy_mode {
	uint32_t offered; /* GBE_LINK_*; forced: the one that is meant, which is not of 1000 Mb/s */
	uint32_t pause; /* GBE_OFFER_* that is offered; forced: not looked at */
	bool forced; /* without autonegotiation */
	bool off; /* without power: the link is made when it is switched on */
};

/*
 * Own the management interface, so that firmware does not use it: 0, or -ETIMEDOUT with nothing logged.
 * On controllers that share it with none that is all.
 */
int gbe_own_phy(const struct gbe_hw *hw);
void gbe_disown_phy(const struct gbe_hw *hw);

/*
 * Have PHY and MAC make the link in this mode. On a device that was initialized. A PHY that is
 * in that mode goes on as it is, and so does its link; another negotiates anew. 0, or a negative errno with
 * a line in the log.
 */
int gbe_phy_set_mode(const struct gbe_hw *hw, const struct gbe_phy_mode *mode);

/* Switch the PHY's power, and so the link. As above. */
int gbe_phy_power(const struct gbe_hw *hw, bool on);

/*
 * What this end and its partner offered of pause frames, GBE_OFFER_*, when they negotiated the link. 0; -EAGAIN,
 * with nothing logged, while they have not agreed; or another negative errno as above.
 */
int gbe_phy_read_pause(const struct gbe_hw *hw, uint32_t *here, uint32_t *partner);

#endif /* _GBE_PHY_H_ */
