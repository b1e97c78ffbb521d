/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <rte_ethdev.h>

#include "gbe_8254x.h"
#include "gbe_bar.h"
#include "gbe_nvm.h"

/*
 * Source: PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual. One queue in each
 * direction, no RSS, no MSI; no firmware that shares the PHY.
 *
 * The reset is written to CTRL in memory, as for other families. Intel's own drivers write it to I/O space for
 * the 82540 to 82546 (not revision 3), since these do not acknowledge the transfer of 64 bits by which a bridge
 * may write it, while they reset; they name no number of an erratum. DPDK's net_e1000_em writes to memory, too.
 * Here CTRL is read just before and nothing is written soon after, so that there is nothing to be put
 * into one transfer with it; and hypervisors know no such bridge.
 */

#define GBE_8254X_RX_PACKET_BUFFER 48 /* of 64 KB */
#define GBE_8254X_NVM_READ_US 5000

/* No register says that the NVM has been read. Intel's own drivers allow 5 ms. */
static int
await_nvm(const struct gbe_hw *hw)
{
	hw->delay_us(GBE_8254X_NVM_READ_US);
	return 0;
}

static uint32_t
nvm_words(const struct gbe_hw *hw)
{
	return gbe_read(hw, GBE_EECD) & GBE_8254X_EECD_SIZE ? 256 : 64;
}

/*
 * From where the reset would load it into the first receive address. Hypervisors do not always do that, or
 * leave there what somebody else wrote: a reset is none of QEMU's registers.
 */
static int
read_mac(const struct gbe_hw *hw, struct rte_ether_addr *mac)
{
	return gbe_read_nvm_bytes(hw, 0, RTE_ETHER_ADDR_LEN, mac->addr_bytes);
}

/*
 * What the reset leaves without a value: gaps between frames (13.4.34) and the collision distance (13.4.33),
 * each as recommended for copper. ARP requests are answered by nobody else meanwhile.
 */
static void
init(const struct gbe_hw *hw)
{
	gbe_write(hw, GBE_8254X_TIPG,
			GBE_8254X_TIPG_IPGT_10 | GBE_8254X_TIPG_IPGR1_8 | GBE_8254X_TIPG_IPGR2_6);
	gbe_rmw(hw, GBE_TCTL, GBE_TCTL_COLD_MASK, GBE_TCTL_COLD_64);
	gbe_rmw(hw, GBE_8254X_MANC, GBE_8254X_MANC_ARP_EN, 0);
	gbe_write(hw, GBE_PBA, GBE_8254X_RX_PACKET_BUFFER);
}

static const struct gbe_named_reg dumped[] = {
	/* clang-format off */
	GBE_NAMED_REG(PBA)
	GBE_NAMED_REG(ITR)
	{ GBE_8254X_TIPG, "TIPG" },
	{ GBE_8254X_MANC, "MANC" },
	/* clang-format on */
};

const struct gbe_family gbe_8254x = {
	.format = DUALBUF_DESC_LEGACY,
	.nb_rx_queues = 1,
	.nb_tx_queues = 1,
	/*
	 * Where they segment, they may report a descriptor before they have read what it names, and overrun their
	 * FIFO with descriptors of more than four segments. Linux's driver cuts buffers for that; this one would
	 * give buffers back too early.
	 */
	.unsafe_offloads = RTE_ETH_TX_OFFLOAD_TCP_TSO,
	.max_frame = 9234, /* they receive more: as long as the longest MTU asks for */
	.rx_packet_buffer = GBE_8254X_RX_PACKET_BUFFER,
	.phy_ready_us = 10000,
	.eerd_done = GBE_8254X_EERD_DONE,
	.eerd_addr_shift = GBE_8254X_EERD_ADDR_SHIFT,
	.eerd_addr_max = GBE_8254X_EERD_ADDR_MAX,
	.dumped = dumped,
	.nb_dumped = RTE_DIM(dumped),
	.rx_rings = GBE_RX_RINGS,
	.tx_rings = GBE_TX_RINGS,
	.ring_stride = GBE_RING_STRIDE,
	/* written back as they come; and sent ones whole: without a threshold the status alone is written */
	.rx_ring_control = GBE_RXDCTL_GRAN,
	.tx_ring_control = GBE_TXDCTL_GRAN | GBE_TXDCTL_WTHRESH_1,
	.await_nvm = await_nvm,
	.nvm_words = nvm_words,
	.read_mac = read_mac,
	.init = init,
};
