/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_DEVICE_H_
#define _DUALBUF_DEVICE_H_

/*
 * The device behind the ring, as the common driver sees it. Control path only: on the way of a packet
 * devices differ in data (the descriptors' memory, the doorbell's address), and in the burst functions
 * they choose, which end in instances of the receive and transmit path for their descriptor format.
 */

#include <ethdev_driver.h>

#include "dualbuf_causes.h"

struct dualbuf_rx_format;
struct dualbuf_rx_losses;
struct dualbuf_rxq;
struct dualbuf_tx_format;
struct dualbuf_tx_losses;
struct dualbuf_txq;

/* The counters of a device that counts by port, whatever the number of queues. */
struct dualbuf_port_stats {
	uint64_t missed; /* packets that never reached a descriptor */
	uint64_t rx_errors; /* packets dropped as bad */
	uint64_t tx_errors; /* packets taken that could not be sent */
	struct dualbuf_causes causes; /* what they were lost to, and more */
};

/* How late a queue's packets came that have a time, since the last reset. */
struct dualbuf_lateness {
	uint64_t max_ns;
	uint64_t mean_ns;
};

/* Which one it is, for processes that have the driver elsewhere. */
enum dualbuf_device_id {
	DUALBUF_DEVICE_GBE,
	DUALBUF_DEVICE_VNIC,
	DUALBUF_DEVICE_XDP,
};

struct dualbuf_device {
	enum dualbuf_device_id id;

	/* Field of an mbuf that holds the address by which the device reaches its buffer. */
	size_t mbuf_addr_offset;

	/* Its descriptors. */
	const struct dualbuf_rx_format *rx_format;
	const struct dualbuf_tx_format *tx_format;

	/*
	 * Frames longer than the MTU asks for: is the receive path to drop them, since the device may not?
	 * tx_prepare refuses them then.
	 */
	bool mtu_by_driver;

	/* The headers that it can hash, RTE_ETH_RSS_*; 0: it does not hash. */
	uint64_t rss_types;

	/* Packet types that it can find in frames, up to RTE_PTYPE_UNKNOWN; NULL: those of its write-backs. */
	const uint32_t *ptypes;

	/* Check packets before they are sent. NULL: as the format does. */
	eth_tx_prep_t tx_prepare;

	/* Have a queue go on with what it was given, of the thread that sends. NULL: it does so by itself. */
	void (*tx_go_on)(struct dualbuf_txq *txq);

	/* Fill in what depends on the device: limits, offloads, speeds. */
	void (*info)(struct rte_eth_dev *dev, struct rte_eth_dev_info *info);

	/* Apply what the configuration asks for; called before queues are set up. 0 or a negative errno. */
	int (*configure)(struct rte_eth_dev *dev);

	/*
	 * The largest buffer size the device can be told for room bytes; 0: the room is less than info's
	 * min_rx_bufsize.
	 */
	uint32_t (*rx_buf_size)(uint32_t room);

	/* Give a queue its doorbell and the device's side of it. 0 or a negative errno. */
	int (*rx_queue_attach)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
	int (*tx_queue_attach)(struct rte_eth_dev *dev, struct dualbuf_txq *txq);

	/* Take that back before the queue goes; also for a queue that was never attached. */
	void (*rx_queue_detach)(struct dualbuf_rxq *rxq);
	void (*tx_queue_detach)(struct dualbuf_txq *txq);

	/*
	 * Starting, in this order:
	 *   start           bring the device up, with no queue active yet
	 *   rx_queue_start  a queue whose ring is at its beginning, and armed: tell the device of it
	 *   tx_queue_start
	 *   run             set the burst functions and let the queues go
	 * Later queues may be started alone, on a device that runs. Each logs and returns a negative errno on
	 * failure. After start succeeded, what was started is ended by the calls below, whatever failed.
	 */
	int (*start)(struct rte_eth_dev *dev);
	int (*rx_queue_start)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
	int (*tx_queue_start)(struct rte_eth_dev *dev, struct dualbuf_txq *txq);
	int (*run)(struct rte_eth_dev *dev);

	/*
	 * The burst functions of a secondary process, which nobody tells of set-up, start and stop: they look
	 * for themselves whether there is a queue, and whether it runs.
	 */
	eth_rx_burst_t secondary_rx_burst;
	eth_tx_burst_t secondary_tx_burst;

	/*
	 * Stopping, in this order:
	 *   halt           nothing runs beside the burst functions any more, no event is told
	 *   tx_queue_stop  on return the device touches no descriptor and no buffer of the queue, and what was
	 *   rx_queue_stop  sent is out; also for a queue that was not started
	 *   stop           the device is quiet
	 * Before, queues may be stopped alone, while nobody uses them and the others go on, if
	 * rx_queue_check_stop (NULL: always) returns 0, and not a negative errno with a line in the log.
	 */
	int (*rx_queue_check_stop)(const struct rte_eth_dev *dev, const struct dualbuf_rxq *rxq);
	void (*halt)(struct rte_eth_dev *dev);
	void (*rx_queue_stop)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
	void (*tx_queue_stop)(struct rte_eth_dev *dev, struct dualbuf_txq *txq);
	void (*stop)(struct rte_eth_dev *dev);

	/* Free what the device has; nothing else is called after it. */
	void (*close)(struct rte_eth_dev *dev);

	/* The same in a secondary process: free what this one has, and leave the device as it is. */
	void (*leave)(struct rte_eth_dev *dev);

	/*
	 * Receive interrupts of a queue, when they were configured. No packet goes unnoticed: one that
	 * came before enable returns, and was not received, interrupts at once. -ENOTSUP when they were
	 * not configured.
	 */
	int (*rx_intr_enable)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);
	int (*rx_intr_disable)(struct rte_eth_dev *dev, struct dualbuf_rxq *rxq);

	/* The link as it is now. */
	void (*link)(struct rte_eth_dev *dev, struct rte_eth_link *link);

	/* How long a link that is down is worth waiting for now. NULL: not at all. */
	uint32_t (*link_patience_ms)(const struct rte_eth_dev *dev);

	/* Another MTU, before the port has it. NULL: any that is allowed. 0 or a negative errno. */
	int (*mtu)(struct rte_eth_dev *dev, uint16_t mtu);

	/* Set the link of a port that runs down, and up again. 0 or a negative errno. */
	int (*set_link)(struct rte_eth_dev *dev, bool up);

	/*
	 * Flow control, as eth_dev_ops have it; to get it in every process, to set it in the primary one. NULL:
	 * there is none.
	 */
	int (*flow_ctrl_get)(struct rte_eth_dev *dev, struct rte_eth_fc_conf *conf);
	int (*flow_ctrl_set)(struct rte_eth_dev *dev, const struct rte_eth_fc_conf *conf);

	/*
	 * Registers, EEPROM and the firmware's version, as eth_dev_ops have them, in the primary process. NULL:
	 * there are none.
	 */
	int (*get_reg)(const struct rte_eth_dev *dev, struct rte_dev_reg_info *info);
	int (*eeprom_length)(const struct rte_eth_dev *dev);
	int (*get_eeprom)(const struct rte_eth_dev *dev, struct rte_dev_eeprom_info *info);
	int (*fw_version)(const struct rte_eth_dev *dev, char *text, size_t size);

	/* The time now on the clock of receive timestamps. NULL: there are none. */
	uint64_t (*clock)(void);

	/* Has the device been pulled out? NULL: it cannot be. */
	bool (*is_removed)(const struct rte_eth_dev *dev);

	/* Apply what can change at any time: the port's filter and its receive offloads. 0 or an errno. */
	int (*rx_filter)(struct rte_eth_dev *dev);

	/* The same for receive-side scaling: types, key and table. Before the start, too. 0 or an errno. */
	int (*rx_rss)(struct rte_eth_dev *dev);

	/* Find packet types of these layers, RTE_PTYPE_*_MASK. At any time. NULL where ptypes is. */
	int (*rx_ptypes)(struct rte_eth_dev *dev, uint32_t layers);

	/*
	 * Counters of the device: by queue, since its set-up, or by port, since its probe; the others are
	 * NULL. Any thread.
	 */
	void (*rx_losses)(const struct dualbuf_rxq *rxq, struct dualbuf_rx_losses *losses);
	void (*tx_losses)(const struct dualbuf_txq *txq, struct dualbuf_tx_losses *losses);
	/* NULL: its packets have no times */
	void (*rx_lateness)(const struct dualbuf_rxq *rxq, struct dualbuf_lateness *late);
	void (*rx_lateness_reset)(struct dualbuf_rxq *rxq);
	void (*port_stats)(const struct rte_eth_dev *dev, struct dualbuf_port_stats *stats);
};

#endif /* _DUALBUF_DEVICE_H_ */
