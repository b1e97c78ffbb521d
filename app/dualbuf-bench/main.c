/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#include <stdio.h>
#include <stdlib.h>

#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>

#include "options.h"
#include "result.h"
#include "test_rxq.h"
#include "rows.h"
#include "veth.h"

/* EAL's own arguments are ours to choose: what is measured depends on them. */
static int
eal_start(char *program)
{
	char lcores[64], simd[64], no_huge[] = "--no-huge", memory[] = "-m1024";
	char in_memory[] = "--in-memory", no_shconf[] = "--no-shconf";
	char *args[16] = { program, (char[]){ "--no-pci" }, (char[]){ "--no-telemetry" },
		(char[]){ "--iova-mode=va" }, (char[]){ "--log-level=lib.eal:error" }, lcores };
	int nb_args = 6;

	snprintf(lcores, sizeof(lcores), "--lcores=0@%u,1@%u", options.cpus[0], options.cpus[1]);
	if (options.simd > 0) {
		snprintf(simd, sizeof(simd), "--force-max-simd-bitwidth=%u", options.simd);
		args[nb_args++] = simd;
	}
	if (options.no_huge) {
		args[nb_args++] = no_huge;
		args[nb_args++] = memory;
		args[nb_args++] = no_shconf;
	} else {
		args[nb_args++] = in_memory;
	}
	return rte_eal_init(nb_args, args);
}

int
main(int argc, char **argv)
{
	bool has_veth = false;
	int code;

	if (!options_parse(argc, argv, &code))
		return code;
	if (options_wants("live") || options_wants("pace")) {
		has_veth = veth_make();
		if (!has_veth)
			fprintf(stderr,
					"dualbuf-bench: no live rows and no pace: they need root rights, veth "
					"interfaces, and ip of iproute2\n");
	}
	if (eal_start(argv[0]) < 0) {
		fprintf(stderr,
				"dualbuf-bench: EAL does not start (%s); are there free 2 MB huge "
				"pages? devtools/bench.sh sets them up\n",
				rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	result_as_json(options.json);
	result_note("b2 uses vectors of %u bits; %.2f GHz", test_rxq_vector_bits(),
			rte_get_tsc_hz() / 1e9);
	ring_rows();
	pipe_rows();
	sizes_row();
	queues_row();
	copy_row();
	stall_row();
	memory_row();
	pcap_rows();
	stream_rows();
	if (has_veth) {
		live_rows();
		pace_row();
	}
	rte_eal_cleanup();
	return EXIT_SUCCESS;
}
