/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <errno.h>

#include <rte_interrupts.h>

#include "dualbuf_intr_handle.h"

int
dualbuf_intr_handle_make(struct rte_eth_dev *dev, uint8_t counter_size)
{
	uint16_t nb = dev->data->nb_rx_queues;

	dev->intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (dev->intr_handle == NULL)
		return -ENOMEM;
	if (rte_intr_type_set(dev->intr_handle, RTE_INTR_HANDLE_VDEV) != 0 ||
			rte_intr_efd_counter_size_set(dev->intr_handle, counter_size) != 0 ||
			rte_intr_nb_efd_set(dev->intr_handle, nb) != 0 ||
			rte_intr_max_intr_set(dev->intr_handle, nb + 1) != 0 ||
			rte_intr_vec_list_alloc(dev->intr_handle, NULL, nb) != 0)
		return -ENOMEM;
	return 0;
}

int
dualbuf_intr_handle_set(struct rte_eth_dev *dev, uint16_t queue_id, int fd)
{
	if (rte_intr_efds_index_set(dev->intr_handle, queue_id, fd) != 0 ||
			rte_intr_vec_list_index_set(dev->intr_handle, queue_id,
					RTE_INTR_VEC_RXTX_OFFSET + queue_id) != 0)
		return -EINVAL;
	return 0;
}

void
dualbuf_intr_handle_free(struct rte_eth_dev *dev)
{
	rte_intr_vec_list_free(dev->intr_handle);
	rte_intr_instance_free(dev->intr_handle);
	dev->intr_handle = NULL;
}
