/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* Numbered frames between ports that are wired together. */

#include <string.h>

#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "commands.h"
#include "pool.h"
#include "stream.h"

/* Length and content of frame number n follow from n. */
static uint32_t
frame_length(uint32_t n, uint32_t max)
{
	return 60 + (n * 2654435761u >> 8) % (max - 59);
}

static uint8_t
frame_byte(uint32_t n, uint32_t i)
{
	return (uint8_t)((n + 1) * 31 + i * 7 + (i >> 8));
}

static struct rte_mbuf *
frame_make(uint32_t n, uint32_t max)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint32_t len = frame_length(n, max), i;
	uint8_t *data;

	if (m == NULL || rte_pktmbuf_tailroom(m) < len) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	data = rte_pktmbuf_mtod(m, uint8_t *);
	m->data_len = len;
	m->pkt_len = len;
	memset(data, 0xff, 6);
	memcpy(data + 6, "\x02\x00\x00\x00\x00\x01\x88\xb5", 8);
	memcpy(data + 14, &n, sizeof(n));
	for (i = 18; i < len; i++)
		data[i] = frame_byte(n, i);
	return m;
}

/* The number of a frame, or UINT32_MAX if it is not as frame_make() makes it. */
static uint32_t
frame_number(const struct rte_mbuf *m, uint32_t max)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t n, i;

	memcpy(&n, data + 14, sizeof(n));
	if (m->pkt_len != frame_length(n, max) || m->nb_segs != 1)
		return UINT32_MAX;
	for (i = 18; i < m->pkt_len; i++)
		if (data[i] != frame_byte(n, i))
			return UINT32_MAX;
	return n;
}

/* One direction of an exchange. */
struct flow {
	uint16_t from, to;
	uint32_t count, max;
	uint32_t sent, received, wrong;
	uint32_t window; /* frames that may be under way */
};

static void
flow_send(struct flow *f)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb = 0, sent, i;

	while (nb < BURST && f->sent + nb < f->count && f->sent + nb - f->received < f->window) {
		m[nb] = frame_make(f->sent + nb, f->max);
		if (m[nb] == NULL)
			break;
		nb++;
	}
	sent = rte_eth_tx_burst(f->from, 0, m, nb);
	f->sent += sent;
	for (i = sent; i < nb; i++)
		rte_pktmbuf_free(m[i]);
}

static void
flow_receive(struct flow *f)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, i;

	nb = rte_eth_rx_burst(f->to, 0, m, BURST);
	for (i = 0; i < nb; i++) {
		f->wrong += frame_number(m[i], f->max) != f->received;
		f->received++;
	}
	rte_pktmbuf_free_bulk(m, nb);
}

int
do_exchange(const struct words *words)
{
	struct flow there = {
		.from = argument(words, 1),
		.to = argument(words, 2),
		.count = number_of(words, "count", 1000),
		.max = number_of(words, "max", 1514),
		.window = 128,
	};
	struct flow back = there;
	uint64_t deadline = in_seconds(PATIENCE_S);

	back.from = there.to;
	back.to = there.from;
	while ((there.received < there.count || back.received < back.count) &&
			is_before(deadline)) {
		flow_send(&there);
		flow_send(&back);
		flow_receive(&there);
		flow_receive(&back);
	}
	if (there.received != there.count || back.received != back.count || there.wrong != 0 ||
			back.wrong != 0)
		return say_error("of %u frames %u and %u came, %u and %u of them wrong",
				there.count, there.received, back.received, there.wrong,
				back.wrong);
	return say_ok("frames=%u", there.received + back.received);
}

/*
 * Receive what another port sent. What was under way at a stop may be lost, or come after the
 * next start, but never changed. Returns how many came, the changed ones in *wrong.
 */
static uint32_t
receive_some(uint16_t port, uint32_t *wrong)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, i;

	nb = rte_eth_rx_burst(port, 0, m, BURST);
	for (i = 0; i < nb; i++)
		*wrong += frame_number(m[i], 1514) == UINT32_MAX;
	rte_pktmbuf_free_bulk(m, nb);
	return nb;
}

static uint32_t
send_some(uint16_t port, uint32_t number, uint32_t count)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb = 0, sent, i;

	while (nb < RTE_MIN(count, (uint32_t)BURST) &&
			(m[nb] = frame_make(number + nb, 1514)) != NULL)
		nb++;
	sent = rte_eth_tx_burst(port, 0, m, nb);
	for (i = sent; i < nb; i++)
		rte_pktmbuf_free(m[i]);
	return sent;
}

/* Send a few both ways and see some of them arrive. */
static int
exchange_some(uint16_t a, uint16_t b, uint32_t frames, uint32_t *number, uint32_t *wrong)
{
	uint64_t deadline = in_seconds(PATIENCE_S);
	uint32_t at_a = 0, at_b = 0;

	*number += send_some(b, *number, frames);
	*number += send_some(a, *number, frames);
	while ((at_a == 0 || at_b == 0) && is_before(deadline)) {
		at_a += receive_some(a, wrong);
		at_b += receive_some(b, wrong);
	}
	/* under way while the port stops */
	*number += send_some(b, *number, frames);
	*number += send_some(a, *number, frames);
	return at_a > 0 && at_b > 0 ? 0 : -ETIMEDOUT;
}

int
do_cycle(const struct words *words)
{
	uint16_t a = argument(words, 1), b = argument(words, 2);
	uint32_t count = number_of(words, "count", 1), number = 0, wrong = 0, i;
	uint64_t deadline;
	int ret = 0;

	for (i = 0; i < count && ret == 0 && wrong == 0; i++) {
		ret = exchange_some(a, b, number_of(words, "frames", 8), &number, &wrong);
		if (ret == 0)
			ret = rte_eth_dev_stop(a);
		if (ret == 0)
			ret = rte_eth_dev_start(a);
	}
	if (ret != 0 || wrong != 0)
		return say_error("cycle %u: %s, %u frames changed", i, rte_strerror(-ret), wrong);
	/* what is still under way must not meet the next test */
	for (deadline = in_seconds(1); is_before(deadline);) {
		receive_some(a, &wrong);
		receive_some(b, &wrong);
	}
	return say_ok("cycles=%u frames=%u", i, number);
}
