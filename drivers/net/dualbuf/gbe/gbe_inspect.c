/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bus_pci_driver.h>
#include <rte_dev_info.h>

#include "dualbuf_compat.h"
#include "dualbuf_logs.h"
#include "gbe.h"
#include "gbe_dump.h"
#include "gbe_inspect.h"
#include "gbe_nvm.h"

int
gbe_get_reg(const struct rte_eth_dev *dev, struct rte_dev_reg_info *info)
{
	const struct gbe_hw *hw = &gbe_of(dev)->hw;
	unsigned int nb = gbe_dump_count(hw), i;
	uint32_t *values = info->data;

	if (values != NULL && info->length != 0 && (info->length != nb || info->offset != 0)) {
		DUALBUF_LOG(ERR, "%s: %u registers from %u on are not offered; all %u are",
				hw->name, info->length, info->offset, nb);
		return -ENOTSUP;
	}
	for (i = 0; i < nb && DUALBUF_REG_NAME(info, i) != NULL && info->length == nb; i++)
		gbe_dump_name(hw, i, DUALBUF_REG_NAME(info, i), DUALBUF_REG_NAME_SIZE);
	for (i = 0; i < nb && values != NULL; i++)
		values[i] = gbe_dump_value(hw, i);
	info->length = nb;
	info->width = sizeof(uint32_t);
	return 0;
}

int
gbe_eeprom_length(const struct rte_eth_dev *dev)
{
	return (int)gbe_nvm_len(&gbe_of(dev)->hw);
}

/* Its key is what writing would ask for: the PCI IDs of whose memory it is. */
int
gbe_get_eeprom(const struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info)
{
	const struct rte_pci_device *pci = RTE_CLASS_TO_BUS_DEVICE(dev, struct rte_pci_device);
	const struct gbe_hw *hw = &gbe_of(dev)->hw;
	uint32_t len = gbe_nvm_len(hw);
	int ret;

	if (info->data == NULL || info->offset > len || info->length > len - info->offset) {
		DUALBUF_LOG(ERR,
				"%s: %u bytes of the NVM from %u on, to %s: it has %u bytes, of which "
				"any are offered to a buffer",
				hw->name, info->length, info->offset,
				info->data == NULL ? "no buffer" : "a buffer", len);
		return -EINVAL;
	}
	ret = gbe_read_nvm_bytes(hw, info->offset, info->length, info->data);
	if (ret != 0) {
		DUALBUF_LOG(ERR, "%s: the NVM cannot be read: %s", hw->name, strerror(-ret));
		return ret;
	}
	info->magic = pci->id.vendor_id | (uint32_t)pci->id.device_id << 16;
	return 0;
}

/* As tools print it: major, minor and image. The NVM's words are set to all ones, or 0, where it has none. */
int
gbe_fw_version(const struct rte_eth_dev *dev, char *text, size_t size)
{
	const struct gbe_hw *hw = &gbe_of(dev)->hw;
	uint16_t version;
	int ret, len;

	if (hw->family->nvm_version == 0)
		return -ENOTSUP;
	ret = gbe_read_nvm(hw, hw->family->nvm_version, &version);
	if (ret != 0)
		return ret;
	if (version == 0 || version == UINT16_MAX)
		return -ENOTSUP;
	len = snprintf(text, size, "%u.%u-%u", version >> 12, version >> 4 & 0xff, version & 0xf);
	return (size_t)len < size ? 0 : len + 1;
}
