/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _QUEUE_STATES_UTIL_H_
#define _QUEUE_STATES_UTIL_H_

/* A port whose queues start and stop alone. */

#include "intr_util.h"

#define FIRST "imix"
#define SECOND "ipv6"
#define NB_PACKETS 200

static const struct rte_eth_rxconf rx_deferred = { .rx_deferred_start = 1 };

/* A port that reads two captures and writes one, started; deferred: its second receive queue is not. */
static inline uint16_t
start_port(bool deferred, const char *out)
{
	uint16_t port = vdev_plug("rx_pcap=%s,rx_pcap=%s,tx_pcap=%s", capture_of(FIRST),
			capture_of(SECOND), out);
	struct rte_mempool *mp = vdev_pool(4096);

	vdev_set_up_queues(port, &(struct vdev_config){ .mp = mp });
	if (deferred)
		assert_int_equal(rte_eth_rx_queue_setup(port, 1, VDEV_DESC, SOCKET_ID_ANY,
						 &rx_deferred, mp),
				0);
	assert_int_equal(rte_eth_dev_start(port), 0);
	return port;
}

static inline uint8_t
rx_state(uint16_t port, uint16_t queue)
{
	struct rte_eth_rxq_info info;

	assert_int_equal(rte_eth_rx_queue_info_get(port, queue, &info), 0);
	return info.queue_state;
}

static inline void
assert_gives_nothing(uint16_t port, uint16_t queue)
{
	struct batch batch = { 0 };

	assert_int_equal(receive_all(port, queue, &batch), 0);
}

/* The next packets of a queue are those of a capture from the given one on, and the last are the last. */
static inline void
assert_gives_rest(uint16_t port, uint16_t queue, const char *kind, unsigned int from)
{
	struct packets packets = capture_read(capture_of(kind));
	struct batch batch = { 0 };
	unsigned int i;

	receive_all(port, queue, &batch);
	assert_int_equal(batch.nb, packets.nb - from);
	for (i = 0; i < batch.nb; i++)
		assert_packet(batch.m[i], &packets.all[from + i], from + i);
	batch_free(&batch);
}

static inline void
receive_and_free(uint16_t port, uint16_t queue, unsigned int nb)
{
	struct batch batch = { 0 };
	unsigned int total = 0;
	double since = 0;

	while (total < nb && vdev_wait(&since)) {
		total += receive_up_to(port, queue, &batch, nb - total);
		batch_free(&batch);
	}
	assert_int_equal(total, nb);
}

#endif /* _QUEUE_STATES_UTIL_H_ */
