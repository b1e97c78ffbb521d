/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Queues that start and stop alone, and are set up while their port runs. */

#include <errno.h>
#include <string.h>

#include <rte_ethdev.h>

#include "commands.h"
#include "pool.h"

/* start or stop, as the line has it. */
static int
change(const struct words *words, int (*start)(uint16_t port, uint16_t queue),
		int (*stop)(uint16_t port, uint16_t queue))
{
	uint16_t port = argument(words, 1);
	int ret = -EINVAL;

	if (words->nb > 2 && strcmp(words->word[2], "start") == 0)
		ret = start(port, 0);
	else if (words->nb > 2 && strcmp(words->word[2], "stop") == 0)
		ret = stop(port, 0);
	return ret != 0 ? say_failed(words->word[0], ret) : say_ok(" ");
}

int
do_rxq(const struct words *words)
{
	return change(words, rte_eth_dev_rx_queue_start, rte_eth_dev_rx_queue_stop);
}

int
do_txq(const struct words *words)
{
	return change(words, rte_eth_dev_tx_queue_start, rte_eth_dev_tx_queue_stop);
}

int
do_newrxq(const struct words *words)
{
	int ret = rte_eth_rx_queue_setup(argument(words, 1), 0, number_of(words, "rxd", 256),
			SOCKET_ID_ANY, NULL, pool);

	return ret != 0 ? say_failed("newrxq", ret) : say_ok(" ");
}
