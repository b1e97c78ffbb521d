/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/* An interface by AF_XDP, and a secondary process that looks at it. */

#include <sys/resource.h>

#include "vdev_xdp_util.h"

#include "secondary_util.h"

/* It sees the primary's figures, and its bursts find nothing and take nothing. */
static void
a_secondary_looks_and_neither_receives_nor_sends(void **state)
{
	uint16_t port = xdp_plug("");
	int far = veth_socket(FAR);
	struct secondary secondary;
	unsigned int seen[4];

	(void)state;
	vdev_start(port);
	xdp_bounce(port, far, 0, 100);
	secondary = start_secondary("plain");
	assert_int_equal(ask_one(&secondary, 'p'), 1);
	ask(&secondary, 's', seen, 4);
	assert_int_equal(seen[0], 100);
	assert_int_equal(seen[2], 2 * VDEV_DESC);
	assert_int_equal(seen[3], 2 * VDEV_DESC);
	xdp_put(far, 100, 1);
	ask_text(&secondary, "T0\n", seen, 2);
	assert_int_equal(seen[0], 0);
	rte_pktmbuf_free(xdp_take(port, 100, 1));
	ask(&secondary, 'o', seen, 2);
	assert_int_equal(seen[0], 100);
	assert_int_equal(seen[1], 0);
	end_secondary(&secondary);
	xdp_bounce(port, far, 0, 100);
	xdp_stop(port);
	close(far);
}

/* Buffers that it frees come home. */
static void
what_a_secondary_frees_comes_home(void **state)
{
	uint16_t port = xdp_plug("");
	int far = veth_socket(FAR);
	struct secondary secondary;
	struct batch kept = { 0 };
	struct rte_ring *ring;
	unsigned int seen[2];
	uint32_t i;

	(void)state;
	vdev_start(port);
	secondary = start_secondary("plain");
	for (i = 0; i < 50; i++) {
		xdp_put(far, 100, i);
		batch_add(&kept, xdp_take(port, 100, i));
	}
	ring = hand_over(&kept);
	ask(&secondary, 'f', seen, 2);
	assert_int_equal(seen[0], 50);
	assert_int_equal(seen[1], 5000);
	rte_ring_free(ring);
	xdp_bounce(port, far, 0, 100);
	xdp_stop(port);
	end_secondary(&secondary);
	close(far);
}

static int
set_up_group(void **state)
{
	(void)state;
	xdp_need();
	return secondary_set_up_group(NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		vdev_test(a_secondary_looks_and_neither_receives_nor_sends),
		vdev_test(what_a_secondary_frees_comes_home),
	};

	if (argc == 4)
		return be_secondary(argv[1], argv[2], argv[3]);
	return cmocka_run_group_tests(tests, set_up_group, tear_down_group);
}
