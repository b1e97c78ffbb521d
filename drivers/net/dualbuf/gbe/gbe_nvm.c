/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_common.h>

#include "gbe_nvm.h"

#define GBE_NVM_READ_TIMEOUT_US 10000
#define GBE_NVM_READ_POLL_US 10

uint32_t
gbe_nvm_len(const struct gbe_hw *hw)
{
	return RTE_MIN(hw->family->nvm_words(hw), hw->family->eerd_addr_max + 1) * sizeof(uint16_t);
}

int
gbe_read_nvm(const struct gbe_hw *hw, uint32_t word, uint16_t *value)
{
	uint32_t waited, eerd = 0;

	if (word > hw->family->eerd_addr_max)
		return -EINVAL;
	gbe_write(hw, GBE_EERD, word << hw->family->eerd_addr_shift | GBE_EERD_START);
	for (waited = 0; waited < GBE_NVM_READ_TIMEOUT_US; waited += GBE_NVM_READ_POLL_US) {
		eerd = gbe_read(hw, GBE_EERD);
		if (eerd & hw->family->eerd_done)
			break;
		hw->delay_us(GBE_NVM_READ_POLL_US);
	}
	if (!gbe_is_present(hw))
		return -ENODEV;
	if (!(eerd & hw->family->eerd_done))
		return -ETIMEDOUT;
	*value = eerd >> GBE_EERD_DATA_SHIFT;
	return 0;
}

int
gbe_read_nvm_bytes(const struct gbe_hw *hw, uint32_t offset, uint32_t len, uint8_t *bytes)
{
	uint32_t end = offset + len, have = UINT32_MAX, at;
	uint16_t value = 0;
	int ret;

	for (at = offset; at < end; at++) {
		if (at / sizeof(value) != have) {
			have = at / sizeof(value);
			ret = gbe_read_nvm(hw, have, &value);
			if (ret != 0)
				return ret;
		}
		bytes[at - offset] = (uint8_t)(value >> 8 * (at % sizeof(value)));
	}
	return 0;
}
