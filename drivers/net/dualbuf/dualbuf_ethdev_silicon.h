/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_ETHDEV_SILICON_H_
#define _DUALBUF_ETHDEV_SILICON_H_

/* The operations of a port that only devices of silicon have, as struct eth_dev_ops asks for them. */

#include <ethdev_driver.h>

int dualbuf_flow_ctrl_get(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf);
int dualbuf_flow_ctrl_set(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf);
int dualbuf_get_reg(struct rte_eth_dev *dev, struct rte_dev_reg_info *info);
int dualbuf_get_eeprom_length(struct rte_eth_dev *dev);
int dualbuf_get_eeprom(struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info);
int dualbuf_fw_version_get(struct rte_eth_dev *dev, char *text, size_t size);
int dualbuf_is_removed(struct rte_eth_dev *dev);

#endif /* _DUALBUF_ETHDEV_SILICON_H_ */
