/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_INSPECT_H_
#define _GBE_INSPECT_H_

/* A controller's registers, its NVM and that one's version, as struct dualbuf_device asks for them. */

#include <ethdev_driver.h>

int gbe_get_reg(const struct rte_eth_dev *dev, struct rte_dev_reg_info *info);
int gbe_eeprom_length(const struct rte_eth_dev *dev);
int gbe_get_eeprom(const struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info);
int gbe_fw_version(const struct rte_eth_dev *dev, char *text, size_t size);

#endif /* _GBE_INSPECT_H_ */
