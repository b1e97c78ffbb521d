/* SPDX-License-Identifier: BSD-3-Clause
 *
 * QEMU TCG plugin: counts the user-space instructions that a guest program executes between two
 * marker instructions. The count is exact and repeatable: no timer, host load or kernel code is in
 * it, but other user-space threads on the same virtual CPU would be.
 *
 * A marker is a 7-byte NOP whose displacement carries a magic number and an id (see nicbench.c).
 * Id 1 begins to count on the CPU that executes it, any other id ends it and writes one line
 * "id count" to the file of the argument out=FILE. The markers themselves are not counted.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <qemu-plugin.h>

#define MARKER_SIZE 7
#define MARKER_MAGIC 0x5ab1ceu
#define MARKER_BEGIN 1
#define MAX_CPUS 64

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

/* One per virtual CPU, touched only by the thread that runs it. */
struct counter {
	uint64_t instructions;
	bool counting;
} __attribute__((aligned(64)));

static struct counter counters[MAX_CPUS];
static FILE *out;

static void
on_instruction(unsigned int cpu, void *data)
{
	(void)data;
	if (cpu < MAX_CPUS && counters[cpu].counting)
		counters[cpu].instructions++;
}

static void
on_marker(unsigned int cpu, void *data)
{
	unsigned int id = (uintptr_t)data;

	if (cpu >= MAX_CPUS)
		return;
	if (id == MARKER_BEGIN) {
		counters[cpu].instructions = 0;
		counters[cpu].counting = true;
	} else if (counters[cpu].counting) {
		counters[cpu].counting = false;
		fprintf(out, "%u %" PRIu64 "\n", id, counters[cpu].instructions);
		fflush(out);
	}
}

/* Returns the marker's id, or 0 for any other instruction. */
static unsigned int
marker_id(struct qemu_plugin_insn *insn)
{
	static const uint8_t opcode[] = { 0x0f, 0x1f, 0x80 };
	uint8_t code[MARKER_SIZE];

	if (qemu_plugin_insn_size(insn) != sizeof(code))
		return 0;
#if QEMU_PLUGIN_VERSION >= 3 /* QEMU 9.1: copies instead of giving a pointer */
	qemu_plugin_insn_data(insn, code, sizeof(code));
#else
	memcpy(code, qemu_plugin_insn_data(insn), sizeof(code));
#endif
	if (memcmp(code, opcode, sizeof(opcode)) != 0 ||
			(code[4] | code[5] << 8 | code[6] << 16) != MARKER_MAGIC)
		return 0;
	return code[3];
}

static void
on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	/* x86-64 Linux: the kernel has the upper half of the address space. */
	if ((int64_t)qemu_plugin_tb_vaddr(tb) < 0)
		return;
	for (i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		unsigned int marker = marker_id(insn);

		qemu_plugin_register_vcpu_insn_exec_cb(insn,
				marker != 0 ? on_marker : on_instruction, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)marker);
	}
}

QEMU_PLUGIN_EXPORT int
qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4) != 0) {
		fprintf(stderr, "ucount: the argument is out=FILE\n");
		return -1;
	}
	out = fopen(argv[0] + 4, "w");
	if (out == NULL) {
		perror(argv[0] + 4);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	return 0;
}
