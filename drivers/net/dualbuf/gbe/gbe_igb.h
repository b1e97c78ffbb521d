/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_IGB_H_
#define _GBE_IGB_H_

/* Controllers with advanced descriptors. */

#include "gbe_family.h"

extern const struct gbe_family gbe_82576;
extern const struct gbe_family gbe_i350;
extern const struct gbe_family gbe_i210;
extern const struct gbe_family gbe_i211;

/*
 * Their PCI device IDs: ROW(id, family) for each of them. Those whose link is not copper are here, too, so that
 * the driver can say why it does not take them.
 */
#define GBE_IGB_DEVICES(ROW) \
	ROW(0x10c9, gbe_82576) /* copper */ \
	ROW(0x10e6, gbe_82576) /* fibre */ \
	ROW(0x10e7, gbe_82576) /* SerDes */ \
	ROW(0x10e8, gbe_82576) /* quad copper */ \
	ROW(0x1526, gbe_82576) /* quad copper, ET2 */ \
	ROW(0x150a, gbe_82576) /* NS */ \
	ROW(0x1518, gbe_82576) /* NS SerDes */ \
	ROW(0x150d, gbe_82576) /* quad SerDes */ \
	ROW(0x1521, gbe_i350) /* copper */ \
	ROW(0x1522, gbe_i350) /* fibre */ \
	ROW(0x1523, gbe_i350) /* SerDes */ \
	ROW(0x1524, gbe_i350) /* SGMII */ \
	ROW(0x1533, gbe_i210) /* copper */ \
	ROW(0x1536, gbe_i210) /* fibre */ \
	ROW(0x1537, gbe_i210) /* SerDes */ \
	ROW(0x1538, gbe_i210) /* SGMII */ \
	ROW(0x157b, gbe_i210) /* copper, without flash */ \
	ROW(0x1539, gbe_i211) /* copper */

#endif /* _GBE_IGB_H_ */
