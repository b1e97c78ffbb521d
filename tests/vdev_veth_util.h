/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VDEV_VETH_UTIL_H_
#define _VDEV_VETH_UTIL_H_

/* A veth pair for ports of a test program, in a network namespace of this process's own. */

#include "vdev_util.h"
#include "veth_util.h"

#define NEAR "dbtest0"
#define FAR "dbtest1"

static bool have_veth;

static inline void
need_veth(void)
{
	if (!have_veth) {
		print_message("no right to make a network namespace and interfaces\n");
		skip();
	}
}

static inline int
vdev_veth_set_up_group(void **state)
{
	/* before EAL starts its threads: the one that watches links must see these interfaces */
	have_veth = veth_make(NEAR, FAR);
	return vdev_set_up_group(state);
}

/* VDEV_MAIN() for tests some of which need the pair. */
#define VDEV_VETH_MAIN(tests) TEST_MAIN_GROUP(tests, vdev_veth_set_up_group, vdev_tear_down_group)

#endif /* _VDEV_VETH_UTIL_H_ */
