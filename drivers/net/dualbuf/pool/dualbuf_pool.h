/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_POOL_H_
#define _DUALBUF_POOL_H_

/*
 * The return pool: the mempool that m->pool of every received mbuf names, so that any way of
 * freeing an mbuf brings a bound buffer home.
 *
 * There is one per application mempool, shared by all queues and ports that receive into it, and
 * temporaries name it too. Drivers that free a whole batch into the first mbuf's pool (fast free)
 * may do so when an application uses one pool; from here, then, it has to see one pool.
 *
 * Mbufs that are put to the pool go three ways: a bound buffer comes home, a temporary goes back to the
 * application's pool, and an mbuf that belongs to some other pool is passed on to that one. What
 * is taken from it comes from the application's pool, so that clones of a packet can be made from
 * the packet's own pool.
 *
 * It lives until the application's pool is destroyed: other drivers keep a pool pointer for their
 * queue's whole life, and buffers may be freed long after our queue is gone.
 *
 * Whoever sees the application's pool full may destroy it at once, while the thread that freed the
 * last mbuf is still on its way out of the return pool. So the data of a return pool stays valid for
 * ever: it is used again for the next one, and what is left to do there after an mbuf was handed on is
 * right for any of its lives.
 */

#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <rte_mempool.h>
#include <rte_spinlock.h>

#include "dualbuf_desc.h"
#include "dualbuf_ring.h"

/* Receive queues that one application mempool serves, counting those that still wait for buffers:
 * every port that EAL can hold, with every queue it may have.
 */
#define DUALBUF_POOL_MAX_QUEUES 512

/*
 * An mbuf carries a handle, in a dynamic field, that says where it belongs. Clone and copy
 * duplicate dynamic fields from one mbuf to another, so a handle is a hint that is checked
 * against something only the right mbuf has: its slot's pointer, or its own address.
 */
#define DUALBUF_HANDLE_TEMPORARY RTE_BIT32(31)
#define DUALBUF_HANDLE_SLOT_BITS 15

static_assert(DUALBUF_MAX_BUFS * DUALBUF_MAX_DESC <= 1 << DUALBUF_HANDLE_SLOT_BITS,
		"a handle must have room for every slot of the largest ring");

/*
 * Clones and copies made from a packet's own pool carry that packet's handle, which is not theirs. A
 * bit for what was ever bound tells most of them apart at once: a sixteenth of the bits is set by
 * the largest queue.
 */
#define DUALBUF_POOL_FILTER_BITS (1u << 19)

/* One receive queue's share of a return pool. */
struct dualbuf_pool_queue {
	/* Read by those who free: on a line that nobody writes while the queue lives. */
	struct dualbuf_slots slots;
	uint32_t released; /* the queue is gone: buffers go to the application's pool */

	/* Control path, under the pool's lock */
	uint32_t in_use;
	uint32_t capacity; /* slots that the arrays have room for */
	uint32_t nb_left; /* buffers that have not gone back to the application's pool */

	struct dualbuf_ring ring __rte_cache_aligned; /* what the receive side writes */
};

/* The data of a return pool, in memory that secondary processes share. */
struct dualbuf_pool {
	struct rte_mempool *mp; /* the return pool itself */
	struct rte_mempool *app; /* the application's pool behind it; NULL: it was destroyed */
	struct dualbuf_pool *spare; /* the next one that is to be used again */
	int handle_offset; /* of the dynamic field in an mbuf */
	uint32_t data_offset; /* from an mbuf to where a fresh one has its data */
	int socket_id; /* of this memory */
	rte_spinlock_t lock; /* bind, release and retire; never on the way of a packet */
	uint64_t ever_bound[DUALBUF_POOL_FILTER_BITS / 64]; /* by a hash of the mbuf's address */
	struct dualbuf_pool_queue queues[DUALBUF_POOL_MAX_QUEUES];
};

/* A receive queue's wishes of a pool. */
struct dualbuf_pool_request {
	struct rte_mempool *mp; /* as the application gave it */
	uint32_t nb_desc; /* a multiple of DUALBUF_DESC_ALIGN */
	uint32_t nb_bufs; /* wanted per descriptor */
	uint32_t nb_sharing; /* queues like this one that are still to come, and have to be served too */
	uint32_t reserve; /* mbufs that other queues will still need: no alternates are made of them */
	size_t mbuf_addr_offset; /* of the field of an mbuf that holds the device's address of it */
	int socket_id;
};

/*
 * Make the process ready for return pools: mempool ops, dynamic field, destroy callback. Called at
 * probe, again and again, in primary and secondary processes. A constructor would not do: the
 * index of mempool ops is shared with other processes, and would follow the order in which each
 * of them happened to load its plugins.
 *
 * Where the table of mempool ops is full, one of its places is shared: see dualbuf_pool_share.h.
 *
 * Returns 0; -ENOSPC when there is no place to share, or the table of dynamic fields is full; -EINVAL in
 * a secondary process whose ops got another index than the primary's.
 */
int dualbuf_pool_register(void);

/*
 * Bind buffers for one receive queue: one to each descriptor, and as many alternates as the pool
 * can spare. A pool that has too few mbufs for the ring gets a shorter one, so that it serves the queues
 * that are to come too; a warning says so. Control path.
 *
 * Returns 0 and the ring, which stays the pool's memory. Returns, with one line in the log,
 * -EINVAL for a pool that cannot be used, -ENOMEM when it has not enough mbufs for the shortest ring,
 * -ENOSPC when there is no room for a return pool or for one more queue.
 */
int dualbuf_pool_bind(const struct dualbuf_pool_request *request, struct dualbuf_pool **pool,
		struct dualbuf_ring **ring);

/*
 * Give up a queue's ring. Buffers that are home go to the application's pool now, those that are
 * out when they are freed. The receiver must have stopped. Control path.
 */
void dualbuf_pool_release(struct dualbuf_pool *pool, struct dualbuf_ring *ring);

/*
 * The function to be called when the application destroys its pool while queues are bound to it: when it
 * returns, nobody receives into that pool any more, and no packet of it is kept anywhere.
 */
typedef void (*dualbuf_pool_stop_t)(const struct dualbuf_pool *pool);
void dualbuf_pool_on_destroy(dualbuf_pool_stop_t stop);

/* Has the application destroyed its pool? Then a queue that is bound to it can only be released. */
static inline bool
dualbuf_pool_is_gone(const struct dualbuf_pool *pool)
{
	return pool->app == NULL;
}

/*
 * Send an mbuf where it belongs that was found in the application's own pool, and names another
 * one: the fast free of another driver had put it among the application's mbufs.
 */
void dualbuf_pool_route_foreign(struct dualbuf_pool *pool, struct rte_mbuf *m);

/* Where a fresh mbuf of the application's pool has its data. */
static inline void *
dualbuf_pool_data(const struct dualbuf_pool *pool, void *m)
{
	return RTE_PTR_ADD(m, pool->data_offset);
}

static inline uint32_t *
dualbuf_pool_handle(const struct dualbuf_pool *pool, struct rte_mbuf *m)
{
	return RTE_MBUF_DYNFIELD(m, pool->handle_offset, uint32_t *);
}

/* The handle that only this mbuf can carry as a temporary: its address, which is 64 bytes apart
 * from any other, in 31 bits (exact for 128 GB of mbufs).
 */
static inline uint32_t
dualbuf_handle_temporary(const struct rte_mbuf *m)
{
	return DUALBUF_HANDLE_TEMPORARY | (uint32_t)((uintptr_t)m / RTE_CACHE_LINE_MIN_SIZE);
}

/* Name an mbuf from the application's pool as a temporary of the return pool. */
static inline void
dualbuf_pool_set_owner(struct dualbuf_pool *pool, struct rte_mbuf *m)
{
	m->pool = pool->mp;
	*dualbuf_pool_handle(pool, m) = dualbuf_handle_temporary(m);
}

/*
 * A temporary mbuf, from the application's pool and named as the return pool's. Returns NULL when
 * there is none. Any thread.
 */
static inline struct rte_mbuf *
dualbuf_pool_temporary(struct dualbuf_pool *pool)
{
	void *obj;
	struct rte_mbuf *m;

	while (rte_mempool_get(pool->app, &obj) == 0) {
		m = obj;
		if (likely(m->pool == pool->app)) {
			dualbuf_pool_set_owner(pool, m);
			return m;
		}
		dualbuf_pool_route_foreign(pool, m);
	}
	return NULL;
}

/*
 * For dualbuf_pool_temporaries(), when there is an mbuf among those from the application's pool that
 * does not belong there: send it where it does, and take others. Gives all back when there are none.
 */
bool dualbuf_pool_replace_foreign(struct dualbuf_pool *pool, struct rte_mbuf **mbufs, uint32_t n);

/* n temporary mbufs. Returns false, with none taken, when there are fewer. Any thread. */
static inline bool
dualbuf_pool_temporaries(struct dualbuf_pool *pool, struct rte_mbuf **mbufs, uint32_t n)
{
	uint32_t i;

	if (rte_mempool_get_bulk(pool->app, (void **)mbufs, n) != 0)
		return false;
	for (i = 0; i < n; i++) {
		if (unlikely(mbufs[i]->pool != pool->app))
			return dualbuf_pool_replace_foreign(pool, mbufs, n);
		dualbuf_pool_set_owner(pool, mbufs[i]);
	}
	return true;
}

#endif /* _DUALBUF_POOL_H_ */
