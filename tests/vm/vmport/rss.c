/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Receive-side scaling: where frames arrive, beside where DPDK's own software says. */

#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <rte_ethdev.h>
#include <rte_interrupts.h>
#include <rte_mbuf.h>

#include "commands.h"
#include "rss_util.h"
#include "stream.h"

#define MAX_QUEUES 16

static int epfd = -1;

/* Those that the port was configured with, but no more than there is room for; 0: it cannot tell. */
static uint16_t
queues_of(uint16_t port)
{
	struct rte_eth_dev_info info;

	return rte_eth_dev_info_get(port, &info) != 0 ? 0 : RTE_MIN(info.nb_rx_queues, MAX_QUEUES);
}

int
do_key(const struct words *words)
{
	uint32_t seed = number_of(words, "seed", 1), i;
	uint8_t key[RSS_UTIL_KEY_LEN];
	struct rte_eth_rss_conf conf = {
		.rss_key = key,
		.rss_key_len = sizeof(key),
		.rss_hf = number_of(words, "types", 0),
	};
	int ret;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (seed * 73 + i) * 2654435761u >> 13;
	ret = rte_eth_dev_rss_hash_update(argument(words, 1), &conf);
	return ret != 0 ? say_failed("key", ret) : say_ok(" ");
}

int
do_table(const struct words *words)
{
	uint32_t step = number_of(words, "step", 1), i;
	uint16_t port = argument(words, 1), nb_queues = queues_of(port);
	uint16_t table[RSS_UTIL_TABLE_SIZE];
	int ret;

	for (i = 0; i < RSS_UTIL_TABLE_SIZE; i++)
		table[i] = step == 0 || nb_queues == 0 ? 1 : i / step % nb_queues;
	ret = rss_util_set_table(port, table);
	return ret != 0 ? say_failed("table", ret) : say_ok(" ");
}

/* Is this frame's hash, and the queue in which it came, what software computes? */
static bool
is_as_computed(const struct rss_util *rss, const struct rte_mbuf *m, uint16_t queue)
{
	const uint8_t *frame = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t hash = 0;
	bool hashed = rss_util_hash(rss, frame, &hash);

	if (((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0) != hashed)
		return false;
	return rss_util_queue(rss, frame) == queue && (!hashed || m->hash.rss == hash);
}

/* One burst of a queue; sent back, if that is asked for, from the transmit queue of the same number. */
static uint32_t
receive_steered(const struct rss_util *rss, uint16_t port, uint16_t queue, bool echo,
		uint32_t *wrong)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb = rte_eth_rx_burst(port, queue, m, BURST), sent, i;

	for (i = 0; i < nb; i++)
		*wrong += !is_as_computed(rss, m[i], queue);
	sent = echo ? rte_eth_tx_burst(port, queue, m, nb) : 0;
	rte_pktmbuf_free_bulk(&m[sent], nb - sent);
	return nb;
}

int
do_steered(const struct words *words)
{
	uint32_t count = number_of(words, "count", 1), nb[MAX_QUEUES] = { 0 }, all = 0, wrong = 0;
	uint16_t port = argument(words, 1), q, nb_queues = queues_of(port);
	bool echo = number_of(words, "echo", 0) != 0;
	uint64_t deadline = in_seconds(PATIENCE_S);
	char text[16 * MAX_QUEUES] = "";
	struct rss_util rss;
	int ret = rss_util_ask(port, &rss), at = 0;

	if (ret != 0)
		return say_failed("steered", ret);
	while (all < count && is_before(deadline)) {
		for (q = 0; q < nb_queues; q++) {
			uint32_t came = receive_steered(&rss, port, q, echo, &wrong);

			nb[q] += came;
			all += came;
		}
	}
	for (q = 0; q < nb_queues; q++)
		at += snprintf(text + at, sizeof(text) - at, "q%u=%u ", q, nb[q]);
	return say_ok("%swrong=%u", text, wrong);
}

int
do_listen(const struct words *words)
{
	uint16_t port = argument(words, 1), nb_queues = queues_of(port);
	uintptr_t q;
	int ret = 0;

	if (epfd >= 0)
		close(epfd);
	epfd = epoll_create1(EPOLL_CLOEXEC);
	for (q = 0; q < nb_queues && ret == 0; q++)
		ret = rte_eth_dev_rx_intr_ctl_q(port, q, epfd, RTE_INTR_EVENT_ADD, (void *)q);
	return ret != 0 ? say_failed("listen", ret) : say_ok(" ");
}

int
do_wait(const struct words *words)
{
	uint16_t port = argument(words, 1), q, nb_queues = queues_of(port);
	struct rte_epoll_event event;
	int nb, ret = 0;

	for (q = 0; q < nb_queues && ret == 0; q++)
		ret = rte_eth_dev_rx_intr_enable(port, q);
	if (ret != 0)
		return say_failed("wait", ret);
	nb = rte_epoll_wait(epfd, &event, 1, number_of(words, "ms", 1000));
	for (q = 0; q < nb_queues && ret == 0; q++)
		ret = rte_eth_dev_rx_intr_disable(port, q);
	return nb == 1 ? say_ok("queue=%u", (unsigned int)(uintptr_t)event.epdata.data) :
			 say_ok("queue=none");
}
