/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_IGB_REGS_H_
#define _GBE_IGB_REGS_H_

/*
 * Registers that the 82576, I350, I210 and I211 have otherwise than gbe_regs.h says, or alone, by offset in BAR 0.
 * Source: the datasheets of the 82576, I350 and I210, chapter 8 (Programming Interface), where each stands under
 * the name it has here.
 */

#include "gbe_regs.h"

/* General */
#define GBE_IGB_STATUS_LAN_ID_SHIFT 2 /* which of the device's ports it is */
#define GBE_IGB_STATUS_LAN_ID_MASK 0x3u
#define GBE_IGB_CTRL_EXT_LINK_MODE_MASK (3u << 22) /* 0: copper, with the PHY inside */
#define GBE_IGB_EEMNGCTL 0x01010 /* Management EEPROM Control */
#define GBE_IGB_EEMNGCTL_CFG_DONE(lan_id) RTE_BIT32(18 + (lan_id)) /* the PHY has been configured */

/* Semaphores that are shared with firmware, and with the other ports' drivers */
#define GBE_IGB_SWSM 0x05b50 /* Software Semaphore */
#define GBE_IGB_SWSM_SMBI RTE_BIT32(0) /* reading sets it: it was free if it reads 0 */
#define GBE_IGB_SWSM_SWESMBI RTE_BIT32(1) /* it is ours if it reads 1 after 1 was written */
#define GBE_IGB_SW_FW_SYNC 0x05b5c /* Software-Firmware Synchronization */
#define GBE_IGB_SYNC_FW_SHIFT 16 /* firmware's bits, from those of software */

/* Interrupts */
#define GBE_IGB_GPIE 0x01514 /* General Purpose Interrupt Enable */
#define GBE_IGB_GPIE_NSICR RTE_BIT32(0) /* reading ICR clears it at all events */
#define GBE_IGB_GPIE_MULTIPLE_MSIX RTE_BIT32(4)
#define GBE_IGB_GPIE_PBA_SUPPORT RTE_BIT32(31)
#define GBE_IGB_EICS 0x01520 /* Extended Interrupt Cause Set; a bit for each vector */
#define GBE_IGB_EIMS 0x01524 /* Extended Interrupt Mask Set */
#define GBE_IGB_EIMC 0x01528 /* Extended Interrupt Mask Clear */
#define GBE_IGB_EIAC 0x0152c /* Extended Interrupt Auto Clear */
#define GBE_IGB_EIAM 0x01530 /* Extended Interrupt Auto Mask */
#define GBE_IGB_EICR 0x01580 /* Extended Interrupt Cause Read */
#define GBE_IGB_EITR(n) (0x01680 + (n)*4) /* Extended Interrupt Throttle, by vector */
#define GBE_IGB_EITR_US_SHIFT 2
#define GBE_IGB_EITR_US_MAX 0x1fffu
#define GBE_IGB_IVAR(n) (0x01700 + (n)*4) /* Interrupt Vector Allocation */
#define GBE_IGB_IVAR_MISC 0x01740
#define GBE_IGB_IVAR_MISC_OTHER_SHIFT 8
#define GBE_IGB_IVAR_VALID 0x80u

/* Receive */
#define GBE_IGB_RX_RINGS 0x0c000
#define GBE_IGB_TX_RINGS 0x0e000
#define GBE_IGB_RING_STRIDE 0x40
#define GBE_IGB_RING_ENABLE RTE_BIT32(25) /* of RXDCTL and TXDCTL */
#define GBE_IGB_SRRCTL(n) (0x0c00c + (n)*0x40) /* Split and Replication Receive Control */
#define GBE_IGB_SRRCTL_KB 1024u /* unit of the buffer's size, in bits 6:0 */
#define GBE_IGB_SRRCTL_ADV_ONE_BUFFER (1u << 25)
#define GBE_IGB_RXPBS 0x02404 /* RX Packet Buffer Size */
#define GBE_IGB_TXPBS 0x03404 /* TX Packet Buffer Size */
#define GBE_IGB_UTA(n) (0x0a000 + (n)*4) /* Unicast Table Array */
#define GBE_IGB_UTA_ENTRIES 128
#define GBE_IGB_MRQC_RSS 0x2u

#endif /* _GBE_IGB_REGS_H_ */
