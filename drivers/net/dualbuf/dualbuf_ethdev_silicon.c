/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_ethdev_silicon.h"
#include "dualbuf_port.h"

int
dualbuf_flow_ctrl_get(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->flow_ctrl_get == NULL ? -ENOTSUP : device->flow_ctrl_get(dev, conf);
}

int
dualbuf_flow_ctrl_set(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->flow_ctrl_set == NULL ? -ENOTSUP : device->flow_ctrl_set(dev, conf);
}

int
dualbuf_get_reg(struct rte_eth_dev *dev, struct rte_dev_reg_info *info)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->get_reg == NULL ? -ENOTSUP : device->get_reg(dev, info);
}

int
dualbuf_get_eeprom_length(struct rte_eth_dev *dev)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->eeprom_length == NULL ? -ENOTSUP : device->eeprom_length(dev);
}

int
dualbuf_get_eeprom(struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->get_eeprom == NULL ? -ENOTSUP : device->get_eeprom(dev, info);
}

int
dualbuf_fw_version_get(struct rte_eth_dev *dev, char *text, size_t size)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->fw_version == NULL ? -ENOTSUP : device->fw_version(dev, text, size);
}

int
dualbuf_is_removed(struct rte_eth_dev *dev)
{
	const struct dualbuf_device *device = dualbuf_device(dev);

	return device->is_removed != NULL && device->is_removed(dev);
}
