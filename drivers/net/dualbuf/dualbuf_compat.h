/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _DUALBUF_COMPAT_H_
#define _DUALBUF_COMPAT_H_

/*
 * The driver is written for the newest DPDK, and builds for every one since 22.11. What older ones lack
 * or do otherwise is here and nowhere else, one entry for each difference, with the release that made
 * it: when support for the releases before that one ends, the entry goes.
 */

#include <rte_version.h>

/*
 * Since 25.07 a function is exported by a macro before its definition, in DPDK's own tree only, where a
 * header that is not installed has it; before, and elsewhere, version.map does that.
 */
#if __has_include(<eal_export.h>)
#include <eal_export.h>
#else
#define RTE_EXPORT_EXPERIMENTAL_SYMBOL(symbol, ver)
#endif

/*
 * Since 24.03 dev_supported_ptypes_get says how many types there are; before, the mark at the end of the
 * list was all. Defines op, the operation of this release, by get, the one of the newest.
 */
#if RTE_VERSION >= RTE_VERSION_NUM(24, 3, 0, 0)
#define DUALBUF_PTYPES_GET_OP(op, get) \
	static const uint32_t *op(struct rte_eth_dev *dev, size_t *nb) \
	{ \
		return get(dev, nb); \
	}
#else
#define DUALBUF_PTYPES_GET_OP(op, get) \
	static const uint32_t *op(struct rte_eth_dev *dev) \
	{ \
		size_t nb; \
\
		return get(dev, &nb); \
	}
#endif

/*
 * Since 25.11 the counters of queues stand in a structure of their own, which stats_get gets too, or
 * NULL; before, they were in struct rte_eth_stats. As above.
 */
#if RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0)
#define DUALBUF_STATS_GET_OP(op, get) \
	static int op(struct rte_eth_dev *dev, struct rte_eth_stats *stats, \
			struct eth_queue_stats *queues) \
	{ \
		return get(dev, stats, queues); \
	}
#else
#define eth_queue_stats rte_eth_stats
#define DUALBUF_STATS_GET_OP(op, get) \
	static int op(struct rte_eth_dev *dev, struct rte_eth_stats *stats) \
	{ \
		return get(dev, stats, stats); \
	}
#endif

/* Since 25.11 rx_queue_count returns int, which may be a negative errno; before, it was unsigned. */
#if RTE_VERSION >= RTE_VERSION_NUM(25, 11, 0, 0)
typedef int dualbuf_rx_count_t;
#else
typedef uint32_t dualbuf_rx_count_t;
#endif

/* Since 23.03 telemetry has unsigned values under this name. */
#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint rte_tel_data_add_dict_u64
#endif

/* Since 24.11 a dump of registers has names, where there is a place for them. */
#if RTE_VERSION >= RTE_VERSION_NUM(24, 11, 0, 0)
#define DUALBUF_REG_NAME(info, i) ((info)->names == NULL ? NULL : (info)->names[i].name)
#define DUALBUF_REG_NAME_SIZE RTE_ETH_REG_NAME_SIZE
#else
#define DUALBUF_REG_NAME(info, i) ((char *)NULL)
#define DUALBUF_REG_NAME_SIZE 0
#endif

/* Since 24.03 ethdev can ask how many descriptors of a transmit ring are used. */
#if RTE_VERSION >= RTE_VERSION_NUM(24, 3, 0, 0)
#define DUALBUF_SET_TX_QUEUE_COUNT(dev, count) ((dev)->tx_queue_count = (count))
#else
#define DUALBUF_SET_TX_QUEUE_COUNT(dev, count) ((void)(count))
#endif

/* Since 24.11 rte_kvargs_process() refuses a key without a value, and this takes one as it did before. */
#if RTE_VERSION < RTE_VERSION_NUM(24, 11, 0, 0)
#define rte_kvargs_process_opt rte_kvargs_process
#endif

/*
 * Since 23.11 there is rte_thread_create_internal_control(), which puts "dpdk-" before the name, in place
 * of rte_ctrl_thread_create() with the types of pthreads.
 */
#if RTE_VERSION < RTE_VERSION_NUM(23, 11, 0, 0)
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <rte_lcore.h>
#include <rte_thread.h>

struct dualbuf_thread_start {
	rte_thread_func func;
	void *arg;
};

static inline void *
dualbuf_thread_main(void *arg)
{
	struct dualbuf_thread_start start = *(struct dualbuf_thread_start *)arg;

	free(arg);
	start.func(start.arg);
	return NULL;
}

static inline int
rte_thread_create_internal_control(
		rte_thread_t *id, const char *name, rte_thread_func func, void *arg)
{
	struct dualbuf_thread_start *start = malloc(sizeof(*start));
	pthread_t thread;
	int ret;

	if (start == NULL)
		return -ENOMEM;
	*start = (struct dualbuf_thread_start){ .func = func, .arg = arg };
	ret = rte_ctrl_thread_create(&thread, name, NULL, dualbuf_thread_main, start);
	if (ret != 0)
		free(start);
	else
		id->opaque_id = (uintptr_t)thread;
	return ret;
}
#endif

/* Since 26.07 one macro leads from a port, and one from a device, to the bus's own part of any bus. */
#if RTE_VERSION < RTE_VERSION_NUM(26, 7, 0, 0)
#define RTE_BUS_DEVICE(dev, bus_dev_type) container_of(dev, typeof(bus_dev_type), device)
#define RTE_CLASS_TO_BUS_DEVICE(class_dev, bus_dev_type) \
	RTE_BUS_DEVICE((class_dev)->device, bus_dev_type)
#endif

/*
 * Since 26.07 a device's driver is noted in the device before it is probed; before, the PCI bus noted it
 * in its own part of the device. NULL: none.
 */
#if RTE_VERSION >= RTE_VERSION_NUM(26, 7, 0, 0)
#define DUALBUF_PCI_DRIVER(dev) ((dev)->driver)
#else
#define DUALBUF_PCI_PART(dev) RTE_BUS_DEVICE(dev, const struct rte_pci_device)
#define DUALBUF_PCI_DRIVER(dev) \
	(DUALBUF_PCI_PART(dev)->driver == NULL ? NULL : &DUALBUF_PCI_PART(dev)->driver->driver)
#endif

/* Since 26.07 these operations of a bus are told which bus it is, first of all. */
#if RTE_VERSION >= RTE_VERSION_NUM(26, 7, 0, 0)
#define DUALBUF_BUS_PROBE_ARGS struct rte_bus *bus __rte_unused
#define DUALBUF_BUS_FIND_ARGS const struct rte_bus *bus __rte_unused,
#else
#define DUALBUF_BUS_PROBE_ARGS void
#define DUALBUF_BUS_FIND_ARGS
#endif

#endif /* _DUALBUF_COMPAT_H_ */
