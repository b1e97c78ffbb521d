/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _XDP_BPF_UTIL_H_
#define _XDP_BPF_UTIL_H_

/* libbpf, beside libpcap, which has instructions of the same name. */

#include <linux/if_link.h>

#define bpf_insn kernel_bpf_insn
#include <linux/bpf.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/xsk.h>
#undef bpf_insn

#include <rte_common.h>

/* A program that lets all pass. Returns its file descriptor, or a negative number. */
static inline int
xdp_load_pass(const char *name)
{
	const struct kernel_bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_XDP, name, "GPL", code, RTE_DIM(code), NULL);
}

/* A program that sends packets on to the socket that a map has for their queue. As above. */
static inline int
xdp_load_redirect(int map)
{
	const struct kernel_bpf_insn code[] = {
		{ .code = BPF_LDX | BPF_MEM | BPF_W,
				.dst_reg = BPF_REG_2,
				.src_reg = BPF_REG_1,
				.off = offsetof(struct xdp_md, rx_queue_index) },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
				.dst_reg = BPF_REG_1,
				.src_reg = BPF_PSEUDO_MAP_FD,
				.imm = map },
		{ 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = XDP_PASS },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "others", "GPL", code, RTE_DIM(code), NULL);
}

#endif /* _XDP_BPF_UTIL_H_ */
