/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "dualbuf_logs.h"
#include "dualbuf_pool_list.h"
#include "dualbuf_pool_peer.h"

#define PEER_ACTION "net_dualbuf_pool"

/* How long the primary has to stop its ports, in s. */
#define PEER_PATIENCE_S 5

static void
peer_compose(struct rte_mp_msg *message, const struct rte_mempool *mp)
{
	memset(message, 0, sizeof(*message));
	strlcpy(message->name, PEER_ACTION, sizeof(message->name));
	memcpy(message->param, &mp, sizeof(mp));
	message->len_param = sizeof(mp);
}

/* Runs in the primary's thread for such messages; the other process waits with the mempool as it is. */
static int
peer_answer(const struct rte_mp_msg *request, const void *peer)
{
	struct rte_mempool *mp;
	struct rte_mp_msg reply;

	if (request->len_param != sizeof(mp))
		return -EINVAL;
	memcpy(&mp, request->param, sizeof(mp));
	dualbuf_pool_list_on_event(RTE_MEMPOOL_EVENT_DESTROY, mp, NULL);
	peer_compose(&reply, mp);
	return rte_mp_reply(&reply, peer);
}

/* Is a function at that address of the library that has mempools, as this process has it? */
static bool
peer_has_function(const void *function)
{
	Dl_info here, there;

	return dladdr((void *)(uintptr_t)rte_mempool_free, &here) != 0 &&
			dladdr(function, &there) != 0 && there.dli_fbase == here.dli_fbase;
}

/*
 * A mempool frees its memory through pointers to functions of the process that made it, which are somewhere else
 * in others. Where that is so the memory is kept, in the place of a jump to nowhere.
 */
static void
peer_keep_memory(struct rte_mempool *mp)
{
	struct rte_mempool_memhdr *chunk;
	bool kept = false;

	STAILQ_FOREACH(chunk, &mp->mem_list, next) {
		if (chunk->free_cb == NULL || peer_has_function((void *)(uintptr_t)chunk->free_cb))
			continue;
		chunk->free_cb = NULL;
		kept = true;
	}
	if (kept)
		DUALBUF_LOG(ERR,
				"mempool %s is freed in another process than the one that made it, which "
				"DPDK cannot do: its memory stays in use",
				mp->name);
}

/* The event in a secondary. */
static void
peer_on_event(enum rte_mempool_event event, struct rte_mempool *mp, void *arg __rte_unused)
{
	const struct timespec patience = { .tv_sec = PEER_PATIENCE_S };
	struct rte_mp_reply replies;
	struct rte_mp_msg request;

	if (event != RTE_MEMPOOL_EVENT_DESTROY)
		return;
	peer_keep_memory(mp);
	peer_compose(&request, mp);
	if (rte_mp_request_sync(&request, &replies, &patience) != 0) {
		DUALBUF_LOG(ERR, "mempool %s is freed, and the primary process does not answer: %s",
				mp->name, rte_strerror(rte_errno));
		return;
	}
	free(replies.msgs);
}

int
dualbuf_pool_peer_start(void)
{
	int ret;

	if (rte_eal_process_type() == RTE_PROC_PRIMARY)
		ret = rte_mp_action_register(PEER_ACTION, peer_answer);
	else
		ret = rte_mempool_event_callback_register(peer_on_event, NULL);
	/* a primary that shares nothing has nobody to listen to */
	if (ret == 0 || rte_errno == ENOTSUP || rte_errno == EEXIST)
		return 0;
	DUALBUF_LOG(ERR, "cannot know of mempools that other processes free: %s",
			rte_strerror(rte_errno));
	return -rte_errno;
}
