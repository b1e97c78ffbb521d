/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DEVICE_H_
#define _DUALBUF_DEVICE_H_

/*
 * What the common driver asks of the device behind the ring. Control path only: on the way of a
 * packet devices differ in data (the descriptors' memory, the doorbell's address), and in the burst
 * function they choose, which ends in an instance of rx_burst() or in dualbuf_tx_burst().
 */

#include <ethdev_driver.h>

struct dualbuf_rxq;
struct dualbuf_txq;

/* What a device has counted that counts by port, whatever the number of queues. */
struct dualbuf_port_stats {
	uint64_t missed; /* packets that never reached a descriptor */
	uint64_t rx_errors; /* packets dropped as bad */
	uint64_t tx_errors; /* packets taken that could not be sent */
};

struct dualbuf_device {
	/* Field of an mbuf that holds the address by which the device reaches its buffer. */
	size_t mbuf_addr_offset;

	/* Fill in what depends on the device: limits, offloads, speeds. */
	void (*info)(struct rte_eth_dev *dev, struct rte_eth_dev_info *info);

	/* Take over what the configuration asks for; called before queues are set up. 0 or an errno. */
	int (*configure)(struct rte_eth_dev *dev);

	/* The largest buffer size the device can be told for room bytes; 0: the room is too small. */
	uint32_t (*rx_buf_size)(uint32_t room);

	/* Give a queue its doorbell and the device's side of it. 0 or a negative errno. */
	int (*rx_queue_attach)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
	int (*tx_queue_attach)(struct rte_eth_dev *dev, struct dualbuf_txq *txq);

	/* Take that back before the queue goes; also for a queue that was never attached. */
	void (*rx_queue_detach)(struct dualbuf_rxq *rxq);
	void (*tx_queue_detach)(struct dualbuf_txq *txq);

	/*
	 * start: every ring is armed; set the burst functions and run. Logs and returns a negative
	 * errno on failure, with the device stopped.
	 * stop: on return the device touches no descriptor and no buffer, and what was sent is out.
	 * close: free what the device has; nothing else is called after it.
	 */
	int (*start)(struct rte_eth_dev *dev);
	void (*stop)(struct rte_eth_dev *dev);
	void (*close)(struct rte_eth_dev *dev);

	/*
	 * Receive interrupts of a queue, when they were configured. No packet goes unnoticed: one that
	 * came before enable returns, and was not received, interrupts at once. -ENOTSUP when they were
	 * not configured.
	 */
	int (*rx_intr_enable)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
	int (*rx_intr_disable)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);

	/* The link as it is now. */
	void (*link)(struct rte_eth_dev *dev, struct rte_eth_link *link);

	/* Has the device been pulled out? NULL: it cannot be. */
	bool (*is_removed)(const struct rte_eth_dev *dev);

	/*
	 * Take over what can change at any time: the port's MAC address, promiscuous modes, MTU, and
	 * whether VLAN tags are stripped. 0 or an errno.
	 */
	int (*rx_filter)(struct rte_eth_dev *dev);

	/*
	 * What the device counts: by queue, or by port; the others are NULL. Any thread.
	 * rx_missed, rx_errors: packets that this queue lost before they reached a descriptor, and those
	 * dropped as bad.
	 * tx_errors: packets taken from this queue that could not be sent, and their bytes.
	 */
	uint64_t (*rx_missed)(const struct dualbuf_rxq *rxq);
	uint64_t (*rx_errors)(const struct dualbuf_rxq *rxq);
	void (*tx_errors)(const struct dualbuf_txq *txq, uint64_t *packets, uint64_t *bytes);
	void (*port_stats)(const struct rte_eth_dev *dev, struct dualbuf_port_stats *stats);
};

#endif /* _DUALBUF_DEVICE_H_ */
