/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* The descriptors of a receive ring, and what becomes of each when its packet comes up. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_memzone.h>

#include "commands.h"
#include "stream.h"

#define MAX_SIDES 8
#define DONE 0x1 /* of the status: DD, whatever the format */

/* What a descriptor of any format has in common, as long as it is armed. */
struct desc {
	rte_le64_t address;
	rte_le64_t rest;
};

/* Claims 1 and 3, looked at from inside a receive callback. */
static struct {
	uint16_t port;
	const struct rte_eth_rxtx_callback *callback;
	const volatile struct desc *desc;
	uint32_t status_at;
	uint32_t nb_desc;
	uint32_t pos;
	uint64_t *armed; /* address in each descriptor when it was last looked at */
	uint64_t (*sides)[MAX_SIDES]; /* different addresses seen in it */
	uint64_t flips, copies, bad;
} inspect;

/* ethdev's own name for the ring of a receive queue; its driver part is "dualbuf_rx". */
static const struct rte_memzone *
ring_of(uint16_t port)
{
	char name[RTE_MEMZONE_NAMESIZE];

	snprintf(name, sizeof(name), "eth_p%u_q0_dualbuf_rx", port);
	return rte_memzone_lookup(name);
}

static uint32_t
ring_length(uint16_t port)
{
	struct rte_eth_rxq_info info;

	return rte_eth_rx_queue_info_get(port, 0, &info) == 0 ? info.nb_desc : 0;
}

static uint64_t
address_in(const volatile struct desc *desc)
{
	return rte_le_to_cpu_64(desc->address);
}

/* at: the byte where the status begins, which differs between formats. */
static uint32_t
status_in(const volatile struct desc *desc, uint32_t at)
{
	return *((const volatile uint8_t *)desc + at);
}

static uint32_t
status_place(const struct words *words)
{
	return RTE_MIN(number_of(words, "status", 8), sizeof(struct desc) - 1);
}

static int
compare_addresses(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

int
do_armed(const struct words *words)
{
	const struct rte_memzone *mz = ring_of(argument(words, 1));
	uint32_t nb = ring_length(argument(words, 1)), done = 0, same = 0, null = 0, i;
	uint32_t status_at = status_place(words);
	const volatile struct desc *desc;
	uint64_t *all;

	if (mz == NULL || nb == 0)
		return say_error("no such ring");
	desc = mz->addr;
	all = calloc(nb, sizeof(*all));
	for (i = 0; i < nb; i++) {
		all[i] = address_in(&desc[i]);
		done += status_in(&desc[i], status_at) & DONE;
		null += all[i] == 0;
	}
	qsort(all, nb, sizeof(*all), compare_addresses);
	for (i = 1; i < nb; i++)
		same += all[i] == all[i - 1];
	free(all);
	return say_ok("descriptors=%u done=%u null=%u same=%u", nb, done, null, same);
}

static void
inspect_side(uint32_t pos, uint64_t address)
{
	unsigned int i;

	for (i = 0; i < MAX_SIDES; i++) {
		if (inspect.sides[pos][i] == address)
			return;
		if (inspect.sides[pos][i] == 0) {
			inspect.sides[pos][i] = address;
			return;
		}
	}
}

/*
 * One descriptor whose bytes came up in m, before the application sees m: it is armed again,
 * either with another buffer (flip) or, when the bytes were copied, with the same one.
 */
static void
inspect_segment(const struct rte_mbuf *m)
{
	const volatile struct desc *desc = &inspect.desc[inspect.pos];
	uint64_t before = inspect.armed[inspect.pos];
	uint64_t after = address_in(desc);
	uint64_t mine = rte_mbuf_data_iova_default(m);
	bool flipped = mine == before && after != before;
	bool copied = mine != before && after == before;

	inspect.flips += flipped;
	inspect.copies += copied;
	if (flipped == copied || after == 0 || after == mine || is_held(after) ||
			(status_in(desc, inspect.status_at) & DONE)) {
		printf("descriptor %u: %#" PRIx64 " before, %#" PRIx64 " after, mbuf %#" PRIx64
		       ", status %#x\n",
				inspect.pos, before, after, mine,
				status_in(desc, inspect.status_at));
		inspect.bad++;
	}
	inspect_side(inspect.pos, after);
	inspect.armed[inspect.pos] = after;
	inspect.pos = (inspect.pos + 1) % inspect.nb_desc;
}

static uint16_t
inspect_burst(uint16_t port __rte_unused, uint16_t queue __rte_unused, struct rte_mbuf **pkts,
		uint16_t nb_pkts, uint16_t max_pkts __rte_unused, void *arg __rte_unused)
{
	const struct rte_mbuf *m;
	uint16_t i;

	for (i = 0; i < nb_pkts; i++)
		for (m = pkts[i]; m != NULL; m = m->next)
			inspect_segment(m);
	return nb_pkts;
}

/* The port was just started: its ring begins at descriptor 0. */
int
do_inspect(const struct words *words)
{
	const struct rte_memzone *mz;
	uint32_t i;

	memset(&inspect, 0, sizeof(inspect));
	inspect.port = argument(words, 1);
	inspect.status_at = status_place(words);
	mz = ring_of(inspect.port);
	inspect.nb_desc = ring_length(inspect.port);
	if (mz == NULL || inspect.nb_desc == 0)
		return say_error("no such ring");
	inspect.desc = mz->addr;
	inspect.armed = calloc(inspect.nb_desc, sizeof(*inspect.armed));
	inspect.sides = calloc(inspect.nb_desc, sizeof(*inspect.sides));
	for (i = 0; i < inspect.nb_desc; i++) {
		inspect.armed[i] = address_in(&inspect.desc[i]);
		inspect_side(i, inspect.armed[i]);
	}
	inspect.callback = rte_eth_add_rx_callback(inspect.port, 0, inspect_burst, NULL);
	return inspect.callback == NULL ? say_failed("callback", rte_errno) : say_ok(" ");
}

int
do_inspected(const struct words *words __rte_unused)
{
	uint32_t min = MAX_SIDES, max = 0, nb, i;

	for (i = 0; i < inspect.nb_desc; i++) {
		for (nb = 0; nb < MAX_SIDES && inspect.sides[i][nb] != 0; nb++)
			;
		min = RTE_MIN(min, nb);
		max = RTE_MAX(max, nb);
	}
	rte_eth_remove_rx_callback(inspect.port, 0, inspect.callback);
	free(inspect.armed);
	free(inspect.sides);
	return say_ok("flips=%" PRIu64 " copies=%" PRIu64 " bad=%" PRIu64
		      " min_sides=%u max_sides=%u",
			inspect.flips, inspect.copies, inspect.bad, min, max);
}
