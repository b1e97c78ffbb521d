/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VDEV_XDP_UTIL_H_
#define _VDEV_XDP_UTIL_H_

/*
 * A port by AF_XDP at one end of a veth pair, in a network namespace of this process's own. A packet socket at
 * the far end is the rest of the world.
 */

#include <errno.h>

#include "packet_util.h"
#include "veth_util.h"

#define NEAR "dbtest0"
#define FAR "dbtest1"

/* What a frame begins with before its number. */
#define XDP_FRAME_HEAD 14

/* Frames that are on their way at a time in tests that lose none. */
#define XDP_WINDOW 32

/* Frames ----------------------------------------------------------------------------------------- */

/* To all, with a number, and bytes that depend on it. */
static inline void
xdp_frame_make(uint8_t *frame, uint32_t len, uint32_t number)
{
	uint32_t i;

	for (i = 0; i < len; i++)
		frame[i] = (uint8_t)(number * 7 + i + i / 251);
	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\x02\0\0\0\0\x01\x88\xb5", 8);
	memcpy(frame + XDP_FRAME_HEAD, &number, sizeof(number));
}

static inline void
xdp_put(int fd, uint32_t len, uint32_t number)
{
	uint8_t frame[UINT16_MAX];

	xdp_frame_make(frame, len, number);
	while (send(fd, frame, len, 0) != (ssize_t)len)
		if (errno != ENOBUFS && errno != EINTR)
			fail_msg("frame %u of %u bytes: %s", number, len, strerror(errno));
}

static inline uint32_t
xdp_number_of(const struct rte_mbuf *m)
{
	uint32_t number;

	memcpy(&number, rte_pktmbuf_mtod_offset(m, const uint8_t *, XDP_FRAME_HEAD),
			sizeof(number));
	return number;
}

static inline void
xdp_assert_frame(const struct rte_mbuf *m, uint32_t len, uint32_t number)
{
	uint8_t frame[UINT16_MAX];

	xdp_frame_make(frame, len, number);
	if (!mbuf_equals(m, frame, len))
		fail_msg("frame %u of %u bytes instead of %u of %u", xdp_number_of(m), m->pkt_len,
				number, len);
}

static inline struct rte_mbuf *
xdp_take_from(uint16_t port, uint16_t queue, uint32_t number)
{
	struct rte_mbuf *m;
	double since = 0;

	while (rte_eth_rx_burst(port, queue, &m, 1) == 0)
		if (!vdev_wait(&since))
			fail_msg("frame %u does not come", number);
	return m;
}

/* The next packet of the port's first queue is this frame. Returns it. */
static inline struct rte_mbuf *
xdp_take(uint16_t port, uint32_t len, uint32_t number)
{
	struct rte_mbuf *m = xdp_take_from(port, 0, number);

	xdp_assert_frame(m, len, number);
	return m;
}

/* The next frame at the far end is this one. */
static inline void
xdp_assert_far(int fd, uint32_t len, uint32_t number)
{
	uint8_t frame[UINT16_MAX], got[UINT16_MAX];

	xdp_frame_make(frame, len, number);
	assert_int_equal(veth_receive(fd, got, sizeof(got)), len);
	assert_memory_equal(got, frame, len);
}

/* Frames go there one after the other, each comes up, and goes back. */
static inline void
xdp_bounce(uint16_t port, int far, uint32_t first, uint32_t nb)
{
	struct rte_mbuf *m;
	double since = 0;
	uint32_t i;

	for (i = first; i < first + nb; i++) {
		xdp_put(far, 60 + i % 1400, i);
		m = xdp_take(port, 60 + i % 1400, i);
		while (rte_eth_tx_burst(port, 0, &m, 1) == 0)
			assert_true(vdev_wait(&since));
		xdp_assert_far(far, 60 + i % 1400, i);
	}
}

/* A port and its mbufs -------------------------------------------------------------------------- */

/* Is there an XDP program at an interface? */
static inline bool
xdp_is_attached(const char *iface)
{
	return veth_ip("-o link show dev %s | grep -q prog/xdp", iface);
}

static inline uint16_t
xdp_plug(const char *more)
{
	return vdev_plug("iface=" NEAR ",live=xdp%s", more);
}

/* A pool of the test, with a private area in each mbuf. */
static inline struct rte_mempool *
xdp_pool(unsigned int nb, uint16_t priv, uint16_t data_room)
{
	static unsigned int number;
	struct rte_mempool *mp;

	assert_true(vdev.nb_pools < VDEV_MAX_POOLS);
	mp = rte_pktmbuf_pool_create(
			vdev_text("xdp%u", number++), nb, 0, priv, data_room, SOCKET_ID_ANY);
	assert_non_null(mp);
	vdev.pools[vdev.nb_pools++] = mp;
	return mp;
}

/* After the port's stop nothing is attached, and all buffers are home. */
static inline void
xdp_stop(uint16_t port)
{
	assert_int_equal(rte_eth_dev_stop(port), 0);
	assert_false(xdp_is_attached(NEAR));
	assert_int_equal(vdev_xstat(port, 0, "home"), vdev_xstat(port, 0, "bound"));
}

static inline void
xdp_set_mtu(unsigned int mtu)
{
	assert_true(veth_ip("link set " NEAR " mtu %u", mtu) &&
			veth_ip("link set " FAR " mtu %u", mtu));
}

/* Before and after ------------------------------------------------------------------------------- */

static inline void
xdp_need(void)
{
	const char *lacks = NULL;
	int fd;

#ifndef DUALBUF_HAS_XDP
	lacks = "this build has no libxdp";
#endif
	fd = socket(AF_XDP, SOCK_RAW, 0);
	if (fd >= 0)
		close(fd);
	else if (errno == EAFNOSUPPORT)
		lacks = "this kernel has no AF_XDP";
	if (lacks == NULL && !veth_make(NEAR, FAR))
		lacks = "no right to make a network namespace and interfaces";
	if (lacks == NULL)
		return;
	print_error("%s\n", lacks);
	exit(77);
}

static inline int
xdp_set_up_group(void **state)
{
	xdp_need();
	return vdev_set_up_group(state);
}

/* VDEV_MAIN() for programs all tests of which need AF_XDP. */
#define VDEV_XDP_MAIN(tests) TEST_MAIN_GROUP(tests, xdp_set_up_group, vdev_tear_down_group)

#endif /* _VDEV_XDP_UTIL_H_ */
