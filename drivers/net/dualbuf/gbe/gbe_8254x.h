/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_8254X_H_
#define _GBE_8254X_H_

/* Controllers of PCI and PCI-X that virtual machines have: the 82540EM, and the 82545EM with copper. */

#include "gbe_family.h"

extern const struct gbe_family gbe_8254x;

/* Their PCI device IDs: ROW(id, family) for each of them. Those with fibre have another PHY, and are not ours. */
#define GBE_8254X_DEVICES(ROW) \
	ROW(0x100e, gbe_8254x) /* 82540EM */ \
	ROW(0x100f, gbe_8254x) /* 82545EM, copper */

#endif /* _GBE_8254X_H_ */
