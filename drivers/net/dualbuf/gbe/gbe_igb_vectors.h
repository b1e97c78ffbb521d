/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_IGB_VECTORS_H_
#define _GBE_IGB_VECTORS_H_

/* Interrupt vectors of controllers with advanced descriptors. */

#include "gbe_vectors.h"

extern const struct gbe_vectors gbe_82576_vectors;
extern const struct gbe_vectors gbe_i350_vectors;
extern const struct gbe_vectors gbe_i210_vectors; /* and the I211 */

#endif /* _GBE_IGB_VECTORS_H_ */
