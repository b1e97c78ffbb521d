/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * DPDK's features files, doc/guides/nics/features/dualbuf.ini of the virtual NIC, dualbuf_gbe.ini of the
 * controllers and dualbuf_xdp.ini of interfaces by AF_XDP, say what the driver does, and nothing else: row by
 * row, both ways.
 */

#include "packet_util.h"
#include "vdev_veth_util.h"

#include <bus_pci_driver.h>
#include <ethdev_driver.h>

#include "gbe_devices.h"
#include "gbe_ethdev.h"

#define MAX_WANTED 7
#define MAX_ROWS 128

/* What a port must have for a row: one bit of a word, or a function. */
enum kind {
	ALWAYS = 1, /* nothing is to be seen of it but the tests */
	RX, /* receive offload */
	TX, /* transmit offload */
	CAPA, /* device capability */
	SPEED, /* any speed */
	OP, /* in struct eth_dev_ops */
	DEVICE, /* in struct dualbuf_device, which the operation of all ports asks for */
	FAST, /* in struct rte_eth_dev */
	PTYPES, /* a packet type that every packet carries, where hashes are asked for */
	HASHES, /* headers that the device hashes */
};

struct wanted {
	enum kind kind;
	uint64_t what; /* bits, or the function's place */
};

#define RX(name) \
	{ \
		RX, RTE_ETH_RX_OFFLOAD_##name \
	}
#define TX(name) \
	{ \
		TX, RTE_ETH_TX_OFFLOAD_##name \
	}
#define CAPA(name) \
	{ \
		CAPA, RTE_ETH_DEV_CAPA_##name \
	}
#define OP(name) \
	{ \
		OP, offsetof(struct eth_dev_ops, name) \
	}
#define DEVICE(name) \
	{ \
		DEVICE, offsetof(struct dualbuf_device, name) \
	}
#define FAST(name) \
	{ \
		FAST, offsetof(struct rte_eth_dev, name) \
	}

enum device { VNIC, GBE, XDP, NB_DEVICES };

/*
 * A row is Y where a port has all that is wanted, P where it has some of it. All ports have one table of
 * operations: one that serves offloads, or hashes, is nothing without them.
 */
struct row {
	const char *name;
	const char *tests[NB_DEVICES]; /* what shows it, files test_*; NULL: nothing */
	struct wanted wanted[MAX_WANTED];
};

static const struct row rows[] = {
	{ "Speed capabilities", { "vdev_link_set.c", "vm/vm_link.py", "vdev_features.c" },
			{ { SPEED, 0 } } },
	{ "Link speed configuration", { NULL, "vm/vm_link.py", NULL }, { { ALWAYS, 0 } } },
	{ "Link status", { "vdev_link.c", "vm/vm_life.py", "vdev_xdp_link.c" },
			{ OP(link_update) } },
	{ "Link status event", { "vdev_link_events.c", "vm/vm_life.py", "vdev_xdp_link.c" },
			{ { ALWAYS, 0 } } },
	{ "Rx interrupt", { "vdev_intr.c", "vm/vm_intr.py", "vdev_xdp_intr.c" },
			{ OP(rx_queue_intr_enable), OP(rx_queue_intr_disable) } },
	{ "Lock-free Tx queue", { NULL, NULL, NULL }, { TX(MT_LOCKFREE) } },
	{ "Fast mbuf free", { "vdev_tx.c", "tx_pools.c", "vdev_xdp_tx.c" },
			{ TX(MBUF_FAST_FREE) } },
	{ "Free Tx mbuf on demand", { "vdev_tx.c", "tx_reports.c", "vdev_xdp_tx.c" },
			{ OP(tx_done_cleanup) } },
	{ "Queue start/stop", { "vdev_queue_states.c", "vm/vm_queues.py", "vdev_xdp_queues.c" },
			{ OP(rx_queue_start), OP(rx_queue_stop), OP(tx_queue_start),
					OP(tx_queue_stop) } },
	{ "Runtime Rx queue setup",
			{ "vdev_queue_set_up.c", "vm/vm_queues.py", "vdev_xdp_queues.c" },
			{ CAPA(RUNTIME_RX_QUEUE_SETUP) } },
	{ "Runtime Tx queue setup",
			{ "vdev_queue_set_up.c", "vm/vm_queues.py", "vdev_xdp_queues.c" },
			{ CAPA(RUNTIME_TX_QUEUE_SETUP) } },
	{ "Burst mode info", { "vdev_info.c", "vdev_info.c", "vdev_info.c" },
			{ OP(rx_burst_mode_get), OP(tx_burst_mode_get) } },
	{ "Power mgmt address monitor", { NULL, NULL, NULL }, { OP(get_monitor_addr) } },
	{ "MTU update", { "vdev_port.c", "vm/vm_modes.py", "vdev_xdp_life.c" }, { OP(mtu_set) } },
	{ "Buffer split on Rx", { NULL, NULL, NULL }, { RX(BUFFER_SPLIT) } },
	{ "Scattered Rx", { "vdev_lengths.c", "vm/vm_modes.py", NULL }, { RX(SCATTER) } },
	{ "LRO", { NULL, NULL, NULL }, { RX(TCP_LRO) } },
	{ "TSO", { "vdev_tx_offload.c", "vm/vm_sums.py", NULL }, { TX(TCP_TSO) } },
	{ "Promiscuous mode", { "vdev_port.c", "vm/vm_filter.py", "vdev_xdp_link.c" },
			{ OP(promiscuous_enable), OP(promiscuous_disable) } },
	{ "Allmulticast mode", { "vdev_port.c", "vm/vm_filter.py", "vdev_xdp_link.c" },
			{ OP(allmulticast_enable), OP(allmulticast_disable) } },
	{ "Unicast MAC filter", { "vdev_filter.c", "vm/vm_filter.py", "vdev_xdp_link.c" },
			{ OP(mac_addr_add), OP(mac_addr_remove) } },
	{ "Multicast MAC filter", { "vdev_filter.c", "vm/vm_filter.py", "vdev_xdp_link.c" },
			{ OP(set_mc_addr_list) } },
	{ "RSS hash", { "vdev_rss.c", "vm/vm_rss.py", NULL }, { RX(RSS_HASH) } },
	{ "RSS key update", { "vdev_steer.c", "vm/vm_rss.py", NULL },
			{ { HASHES, 0 }, OP(rss_hash_update), OP(rss_hash_conf_get) } },
	{ "RSS reta update", { "vdev_steer.c", "vm/vm_rss.py", NULL },
			{ { HASHES, 0 }, OP(reta_update), OP(reta_query) } },
	{ "VLAN filter", { "vdev_filter.c", "vm/vm_filter.py", NULL },
			{ RX(VLAN_FILTER), OP(vlan_filter_set) } },
	{ "Flow control", { NULL, "vm/vm_flow.py", NULL },
			{ DEVICE(flow_ctrl_get), DEVICE(flow_ctrl_set) } },
	{ "CRC offload", { NULL, "vm/vm_filter.py", NULL }, { RX(KEEP_CRC) } },
	{ "VLAN offload", { "vdev_offload.c", "vm/vm_filter.py", NULL },
			{ RX(VLAN_STRIP), TX(VLAN_INSERT), OP(vlan_offload_set) } },
	{ "QinQ offload", { NULL, NULL, NULL }, { RX(QINQ_STRIP), TX(QINQ_INSERT) } },
	{ "L3 checksum offload", { "vdev_tx_offload.c", "vm/vm_sums.py", NULL },
			{ RX(IPV4_CKSUM), TX(IPV4_CKSUM) } },
	{ "L4 checksum offload", { "vdev_tx_offload.c", "vm/vm_sums.py", NULL },
			{ RX(UDP_CKSUM), RX(TCP_CKSUM), TX(UDP_CKSUM), TX(TCP_CKSUM) } },
	{ "Timestamp offload", { "vdev_timestamps.c", NULL, NULL }, { RX(TIMESTAMP) } },
	{ "Inner L3 checksum", { NULL, NULL, NULL },
			{ RX(OUTER_IPV4_CKSUM), TX(OUTER_IPV4_CKSUM) } },
	{ "Inner L4 checksum", { NULL, NULL, NULL }, { RX(OUTER_UDP_CKSUM), TX(OUTER_UDP_CKSUM) } },
	{ "Packet type parsing", { "vdev_ptypes.c", "vm/vm_rss.py", NULL },
			{ { PTYPES, 0 }, DEVICE(rx_ptypes) } },
	{ "Timesync", { NULL, NULL, NULL }, { OP(timesync_enable) } },
	{ "Rx descriptor status", { "vdev_rx.c", "vm/vm_rings.py", "vdev_xdp.c" },
			{ FAST(rx_descriptor_status) } },
	{ "Tx descriptor status", { "vdev_tx.c", "vm/vm_rings.py", "vdev_xdp_tx.c" },
			{ FAST(tx_descriptor_status) } },
	{ "Basic stats", { "vdev_stats.c", "vm/vm_forward.py", "vdev_xdp.c" },
			{ OP(stats_get), OP(stats_reset) } },
	{ "Extended stats", { "vdev_stats.c", "vm/vm_claims.py", "vdev_xdp.c" },
			{ OP(xstats_get), OP(xstats_get_names), OP(xstats_reset) } },
	{ "Stats per queue", { "vdev_stats.c", "stats.c", "vdev_xdp_queues.c" },
			{ { ALWAYS, 0 } } },
	{ "FW version", { NULL, "vm/vm_link.py", NULL }, { DEVICE(fw_version) } },
	{ "EEPROM dump", { NULL, "vm/vm_link.py", NULL },
			{ DEVICE(eeprom_length), DEVICE(get_eeprom) } },
	{ "Module EEPROM dump", { NULL, NULL, NULL }, { OP(get_module_eeprom) } },
	{ "Registers dump", { NULL, "vm/vm_link.py", NULL }, { DEVICE(get_reg) } },
	{ "LED", { NULL, NULL, NULL }, { OP(dev_led_on) } },
	{ "Multiprocess aware",
			{ "vdev_secondary_bursts.c", "vm/vm_processes.py", "vdev_xdp_secondary.c" },
			{ { ALWAYS, 0 } } },
	{ "Linux", { "testpmd.py", "vm/vm_forward.py", "vdev_xdp.c" }, { { ALWAYS, 0 } } },
	{ "x86-64", { "testpmd.py", "vm/vm_forward.py", "vdev_xdp.c" }, { { ALWAYS, 0 } } },
	{ "Usage doc", { "cookbook.py", "vm/vm_forward.py", "vdev_xdp.c" }, { { ALWAYS, 0 } } },
	{ "Design doc", { "rooms.py", "rooms.py", "rooms.py" }, { { ALWAYS, 0 } } },
	{ "Perf doc", { "bench_baselines.c", "bench_baselines.c", "bench_baselines.c" },
			{ { ALWAYS, 0 } } },
};

/* What a device has ------------------------------------------------------------------------------- */

struct seen {
	struct rte_eth_dev_info info;
	const struct rte_eth_dev *dev;
	const struct dualbuf_device *device;
	bool has_ptypes;
};

static uint16_t
plug_vnic(struct seen *seen)
{
	uint16_t port = vdev_plug("rx_pcap=%s,tx_pcap=/dev/null", capture_of("tiny"));
	uint32_t ptypes[1];

	vdev_start(port, .rss_types = RTE_ETH_RSS_IPV4);
	assert_int_equal(rte_eth_dev_info_get(port, &seen->info), 0);
	seen->dev = &rte_eth_devices[port];
	seen->device = dualbuf_device(seen->dev);
	seen->has_ptypes = rte_eth_dev_get_supported_ptypes(port, UINT32_MAX, ptypes, 1) > 0;
	return port;
}

/* A controller has the port's operations, and a description of its own; it says it without being there. */
static void
describe_gbe(struct seen *seen)
{
	struct rte_pci_device pci = { .id.device_id = 0x10d3 };
	const struct dualbuf_device *device = gbe_device_of(&gbe_82574);
	struct rte_eth_dev dev = {
		.device = &pci.device,
		.process_private = (void *)(uintptr_t)device,
	};

	device->info(&dev, &seen->info);
	seen->device = device;
	seen->has_ptypes = device->rss_types != 0;
}

static bool
has_function(const void *table, size_t place)
{
	const void *function;

	memcpy(&function, (const char *)table + place, sizeof(function));
	return function != NULL;
}

static bool
has(const struct seen *seen, const struct wanted *wanted)
{
	switch (wanted->kind) {
	case RX:
		return (seen->info.rx_offload_capa & wanted->what) != 0;
	case TX:
		return (seen->info.tx_offload_capa & wanted->what) != 0;
	case CAPA:
		return (seen->info.dev_capa & wanted->what) != 0;
	case SPEED:
		return seen->info.speed_capa != 0;
	case OP:
		return has_function(seen->dev->dev_ops, wanted->what);
	case DEVICE:
		return has_function(seen->device, wanted->what);
	case FAST:
		return has_function(seen->dev, wanted->what);
	case PTYPES:
		return seen->has_ptypes;
	case HASHES:
		return seen->device->rss_types != 0;
	default:
		return true;
	}
}

static bool
is_served(enum kind kind)
{
	return kind == RX || kind == TX || kind == HASHES;
}

/* 'Y', 'P', or a space. */
static char
verdict(const struct seen *seen, const struct row *row)
{
	unsigned int nb = 0, nb_has = 0, nb_served = 0, nb_served_has = 0;

	for (; nb < MAX_WANTED && row->wanted[nb].kind != 0; nb++) {
		nb_has += has(seen, &row->wanted[nb]);
		nb_served += is_served(row->wanted[nb].kind);
		nb_served_has += is_served(row->wanted[nb].kind) && has(seen, &row->wanted[nb]);
	}
	if (nb_served > 0 && nb_served_has == 0)
		return ' ';
	return nb_has == 0 ? ' ' : nb_has == nb ? 'Y' : 'P';
}

/* Files ------------------------------------------------------------------------------------------- */

struct claim {
	char name[64];
	char value;
};

struct claims {
	struct claim all[MAX_ROWS];
	unsigned int nb;
};

static const char *
source_path(const char *name)
{
	const char *source = getenv("DUALBUF_SOURCE");

	if (source == NULL)
		fail_msg("DUALBUF_SOURCE is not set; run this through meson test");
	return vdev_text("%s/%s", source, name);
}

static struct claims
read_claims(const char *name)
{
	FILE *file = fopen(source_path(vdev_text("doc/guides/nics/features/%s", name)), "r");
	struct claims claims = { 0 };
	struct claim *claim;
	char line[128];
	int len;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		claim = &claims.all[claims.nb];
		if (line[0] == ';' || line[0] == '[' ||
				sscanf(line, "%63[^=]= %c", claim->name, &claim->value) != 2)
			continue;
		for (len = strlen(claim->name); len > 0 && claim->name[len - 1] == ' '; len--)
			claim->name[len - 1] = '\0';
		claims.nb++;
		assert_true(claims.nb < MAX_ROWS);
	}
	fclose(file);
	return claims;
}

static char
claim_of(const struct claims *claims, const char *name)
{
	unsigned int i;

	for (i = 0; i < claims->nb; i++)
		if (strcmp(claims->all[i].name, name) == 0)
			return claims->all[i].value;
	return ' ';
}

static void
assert_rows_are_known(const struct claims *claims)
{
	unsigned int i, k;

	for (i = 0; i < claims->nb; i++) {
		for (k = 0; k < RTE_DIM(rows) && strcmp(rows[k].name, claims->all[i].name) != 0;
				k++)
			;
		if (k == RTE_DIM(rows))
			fail_msg("row \"%s\": this test does not know it", claims->all[i].name);
	}
}

/* Is there such a file? vm/vm_life.py stands for tests/vm/test_vm_life.py. */
static bool
test_exists(const char *name)
{
	const char *folder = strncmp(name, "vm/", 3) == 0 ? "vm/" : "";

	return access(source_path(vdev_text("tests/%stest_%s", folder, name + strlen(folder))),
			       R_OK) == 0;
}

static void
assert_claims(const char *file, const struct seen *seen, enum device device)
{
	struct claims claims = read_claims(file);
	unsigned int i, nb_wrong = 0;
	const char *test;
	char wanted, claim;

	assert_rows_are_known(&claims);
	for (i = 0; i < RTE_DIM(rows); i++) {
		test = rows[i].tests[device];
		claim = claim_of(&claims, rows[i].name);
		wanted = rows[i].wanted[0].kind == ALWAYS ? claim : verdict(seen, &rows[i]);
		if (claim != wanted) {
			print_error("%s: %s = %c, and it is '%c'\n", file, rows[i].name, claim,
					wanted);
			nb_wrong++;
		}
		if (claim != ' ' && (test == NULL || !test_exists(test))) {
			print_error("%s: %s: no test shows it\n", file, rows[i].name);
			nb_wrong++;
		}
	}
	assert_int_equal(nb_wrong, 0);
}

static void
the_features_file_of_the_virtual_nic_is_true(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	plug_vnic(&seen);
	assert_claims("dualbuf.ini", &seen, VNIC);
}

static void
the_features_file_of_the_controllers_is_true(void **state)
{
	struct seen vnic = { 0 }, gbe = { 0 };

	(void)state;
	plug_vnic(&vnic);
	gbe.dev = vnic.dev;
	gbe.info.dev_capa = vnic.info.dev_capa;
	describe_gbe(&gbe);
	assert_claims("dualbuf_gbe.ini", &gbe, GBE);
}

static void
need_xdp(void)
{
	int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);

	need_veth();
#ifndef DUALBUF_HAS_XDP
	print_message("this build has no AF_XDP\n");
	skip();
#endif
	if (fd < 0) {
		print_message("this kernel has no AF_XDP: %s\n", strerror(errno));
		skip();
	}
	close(fd);
}

static void
the_features_file_of_interfaces_by_af_xdp_is_true(void **state)
{
	struct seen seen = { 0 };
	uint16_t port;

	(void)state;
	need_xdp();
	port = vdev_plug("iface=" NEAR ",live=xdp");
	assert_int_equal(rte_eth_dev_info_get(port, &seen.info), 0);
	seen.dev = &rte_eth_devices[port];
	seen.device = dualbuf_device(seen.dev);
	seen.has_ptypes = seen.device->rss_types != 0;
	assert_claims("dualbuf_xdp.ini", &seen, XDP);
}

static const struct CMUnitTest tests[] = {
	vdev_test(the_features_file_of_the_virtual_nic_is_true),
	vdev_test(the_features_file_of_the_controllers_is_true),
	vdev_test(the_features_file_of_interfaces_by_af_xdp_is_true),
};

VDEV_VETH_MAIN(tests)
