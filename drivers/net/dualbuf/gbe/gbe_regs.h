/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _GBE_REGS_H_
#define _GBE_REGS_H_

/*
 * Registers of Intel's gigabit controllers, no more than the driver uses, by offset in BAR 0.
 * Source: Intel 82574 GbE Controller Family datasheet, chapter 10.2, where the subsections are
 * 10.2.2 general, 10.2.4 interrupts, 10.2.5 receive, 10.2.6 transmit, 10.2.7 statistics; each register
 * stands there under the name it has here. GBE_8254X_*: what is otherwise, or only, in the PCI/PCI-X Family of
 * Gigabit Ethernet Controllers Software Developer's Manual, chapter 13.4.
 */

#include <rte_bitops.h>

/* General (10.2.2) */
#define GBE_CTRL 0x00000 /* Device Control */
#define GBE_CTRL_FD RTE_BIT32(0)
#define GBE_CTRL_GIO_MASTER_DISABLE RTE_BIT32(2)
#define GBE_CTRL_SLU RTE_BIT32(6)
#define GBE_CTRL_SPEED_MASK (3u << 8)
#define GBE_CTRL_SPEED_100 (1u << 8)
#define GBE_CTRL_FRCSPD RTE_BIT32(11)
#define GBE_CTRL_FRCDPX RTE_BIT32(12)
#define GBE_CTRL_RST RTE_BIT32(26)
#define GBE_CTRL_RFCE RTE_BIT32(27)
#define GBE_CTRL_TFCE RTE_BIT32(28)
#define GBE_CTRL_RSVD_29 RTE_BIT32(29)
#define GBE_CTRL_VME RTE_BIT32(30)

#define GBE_STATUS 0x00008 /* Device Status */
#define GBE_STATUS_FD RTE_BIT32(0)
#define GBE_STATUS_LU RTE_BIT32(1)
#define GBE_STATUS_SPEED_SHIFT 6
#define GBE_STATUS_SPEED_MASK 0x3u
#define GBE_STATUS_GIO_MASTER_ENABLE RTE_BIT32(19)

#define GBE_EECD 0x00010 /* EEPROM/Flash Control and Data */
#define GBE_EECD_AUTO_RD RTE_BIT32(9)
#define GBE_EECD_SIZE_SHIFT 11
#define GBE_EECD_SIZE_MASK 0xfu
#define GBE_EECD_NVM_TYPE_MASK (3u << 15) /* all set: flash */
#define GBE_8254X_EECD_SIZE RTE_BIT32(9) /* 256 words, else 64 */

#define GBE_EERD 0x00014 /* EEPROM Read */
#define GBE_EERD_START RTE_BIT32(0)
#define GBE_EERD_DONE RTE_BIT32(1)
#define GBE_EERD_ADDR_SHIFT 2
#define GBE_EERD_ADDR_MAX 0x3fffu
#define GBE_EERD_DATA_SHIFT 16
#define GBE_8254X_EERD_DONE RTE_BIT32(4)
#define GBE_8254X_EERD_ADDR_SHIFT 8
#define GBE_8254X_EERD_ADDR_MAX 0xffu

#define GBE_CTRL_EXT 0x00018 /* Extended Device Control */
#define GBE_CTRL_EXT_RSVD_22 RTE_BIT32(22)
#define GBE_CTRL_EXT_RSVD_23 RTE_BIT32(23)
#define GBE_CTRL_EXT_DRV_LOAD RTE_BIT32(28)
#define GBE_CTRL_EXT_PBA_CLR RTE_BIT32(31)

#define GBE_MDIC 0x00020 /* MDI Control */
#define GBE_MDIC_DATA_MASK 0xffffu
#define GBE_MDIC_REG_SHIFT 16
#define GBE_MDIC_PHY_INTERNAL (1u << 21)
#define GBE_MDIC_OP_WRITE (1u << 26)
#define GBE_MDIC_OP_READ (2u << 26)
#define GBE_MDIC_READY RTE_BIT32(28)
#define GBE_MDIC_ERROR RTE_BIT32(30)

#define GBE_FCAL 0x00028 /* Flow Control Address Low */
#define GBE_FCAH 0x0002c /* Flow Control Address High */
#define GBE_FCT 0x00030 /* Flow Control Type */

#define GBE_VET 0x00038 /* VLAN Ether Type */

#define GBE_EXTCNF_CTRL 0x00f00 /* Extended Configuration Control */
#define GBE_EXTCNF_CTRL_MDIO_SW_OWNERSHIP RTE_BIT32(5)

#define GBE_PBA 0x01000 /* Packet Buffer Allocation: KB for receive in bits 15:0 */

/* PCIe (10.2.3) */
#define GBE_GCR 0x05b00 /* 3GIO Control */
#define GBE_GCR_L1_ACT_WITHOUT_L0S_RX RTE_BIT32(22)
#define GBE_GCR2 0x05b64 /* 3GIO Control 2 */
#define GBE_GCR2_COMPLETION_FIX RTE_BIT32(0)

/* Interrupts (10.2.4) */
#define GBE_ICR 0x000c0 /* Interrupt Cause Read; reading clears */
#define GBE_ITR 0x000c4 /* Interrupt Throttling */
#define GBE_ITR_NS 256 /* unit of its interval */
#define GBE_ICS 0x000c8 /* Interrupt Cause Set */
#define GBE_IMS 0x000d0 /* Interrupt Mask Set */
#define GBE_IMC 0x000d8 /* Interrupt Mask Clear */
#define GBE_EIAC 0x000dc /* Extended Interrupt Auto Clear */
#define GBE_IVAR 0x000e4 /* Interrupt Vector Allocation */
#define GBE_IVAR_VALID 0x8u
#define GBE_IVAR_RXQ(n, vector) ((GBE_IVAR_VALID | (vector)) << 4 * (n))
#define GBE_IVAR_OTHER(vector) ((GBE_IVAR_VALID | (vector)) << 16)
#define GBE_EITR(n) (0x000e8 + (n)*4) /* Extended Interrupt Throttling, by vector */

/* Causes, the same bits in ICR, ICS, IMS, IMC and EIAC */
#define GBE_INT_LSC RTE_BIT32(2)
#define GBE_INT_RXT0 RTE_BIT32(7)
#define GBE_INT_RXQ(n) RTE_BIT32(20 + (n))
#define GBE_INT_OTHER RTE_BIT32(24)

/* Receive (10.2.5) */
#define GBE_RCTL 0x00100 /* Receive Control */
#define GBE_RCTL_EN RTE_BIT32(1)
#define GBE_RCTL_UPE RTE_BIT32(3)
#define GBE_RCTL_MPE RTE_BIT32(4)
#define GBE_RCTL_LPE RTE_BIT32(5)
#define GBE_RCTL_BAM RTE_BIT32(15)
#define GBE_RCTL_BSIZE_SHIFT 16
#define GBE_RCTL_VFE RTE_BIT32(18)
#define GBE_RCTL_PMCF RTE_BIT32(23)
#define GBE_RCTL_BSEX RTE_BIT32(25)
#define GBE_RCTL_SECRC RTE_BIT32(26)

#define GBE_FCTTV 0x00170 /* Flow Control Transmit Timer Value */
#define GBE_FCRTL 0x02160 /* Flow Control Receive Threshold Low */
#define GBE_FCRTL_XONE RTE_BIT32(31)
#define GBE_FCRTH 0x02168 /* Flow Control Receive Threshold High */
#define GBE_FCRT_MASK 0xfff8u /* of either: bytes, a multiple of 8 */

/*
 * The registers of a ring, from the one of its base address on: alike for both directions and in all
 * families, which have them at different places.
 */
#define GBE_RING_BAL 0x00 /* Descriptor Base Low */
#define GBE_RING_BAH 0x04
#define GBE_RING_LEN 0x08 /* bytes */
#define GBE_RING_HEAD 0x10
#define GBE_RING_TAIL 0x18
#define GBE_RING_CONTROL 0x28
#define GBE_RX_RINGS 0x02800 /* of queue 0 */
#define GBE_TX_RINGS 0x03800
#define GBE_RING_STRIDE 0x100

#define GBE_RDBAL(n) (0x02800 + (n)*0x100) /* Receive Descriptor Base Low */
#define GBE_RDBAH(n) (0x02804 + (n)*0x100)
#define GBE_RDLEN(n) (0x02808 + (n)*0x100)
#define GBE_RDH(n) (0x02810 + (n)*0x100)
#define GBE_RDT(n) (0x02818 + (n)*0x100)
#define GBE_RXDCTL(n) (0x02828 + (n)*0x100) /* Receive Descriptor Control */
#define GBE_RXDCTL_GRAN RTE_BIT32(24) /* thresholds count descriptors */

#define GBE_RXCSUM 0x05000 /* Receive Checksum Control */
#define GBE_RXCSUM_IPOFL RTE_BIT32(8)
#define GBE_RXCSUM_TUOFL RTE_BIT32(9)
#define GBE_RXCSUM_PCSD RTE_BIT32(13)

#define GBE_RLPML 0x05004 /* Receive Long Packet Maximum Length; not of all families */

#define GBE_RFCTL 0x05008 /* Receive Filter Control */
#define GBE_RFCTL_ACK_DIS RTE_BIT32(12)
#define GBE_RFCTL_EXTEN RTE_BIT32(15)

#define GBE_MTA(n) (0x05200 + (n)*4) /* Multicast Table Array */
#define GBE_MTA_ENTRIES 128
#define GBE_RAL(n) (0x05400 + (n)*8) /* Receive Address Low */
#define GBE_RAH(n) (0x05404 + (n)*8) /* Receive Address High */
#define GBE_RAH_AV RTE_BIT32(31)
#define GBE_RA_ENTRIES 16
#define GBE_VFTA(n) (0x05600 + (n)*4) /* VLAN Filter Table Array */
#define GBE_VFTA_ENTRIES 128

#define GBE_MRQC 0x05818 /* Multiple Receive Queues Command */
#define GBE_MRQC_RSS 0x1u
#define GBE_MRQC_TCP_IPV4 RTE_BIT32(16)
#define GBE_MRQC_IPV4 RTE_BIT32(17)
#define GBE_MRQC_TCP_IPV6 RTE_BIT32(18)
#define GBE_MRQC_IPV6_EX RTE_BIT32(19)
#define GBE_MRQC_IPV6 RTE_BIT32(20)
#define GBE_MRQC_TCP_IPV6_EX RTE_BIT32(21)
#define GBE_MRQC_UDP_IPV4 RTE_BIT32(22)
#define GBE_MRQC_UDP_IPV6 RTE_BIT32(23)
#define GBE_MRQC_UDP_IPV6_EX RTE_BIT32(24)
#define GBE_RETA(n) (0x05c00 + (n)*4) /* Redirection Table, four entries each */
#define GBE_RETA_ENTRIES 128
#define GBE_RETA_QUEUE_SHIFT 7 /* the queue's bit in an entry's byte */
#define GBE_RSSRK(n) (0x05c80 + (n)*4) /* RSS Random Key, its first byte the lowest */
#define GBE_RSSRK_ENTRIES 10

/* Transmit (10.2.6) */
#define GBE_TCTL 0x00400 /* Transmit Control */
#define GBE_TCTL_EN RTE_BIT32(1)
#define GBE_TCTL_PSP RTE_BIT32(3)
#define GBE_TCTL_CT_MASK 0x00000ff0u
#define GBE_TCTL_CT_15 (15u << 4)
#define GBE_TCTL_COLD_MASK 0x003ff000u
#define GBE_TCTL_COLD_64 (64u << 12)
#define GBE_TCTL_RTLC RTE_BIT32(24)

#define GBE_8254X_TIPG 0x00410 /* Transmit IPG */
#define GBE_8254X_TIPG_IPGT_10 10u
#define GBE_8254X_TIPG_IPGR1_8 (8u << 10)
#define GBE_8254X_TIPG_IPGR2_6 (6u << 20)

#define GBE_TDBAL(n) (0x03800 + (n)*0x100) /* Transmit Descriptor Base Low */
#define GBE_TDBAH(n) (0x03804 + (n)*0x100)
#define GBE_TDLEN(n) (0x03808 + (n)*0x100)
#define GBE_TDH(n) (0x03810 + (n)*0x100)
#define GBE_TDT(n) (0x03818 + (n)*0x100)
#define GBE_TXDCTL(n) (0x03828 + (n)*0x100) /* Transmit Descriptor Control */
#define GBE_TXDCTL_WTHRESH_1 (1u << 16)
#define GBE_TXDCTL_COUNT_DESC RTE_BIT32(22)
#define GBE_TXDCTL_GRAN RTE_BIT32(24)
#define GBE_TARC(n) (0x03840 + (n)*0x100) /* Transmit Arbitration Count */
#define GBE_TARC_ENABLE RTE_BIT32(10)
#define GBE_TARC_RSVD_30_27 (0xfu << 27)
#define GBE_TARC_RSVD_26 RTE_BIT32(26)

/* Statistics (10.2.7): 32 bits that reading clears */
#define GBE_CRCERRS 0x04000 /* CRC Error Count */
#define GBE_ALGNERRC 0x04004 /* Alignment Error Count */
#define GBE_SYMERRS 0x04008 /* Symbol Error Count */
#define GBE_RXERRC 0x0400c /* RX Error Count */
#define GBE_MPC 0x04010 /* Missed Packets Count */
#define GBE_SCC 0x04014 /* Single Collision Count */
#define GBE_ECOL 0x04018 /* Excessive Collisions Count */
#define GBE_MCC 0x0401c /* Multiple Collision Count */
#define GBE_LATECOL 0x04020 /* Late Collisions Count */
#define GBE_COLC 0x04028 /* Collision Count */
#define GBE_DC 0x04030 /* Defer Count */
#define GBE_TNCRS 0x04034 /* Transmit with No CRS */
#define GBE_CEXTERR 0x0403c /* Carrier Extension Error Count */
#define GBE_RLEC 0x04040 /* Receive Length Error Count */
#define GBE_XONRXC 0x04048 /* XON Received Count */
#define GBE_XONTXC 0x0404c /* XON Transmitted Count */
#define GBE_XOFFRXC 0x04050 /* XOFF Received Count */
#define GBE_XOFFTXC 0x04054 /* XOFF Transmitted Count */
#define GBE_FCRUC 0x04058 /* FC Received Unsupported Count */
#define GBE_RNBC 0x040a0 /* Receive No Buffers Count */
#define GBE_RUC 0x040a4 /* Receive Undersize Count */
#define GBE_RFC 0x040a8 /* Receive Fragment Count */
#define GBE_ROC 0x040ac /* Receive Oversize Count */
#define GBE_RJC 0x040b0 /* Receive Jabber Count */

/* Management (13.4.85 of the manual) */
#define GBE_8254X_MANC 0x05820 /* Management Control */
#define GBE_8254X_MANC_ARP_EN RTE_BIT32(13)

/* The PHY's registers (10.4), by number: they are reached through MDIC. */
#define GBE_PHY_CONTROL 0 /* Control */
#define GBE_PHY_CONTROL_SPEED_1000 (1u << 6)
#define GBE_PHY_CONTROL_FULL (1u << 8)
#define GBE_PHY_CONTROL_RESTART_AN (1u << 9)
#define GBE_PHY_CONTROL_POWER_DOWN (1u << 11)
#define GBE_PHY_CONTROL_AN_ENABLE (1u << 12)
#define GBE_PHY_CONTROL_SPEED_100 (1u << 13)
#define GBE_PHY_STATUS 1 /* Status */
#define GBE_PHY_STATUS_AN_COMPLETE (1u << 5)
#define GBE_PHY_ANA 4 /* Auto-Negotiation Advertisement */
#define GBE_PHY_ANA_10_HALF (1u << 5)
#define GBE_PHY_ANA_10_FULL (1u << 6)
#define GBE_PHY_ANA_100_HALF (1u << 7)
#define GBE_PHY_ANA_100_FULL (1u << 8)
#define GBE_PHY_ANA_PAUSE (1u << 10)
#define GBE_PHY_ANA_ASM_DIR (1u << 11)
#define GBE_PHY_LPA 5 /* Link Partner Ability, whose bits are those of the advertisement */
#define GBE_PHY_GCON 9 /* 1000BASE-T Control */
#define GBE_PHY_GCON_1000_HALF (1u << 8)
#define GBE_PHY_GCON_1000_FULL (1u << 9)

/* The NVM's words (6.1), by number. */
#define GBE_NVM_VERSION 5

/* BAR 0 of all of them has no less. */
#define GBE_BAR_MIN_LEN 0x20000

#endif /* _GBE_REGS_H_ */
