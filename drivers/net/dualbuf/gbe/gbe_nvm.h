/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_NVM_H_
#define _GBE_NVM_H_

/*
 * A controller's non-volatile memory, an EEPROM or what stands for one in a flash. It is read only. Control path,
 * one thread at a time.
 */

#include "gbe_bar.h"

/* Its length in bytes, as the controller found it when it was reset. */
uint32_t gbe_nvm_len(const struct gbe_hw *hw);

/* One word of it. 0, or a negative errno with nothing logged. */
int gbe_read_nvm(const struct gbe_hw *hw, uint32_t word, uint16_t *value);

/* Bytes of it, of each word the lower one first; the caller has looked at its length. As above. */
int gbe_read_nvm_bytes(const struct gbe_hw *hw, uint32_t offset, uint32_t len, uint8_t *bytes);

#endif /* _GBE_NVM_H_ */
