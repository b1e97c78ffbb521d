/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Registers and the NVM, as the driver shows them, and registers behind its back. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_common.h>
#include <rte_dev.h>
#include <rte_dev_info.h>
#include <rte_ethdev.h>

#include "commands.h"

#define BAR_LEN 0x20000

static volatile uint32_t *
map_bar(uint16_t port)
{
	char path[128];
	struct rte_eth_dev_info info;
	void *bar;
	int fd;

	if (rte_eth_dev_info_get(port, &info) != 0)
		return NULL;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0",
			rte_dev_name(info.device));
	fd = open(path, O_RDWR | O_SYNC);
	if (fd < 0)
		return NULL;
	bar = mmap(NULL, BAR_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return bar == MAP_FAILED ? NULL : bar;
}

int
do_bar(const struct words *words)
{
	volatile uint32_t *bar = map_bar(argument(words, 1));
	uint32_t reg = argument(words, 2) / sizeof(*bar);
	uint32_t clear = number_of(words, "clear", 0), set = number_of(words, "set", 0);
	uint32_t value;

	if (bar == NULL)
		return say_failed("resource0", errno);
	value = bar[reg];
	if ((clear | set) != 0)
		bar[reg] = (value & ~clear) | set;
	munmap((void *)(uintptr_t)bar, BAR_LEN);
	return say_ok("value=%#x", value);
}

/* As an application asks for them: how many there are, then their values, of which CTRL and STATUS come first. */
int
do_regs(const struct words *words)
{
	struct rte_dev_reg_info info = { 0 };
	uint16_t port = argument(words, 1);
	uint32_t values[256];
	int ret = rte_eth_dev_get_reg_info(port, &info);

	if (ret != 0 || info.width != sizeof(*values) || info.length > RTE_DIM(values))
		return say_failed("regs", ret);
	info.data = values;
	ret = rte_eth_dev_get_reg_info(port, &info);
	return ret != 0 ? say_failed("regs", ret) :
			  say_ok("nb=%u ctrl=%#x status=%#x", info.length, values[0], values[1]);
}

int
do_eeprom(const struct words *words)
{
	static uint8_t bytes[32768]; /* as much as any NVM has */
	uint16_t port = argument(words, 1);
	struct rte_dev_eeprom_info info = {
		.data = bytes,
		.offset = number_of(words, "offset", 0),
		.length = number_of(words, "length", 0),
	};
	int len = rte_eth_dev_get_eeprom_length(port), ret;
	char text[2 * 64 + 1] = "";
	uint32_t i;

	ret = len < 0 ? len : rte_eth_dev_get_eeprom(port, &info);
	for (i = 0; ret == 0 && i < RTE_MIN(info.length, 64u); i++)
		snprintf(text + 2 * i, sizeof(text) - 2 * i, "%02x", bytes[i]);
	return ret != 0 ? say_failed("eeprom", ret) :
			  say_ok("size=%d magic=%#x bytes=0x%s", len, info.magic, text);
}
