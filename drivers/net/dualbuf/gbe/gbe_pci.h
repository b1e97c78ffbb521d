/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_PCI_H_
#define _GBE_PCI_H_

#include <bus_pci_driver.h>

/* The PCI driver of all controllers. */
extern struct rte_pci_driver gbe_driver;

#endif /* _GBE_PCI_H_ */
