/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_FILTER_H_
#define _DUALBUF_FILTER_H_

/*
 * Which frames a port lets pass: the one place where that is kept. Devices look it up here, or write it
 * to their registers when they are told that it has changed.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

/*
 * The control path writes one field at a time and whole, so that a device that filters by itself may
 * read them from any thread, relaxed.
 */
struct dualbuf_filter {
	uint64_t mac; /* the port's address: its six bytes as they stand in a frame, then zeros */
	bool promiscuous;
	bool all_multicast;
	uint16_t mtu; /* bytes of a frame's payload */
};

/* An address as the filter has it, and the other way round. */
union dualbuf_filter_mac {
	struct rte_ether_addr addr;
	uint64_t value;
};

static inline uint64_t
dualbuf_filter_mac(const struct rte_ether_addr *addr)
{
	union dualbuf_filter_mac mac = { .value = 0 };

	mac.addr = *addr;
	return mac.value;
}

static inline struct rte_ether_addr
dualbuf_filter_addr(const struct dualbuf_filter *filter)
{
	const union dualbuf_filter_mac mac = { .value = filter->mac };

	return mac.addr;
}

/* The longest frame that an MTU asks for, in bytes, with a VLAN tag and without CRC. */
static inline uint32_t
dualbuf_filter_max_frame(const struct dualbuf_filter *filter)
{
	return (uint32_t)filter->mtu + RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN;
}

#endif /* _DUALBUF_FILTER_H_ */
