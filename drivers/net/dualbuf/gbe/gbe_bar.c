/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_logs.h"
#include "gbe_bar.h"

#define GBE_NVM_TIMEOUT_US 20000
#define GBE_POLL_US 100

int
gbe_await(const struct gbe_hw *hw, uint32_t reg, uint32_t mask, uint32_t value, uint32_t timeout_us)
{
	uint32_t waited;

	for (waited = 0; (gbe_read(hw, reg) & mask) != value; waited += GBE_POLL_US) {
		if (waited >= timeout_us)
			return -ETIMEDOUT;
		hw->delay_us(GBE_POLL_US);
	}
	return 0;
}

int
gbe_await_auto_read(const struct gbe_hw *hw)
{
	int ret = gbe_await(hw, GBE_EECD, GBE_EECD_AUTO_RD, GBE_EECD_AUTO_RD, GBE_NVM_TIMEOUT_US);

	if (ret != 0)
		DUALBUF_LOG(ERR, "%s: the NVM is not read: EECD.AUTO_RD is clear after %u us",
				hw->name, GBE_NVM_TIMEOUT_US);
	return ret;
}

int
gbe_read_loaded_mac(const struct gbe_hw *hw, struct rte_ether_addr *mac)
{
	uint32_t low = gbe_read(hw, GBE_RAL(0));
	uint32_t high = gbe_read(hw, GBE_RAH(0));
	unsigned int i;

	for (i = 0; i < 4; i++)
		mac->addr_bytes[i] = (uint8_t)(low >> 8 * i);
	for (i = 0; i < 2; i++)
		mac->addr_bytes[4 + i] = (uint8_t)(high >> 8 * i);
	return high & GBE_RAH_AV ? 0 : -EINVAL;
}
