/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_common.h>
#include <rte_ether.h>

#include "dualbuf_logs.h"
#include "gbe_pause.h"
#include "gbe_phy.h"

/* What a pause frame has (IEEE 802.3, annex 31B): destination 01-80-c2-00-00-01, type 8808. */
#define GBE_PAUSE_ADDRESS_LOW 0x00c28001u
#define GBE_PAUSE_ADDRESS_HIGH 0x00000100u
#define GBE_PAUSE_TYPE 0x8808u

/* What users of DPDK's other drivers for these controllers know. */
#define GBE_PAUSE_HEADROOM 3072u /* of the packet buffer, beyond the high water */
#define GBE_PAUSE_HYSTERESIS 1500u
#define GBE_PAUSE_TIME 0x680u

/* The registers count by it, and 0 of it would pause for ever. */
#define GBE_PAUSE_WATER_UNIT 8u

struct gbe_pause_conf
gbe_pause_default(const struct gbe_family *family)
{
	uint32_t high_water = family->rx_packet_buffer * 1024 - GBE_PAUSE_HEADROOM;

	return (struct gbe_pause_conf){
		.directions = GBE_PAUSE_RX | GBE_PAUSE_TX,
		.negotiated = true,
		.high_water = high_water,
		.low_water = high_water - GBE_PAUSE_HYSTERESIS,
		.pause_time = GBE_PAUSE_TIME,
		.send_xon = true,
	};
}

uint32_t
gbe_pause_max_water(const struct gbe_family *family)
{
	return family->rx_packet_buffer * 1024 - RTE_ETHER_MAX_LEN;
}

int
gbe_pause_check(const struct gbe_hw *hw, const struct gbe_pause_conf *conf)
{
	uint32_t min = conf->directions & GBE_PAUSE_TX ? GBE_PAUSE_WATER_UNIT : 0;
	uint32_t max = gbe_pause_max_water(hw->family);

	if (conf->high_water >= min && conf->high_water <= max &&
			conf->low_water <= conf->high_water)
		return 0;
	DUALBUF_LOG(ERR,
			"%s: high_water %u and low_water %u; high_water of %u to %u bytes, in a packet "
			"buffer of %u, and a low_water that is not higher are allowed",
			hw->name, conf->high_water, conf->low_water, min, max,
			hw->family->rx_packet_buffer * 1024);
	return -EINVAL;
}

/*
 * There is no offer for "I obey, but do not send": who offers both ways, and sends nothing, keeps to it
 * (IEEE 802.3, table 28B-3).
 */
uint32_t
gbe_pause_offer(uint32_t directions)
{
	if (directions & GBE_PAUSE_RX)
		return GBE_OFFER_PAUSE | GBE_OFFER_ASM_DIR;
	return directions & GBE_PAUSE_TX ? GBE_OFFER_ASM_DIR : 0;
}

/* What two ends that offered this may do (IEEE 802.3, table 28B-3). */
static uint32_t
agreed_directions(uint32_t here, uint32_t partner)
{
	if (here & partner & GBE_OFFER_PAUSE)
		return GBE_PAUSE_RX | GBE_PAUSE_TX;
	if (!(here & partner & GBE_OFFER_ASM_DIR))
		return 0;
	if (here & GBE_OFFER_PAUSE)
		return GBE_PAUSE_RX;
	return partner & GBE_OFFER_PAUSE ? GBE_PAUSE_TX : 0;
}

static void
mac_set_directions(const struct gbe_hw *hw, struct gbe_pause *pause, uint32_t directions)
{
	pause->directions = directions;
	gbe_rmw(hw, GBE_CTRL, GBE_CTRL_RFCE | GBE_CTRL_TFCE,
			(directions & GBE_PAUSE_RX ? GBE_CTRL_RFCE : 0) |
					(directions & GBE_PAUSE_TX ? GBE_CTRL_TFCE : 0));
}

void
gbe_pause_start(const struct gbe_hw *hw, struct gbe_pause *pause)
{
	const struct gbe_pause_conf *conf = &pause->conf;
	bool sends = (conf->directions & GBE_PAUSE_TX) != 0;
	uint32_t mask = GBE_FCRT_MASK & ~hw->family->water_reserved;
	uint32_t low = (conf->low_water & mask) | (conf->send_xon ? GBE_FCRTL_XONE : 0);

	gbe_write(hw, GBE_FCAL, GBE_PAUSE_ADDRESS_LOW);
	gbe_write(hw, GBE_FCAH, GBE_PAUSE_ADDRESS_HIGH);
	gbe_write(hw, GBE_FCT, GBE_PAUSE_TYPE);
	gbe_write(hw, GBE_FCTTV, conf->pause_time);
	gbe_write(hw, GBE_FCRTL, sends ? low : 0);
	gbe_write(hw, GBE_FCRTH, sends ? conf->high_water & mask : 0);
	mac_set_directions(hw, pause, 0);
	pause->settled = false;
}

/* Not before both ends have agreed; a PHY that cannot be asked has agreed to nothing. */
static bool
negotiated_directions(const struct gbe_hw *hw, uint32_t *directions)
{
	uint32_t here, partner;
	int ret = gbe_phy_read_pause(hw, &here, &partner);

	*directions = ret == 0 ? agreed_directions(here, partner) : 0;
	return ret != -EAGAIN;
}

void
gbe_pause_follow(
		const struct gbe_hw *hw, struct gbe_pause *pause, const struct gbe_pause_link *link)
{
	bool same = link->speed == pause->seen.speed &&
			link->full_duplex == pause->seen.full_duplex &&
			link->negotiated == pause->seen.negotiated;
	uint32_t allowed = 0;

	if (pause->settled && same)
		return;
	pause->seen = *link;
	/* on half duplex there are collisions instead */
	if (link->speed == 0 || !link->full_duplex)
		pause->settled = link->speed != 0;
	else if (link->negotiated && pause->conf.negotiated)
		pause->settled = negotiated_directions(hw, &allowed);
	else {
		allowed = GBE_PAUSE_RX | GBE_PAUSE_TX;
		pause->settled = true;
	}
	allowed &= pause->conf.directions;
	/* what is settled is written at all events: a MAC may have had ideas of its own of what was negotiated */
	if (pause->settled || allowed != pause->directions)
		mac_set_directions(hw, pause, allowed);
}
