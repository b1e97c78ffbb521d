/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include "dualbuf_ethdev_rss.h"
#include "dualbuf_logs.h"
#include "dualbuf_port.h"

int
dualbuf_rss_hash_update(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf)
{
	uint64_t types = dualbuf_device(dev)->rss_types;
	int ret = types == 0 ? -ENOTSUP : dualbuf_rss_set(&dualbuf_port(dev)->rss, conf, types);

	return ret == 0 ? dualbuf_device(dev)->rx_rss(dev) : ret;
}

int
dualbuf_rss_hash_conf_get(struct rte_eth_dev *dev, struct rte_eth_rss_conf *conf)
{
	return dualbuf_rss_get(&dualbuf_port(dev)->rss, conf);
}

static int
check_has_table(struct rte_eth_dev *dev)
{
	struct rte_eth_dev_info info = { 0 };

	dualbuf_device(dev)->info(dev, &info);
	if (info.reta_size > 0)
		return 0;
	DUALBUF_LOG(ERR,
			"port %u: each receive queue has a source of its own; a redirection table "
			"requires one source for all",
			dev->data->port_id);
	return -ENOTSUP;
}

int
dualbuf_reta_update(struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *groups, uint16_t size)
{
	int ret = check_has_table(dev);

	if (ret == 0)
		ret = dualbuf_rss_set_table(&dualbuf_port(dev)->rss, groups, size);
	return ret == 0 ? dualbuf_device(dev)->rx_rss(dev) : ret;
}

int
dualbuf_reta_query(struct rte_eth_dev *dev, struct rte_eth_rss_reta_entry64 *groups, uint16_t size)
{
	int ret = check_has_table(dev);

	return ret == 0 ? dualbuf_rss_get_table(&dualbuf_port(dev)->rss, groups, size) : ret;
}
