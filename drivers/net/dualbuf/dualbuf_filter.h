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

/* As many addresses of its own as the 82574L has entries for, of which firmware may need the last. */
#define DUALBUF_MAX_MACS 15

/* Multicast addresses; the model looks at all of them for a multicast frame. */
#define DUALBUF_MAX_GROUPS 256

#define DUALBUF_VLAN_IDS 4096

/*
 * The control path writes one field, or one entry of a table, at a time and whole, so that a device that
 * filters by itself may read them from any thread, relaxed. What is to pass before and after a change
 * passes meanwhile: an entry that stays is not touched.
 *
 * An address is its six bytes as they stand in a frame, then zeros; 0 is a free entry.
 */
struct dualbuf_filter {
	uint64_t macs[DUALBUF_MAX_MACS]; /* the port's address first; places are the application's choice */
	uint64_t groups[DUALBUF_MAX_GROUPS];
	uint32_t nb_groups; /* entries from there on are free */
	uint64_t vlans[DUALBUF_VLAN_IDS / 64]; /* a bit by VLAN ID */
	bool promiscuous;
	bool all_multicast;
	bool by_vlan; /* tagged frames pass only if their VLAN ID is in the table */
	bool scattered; /* a frame may take several buffers */
	bool enforce_mtu; /* the device drops frames that are longer; never changes */
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
dualbuf_filter_addr(uint64_t value)
{
	const union dualbuf_filter_mac mac = { .value = value };

	return mac.addr;
}

/* Is this one of the port's own addresses? Any thread. */
static inline bool
dualbuf_filter_has_mac(const struct dualbuf_filter *filter, uint64_t mac)
{
	unsigned int i;

	for (i = 0; mac != 0 && i < DUALBUF_MAX_MACS; i++)
		if (__atomic_load_n(&filter->macs[i], __ATOMIC_RELAXED) == mac)
			return true;
	return false;
}

/* Is this one of the multicast addresses? Any thread. */
static inline bool
dualbuf_filter_has_group(const struct dualbuf_filter *filter, uint64_t group)
{
	uint32_t nb = __atomic_load_n(&filter->nb_groups, __ATOMIC_RELAXED), i;

	for (i = 0; i < nb; i++)
		if (__atomic_load_n(&filter->groups[i], __ATOMIC_RELAXED) == group)
			return true;
	return false;
}

/* Is this VLAN ID in the table? Any thread. */
static inline bool
dualbuf_filter_has_vlan(const struct dualbuf_filter *filter, uint16_t vlan)
{
	uint64_t word = __atomic_load_n(&filter->vlans[vlan / 64], __ATOMIC_RELAXED);

	return (word >> vlan % 64 & 1) != 0;
}

/* The longest frame that an MTU asks for, in bytes, with a VLAN tag and without CRC. */
static inline uint32_t
dualbuf_filter_frame(uint16_t mtu)
{
	return (uint32_t)mtu + RTE_ETHER_HDR_LEN + RTE_VLAN_HLEN;
}

static inline uint32_t
dualbuf_filter_max_frame(const struct dualbuf_filter *filter)
{
	return dualbuf_filter_frame(__atomic_load_n(&filter->mtu, __ATOMIC_RELAXED));
}

#endif /* _DUALBUF_FILTER_H_ */
