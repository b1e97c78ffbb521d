/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The application of the tests in the virtual machine: a forwarder that does what it is told by
 * lines on standard input, and answers each with one line, "> ok key=value ..." or "> error text".
 * It uses public DPDK libraries only; of the driver it knows the layout of a descriptor.
 *
 *   vmport [EAL options]
 *
 *   pool size= cache= room=      make the mempool (the one before must be full, and goes)
 *   badpool                      make one whose memory no device can reach
 *   start PORT rxd= txd= mtu= scatter= promisc= fast= strip= sums=
 *   restart PORT / stop PORT / close PORT
 *   mac PORT ADDRESS / promisc PORT 0|1 / allmulti PORT 0|1
 *   stream RX TX hold= swap= insert=
 *                                forward; hold back the last `hold` packets; put VLAN tags back
 *   flags                        what receive flags the packets of streams had
 *   pause / go                   receive and send nothing meanwhile / go on
 *   release / drop               send, or free, all packets that are held
 *   held / counts PORT / xstat PORT NAME / link PORT / queue PORT / full
 *   armed PORT                   look at all descriptors of the receive ring
 *   inspect PORT                 from now on look at a descriptor whenever its packet comes up
 *   inspected                    what came of that
 *   bar PORT OFFSET clear= set=  read a register, and change it, behind the driver's back
 *   exchange A B count= max=     send numbered frames both ways between ports wired together
 *   cycle A B count= frames=     stop and start A so often, while B sends to it
 *   reprobe PORT count= args=    remove the device and probe it again so often
 *   probe ARGS / remove PORT / ports / quit
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>

#include "dualbuf_desc_ext.h"

#define BURST 32
#define HELD_MAX 65536
#define MAX_WORDS 16
#define MAX_STREAMS 4
#define MAX_SIDES 8
#define BAR_LEN 0x20000
#define ETHERTYPE 0x88b5
#define PATIENCE_S 20

struct words {
	unsigned int nb;
	char *word[MAX_WORDS];
};

/* Packets that came and were not sent on yet, oldest first. */
struct held {
	struct rte_mbuf *m[HELD_MAX];
	unsigned int head;
	unsigned int nb;
};

struct stream {
	uint16_t rx, tx;
	uint32_t hold;
	bool swap;
	bool insert;
	uint64_t rx_bursts, tx_bursts; /* those that moved something */
	struct held held;
};

/* Claims 1 and 3, looked at from inside a receive callback. */
static struct {
	uint16_t port;
	const struct rte_eth_rxtx_callback *callback;
	const volatile union dualbuf_rx_desc *desc;
	uint32_t nb_desc;
	uint32_t pos;
	uint64_t *armed; /* address in each descriptor when it was last looked at */
	uint64_t (*sides)[MAX_SIDES]; /* different addresses seen in it */
	uint64_t flips, copies, bad;
} inspect;

/* How many packets of all streams had each receive flag. */
static struct {
	uint64_t ip_good, ip_bad, l4_good, l4_bad, vlan;
} flags;

static struct stream *streams[MAX_STREAMS];
static unsigned int nb_streams;
static struct rte_mempool *pool;
static unsigned int nb_pools;
static bool paused, quitting;

/* Answers and arguments ---------------------------------------------------------------------- */

__rte_format_printf(1, 2) static int ok(const char *format, ...)
{
	va_list ap;

	fputs("> ok ", stdout);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	return 0;
}

__rte_format_printf(1, 2) static int error(const char *format, ...)
{
	va_list ap;

	fputs("> error ", stdout);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
	return -1;
}

static int
failed(const char *what, int ret)
{
	return error("%s: %s", what, rte_strerror(ret < 0 ? -ret : ret));
}

static const char *
text_of(const struct words *words, const char *key)
{
	size_t len = strlen(key);
	unsigned int i;

	for (i = 1; i < words->nb; i++)
		if (strncmp(words->word[i], key, len) == 0 && words->word[i][len] == '=')
			return words->word[i] + len + 1;
	return NULL;
}

static uint32_t
number_of(const struct words *words, const char *key, uint32_t otherwise)
{
	const char *text = text_of(words, key);

	return text == NULL ? otherwise : (uint32_t)strtoul(text, NULL, 0);
}

static uint32_t
argument(const struct words *words, unsigned int index)
{
	return index < words->nb ? (uint32_t)strtoul(words->word[index], NULL, 0) : 0;
}

/* A time that has not passed yet? */
static bool
is_before(uint64_t deadline)
{
	return rte_get_timer_cycles() < deadline;
}

static uint64_t
in_seconds(unsigned int seconds)
{
	return rte_get_timer_cycles() + seconds * rte_get_timer_hz();
}

/* The mempool ---------------------------------------------------------------------------------- */

static bool
is_pristine(const struct rte_mbuf *m)
{
	return m->pool == pool && m->next == NULL && m->nb_segs == 1 &&
			rte_mbuf_refcnt_read(m) == 1 && RTE_MBUF_DIRECT(m);
}

/* How many mbufs are in the pool, as they should be; takes them all out to see. */
static unsigned int
pool_count(void)
{
	struct rte_mbuf **all = calloc(pool->size, sizeof(*all));
	unsigned int nb = 0, good = 0, i;

	while (nb < pool->size && rte_mempool_get(pool, (void **)&all[nb]) == 0)
		nb++;
	for (i = 0; i < nb; i++)
		good += is_pristine(all[i]);
	for (i = 0; i < nb; i++)
		rte_mempool_put(pool, all[i]);
	free(all);
	return good;
}

static int
do_full(const struct words *words __rte_unused)
{
	unsigned int nb;

	if (pool == NULL)
		return ok("size=0");
	nb = pool_count();
	if (nb != pool->size)
		return error("the pool has %u good mbufs of %u", nb, pool->size);
	return ok("size=%u", nb);
}

static int
do_pool(const struct words *words)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	struct rte_mempool *old = pool;

	if (old != NULL && pool_count() != old->size)
		return error("the old pool is not full");
	rte_mempool_free(old);
	snprintf(name, sizeof(name), "app%u", nb_pools++);
	pool = rte_pktmbuf_pool_create(name, number_of(words, "size", 4095),
			number_of(words, "cache", 0), 0,
			number_of(words, "room", RTE_MBUF_DEFAULT_BUF_SIZE), SOCKET_ID_ANY);
	return pool == NULL ? failed("pool", rte_errno) : ok("name=%s", name);
}

/* Memory that has no I/O address, as an application's own may be. */
static int
do_badpool(const struct words *words __rte_unused)
{
	const uint32_t nb = 1024, elt = sizeof(struct rte_mbuf) + RTE_MBUF_DEFAULT_BUF_SIZE;
	size_t len = nb * (elt + 4 * RTE_CACHE_LINE_SIZE);
	void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pool != NULL && pool_count() != pool->size)
		return error("the old pool is not full");
	rte_mempool_free(pool);
	pool = rte_mempool_create_empty("bad", nb, elt, 0, sizeof(struct rte_pktmbuf_pool_private),
			SOCKET_ID_ANY, 0);
	if (pool == NULL)
		return failed("pool", rte_errno);
	rte_pktmbuf_pool_init(pool, NULL);
	if (rte_mempool_populate_iova(pool, memory, RTE_BAD_IOVA, len, NULL, NULL) != (int)nb)
		return error("the pool is not populated");
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return ok("size=%u", nb);
}

/* Ports ---------------------------------------------------------------------------------------- */

static struct rte_eth_conf
port_conf(const struct words *words)
{
	struct rte_eth_conf conf = { .rxmode.mtu = number_of(words, "mtu", RTE_ETHER_MTU) };

	if (number_of(words, "scatter", conf.rxmode.mtu > RTE_ETHER_MTU))
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
	if (number_of(words, "scatter", conf.rxmode.mtu > RTE_ETHER_MTU))
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	if (number_of(words, "fast", 0))
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	if (number_of(words, "strip", 0)) {
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_VLAN_STRIP;
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
	}
	if (number_of(words, "sums", 0))
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_CHECKSUM;
	return conf;
}

static int
do_start(const struct words *words)
{
	uint16_t port = argument(words, 1);
	struct rte_eth_conf conf = port_conf(words);
	struct rte_eth_dev_info info;
	int ret;

	ret = rte_eth_dev_info_get(port, &info);
	if (ret == 0)
		ret = rte_eth_dev_configure(port, 1, 1, &conf);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(
				port, 0, number_of(words, "rxd", 256), SOCKET_ID_ANY, NULL, pool);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(
				port, 0, number_of(words, "txd", 256), SOCKET_ID_ANY, NULL);
	if (ret == 0 && number_of(words, "promisc", 1))
		ret = rte_eth_promiscuous_enable(port);
	if (ret == 0)
		ret = rte_eth_dev_start(port);
	return ret != 0 ? failed("start", ret) : ok("driver=%s", info.driver_name);
}

static int
do_restart(const struct words *words)
{
	int ret = rte_eth_dev_start(argument(words, 1));

	return ret != 0 ? failed("restart", ret) : ok(" ");
}

static int
do_stop(const struct words *words)
{
	int ret = rte_eth_dev_stop(argument(words, 1));

	return ret != 0 ? failed("stop", ret) : ok(" ");
}

static int
do_close(const struct words *words)
{
	int ret = rte_eth_dev_close(argument(words, 1));

	return ret != 0 ? failed("close", ret) : ok(" ");
}

static int
do_probe(const struct words *words)
{
	int ret = rte_dev_probe(words->nb > 1 ? words->word[1] : "");

	return ret != 0 ? failed("probe", ret) : ok("ports=%u", rte_eth_dev_count_avail());
}

static int
remove_port(uint16_t port)
{
	struct rte_eth_dev_info info;
	int ret = rte_eth_dev_info_get(port, &info);

	if (ret == 0)
		ret = rte_eth_dev_stop(port);
	if (ret == 0)
		ret = rte_eth_dev_close(port);
	return ret == 0 ? rte_dev_remove(info.device) : ret;
}

static int
do_remove(const struct words *words)
{
	int ret = remove_port(argument(words, 1));

	return ret != 0 ? failed("remove", ret) : ok("ports=%u", rte_eth_dev_count_avail());
}

static int
do_ports(const struct words *words __rte_unused)
{
	struct rte_eth_dev_info info;
	char text[256] = "";
	uint16_t port;

	RTE_ETH_FOREACH_DEV(port) {
		if (rte_eth_dev_info_get(port, &info) == 0)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " %u=%s", port,
					info.driver_name);
	}
	return ok("ports=%u%s iova=%s", rte_eth_dev_count_avail(), text,
			rte_eal_iova_mode() == RTE_IOVA_PA ? "PA" : "VA");
}

static int
do_reprobe(const struct words *words)
{
	uint16_t port = argument(words, 1);
	const char *args = text_of(words, "args");
	uint32_t count = number_of(words, "count", 1), i;
	char name[RTE_DEV_NAME_MAX_LEN + 256];
	struct rte_eth_dev_info info;
	int ret;

	for (i = 0; i < count; i++) {
		ret = rte_eth_dev_info_get(port, &info);
		if (ret != 0)
			return failed("info", ret);
		snprintf(name, sizeof(name), "%s,%s", rte_dev_name(info.device),
				args == NULL ? "" : args);
		ret = remove_port(port);
		if (ret != 0)
			return failed("remove", ret);
		ret = rte_dev_probe(name);
		if (ret != 0)
			return failed("probe", ret);
	}
	return ok("cycles=%u ports=%u", i, rte_eth_dev_count_avail());
}

static int
do_counts(const struct words *words)
{
	struct rte_eth_stats stats;
	int ret = rte_eth_stats_get(argument(words, 1), &stats);

	if (ret != 0)
		return failed("stats", ret);
	return ok("rx=%" PRIu64 " tx=%" PRIu64 " missed=%" PRIu64 " rxerr=%" PRIu64
		  " txerr=%" PRIu64 " nombuf=%" PRIu64 " rxbytes=%" PRIu64 " txbytes=%" PRIu64,
			stats.ipackets, stats.opackets, stats.imissed, stats.ierrors, stats.oerrors,
			stats.rx_nombuf, stats.ibytes, stats.obytes);
}

static int
do_xstat(const struct words *words)
{
	uint16_t port = argument(words, 1);
	uint64_t id, value;
	int ret;

	if (words->nb < 3)
		return error("which?");
	ret = rte_eth_xstats_get_id_by_name(port, words->word[2], &id);
	if (ret == 0)
		ret = rte_eth_xstats_get_by_id(port, &id, &value, 1) == 1 ? 0 : -EIO;
	return ret != 0 ? failed("xstat", ret) : ok("value=%" PRIu64, value);
}

static int
do_link(const struct words *words)
{
	struct rte_eth_link link;
	int ret = rte_eth_link_get_nowait(argument(words, 1), &link);

	if (ret != 0)
		return failed("link", ret);
	return ok("up=%u speed=%u duplex=%u", link.link_status, link.link_speed, link.link_duplex);
}

static int
do_mac(const struct words *words)
{
	struct rte_ether_addr mac;
	int ret;

	if (words->nb < 3 || rte_ether_unformat_addr(words->word[2], &mac) != 0)
		return error("no address");
	ret = rte_eth_dev_default_mac_addr_set(argument(words, 1), &mac);
	return ret != 0 ? failed("mac", ret) : ok(" ");
}

static int
do_promisc(const struct words *words)
{
	uint16_t port = argument(words, 1);
	int ret = argument(words, 2) ? rte_eth_promiscuous_enable(port) :
				       rte_eth_promiscuous_disable(port);

	return ret != 0 ? failed("promisc", ret) : ok(" ");
}

static int
do_strip(const struct words *words)
{
	int wanted = argument(words, 2) ? RTE_ETH_VLAN_STRIP_OFFLOAD : 0;
	int ret = rte_eth_dev_set_vlan_offload(argument(words, 1), wanted);

	return ret != 0 ? failed("strip", ret) : ok(" ");
}

static int
do_allmulti(const struct words *words)
{
	uint16_t port = argument(words, 1);
	int ret = argument(words, 2) ? rte_eth_allmulticast_enable(port) :
				       rte_eth_allmulticast_disable(port);

	return ret != 0 ? failed("allmulti", ret) : ok(" ");
}

static int
do_queue(const struct words *words)
{
	return ok("count=%d", rte_eth_rx_queue_count(argument(words, 1), 0));
}

/* Streams -------------------------------------------------------------------------------------- */

static void
held_add(struct held *held, struct rte_mbuf *m)
{
	held->m[(held->head + held->nb++) % HELD_MAX] = m;
}

/* Frames that the host knows by content: only the addresses may change places. */
static void
swap_macs(struct rte_mbuf *m)
{
	struct rte_ether_hdr *eth = rte_pktmbuf_mtod(m, struct rte_ether_hdr *);
	struct rte_ether_addr addr = eth->dst_addr;

	eth->dst_addr = eth->src_addr;
	eth->src_addr = addr;
}

static void
count_flags(const struct rte_mbuf *m)
{
	uint64_t ip = m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK;
	uint64_t l4 = m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK;

	flags.ip_good += ip == RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	flags.ip_bad += ip == RTE_MBUF_F_RX_IP_CKSUM_BAD;
	flags.l4_good += l4 == RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	flags.l4_bad += l4 == RTE_MBUF_F_RX_L4_CKSUM_BAD;
	flags.vlan += (m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0;
}

static void
stream_receive(struct stream *s)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, i;

	if (s->held.nb > HELD_MAX - BURST)
		return;
	nb = rte_eth_rx_burst(s->rx, 0, m, BURST);
	s->rx_bursts += nb > 0;
	for (i = 0; i < nb; i++) {
		count_flags(m[i]);
		if (s->swap)
			swap_macs(m[i]);
		if (s->insert && (m[i]->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED))
			m[i]->ol_flags |= RTE_MBUF_F_TX_VLAN;
		held_add(&s->held, m[i]);
	}
}

/* Send packets from the oldest on until only so many are held; what is refused stays. */
static void
stream_send(struct stream *s, uint32_t hold)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, sent, i;

	if (s->held.nb <= hold)
		return;
	nb = RTE_MIN(s->held.nb - hold, (uint32_t)BURST);
	for (i = 0; i < nb; i++)
		m[i] = s->held.m[(s->held.head + i) % HELD_MAX];
	sent = rte_eth_tx_burst(s->tx, 0, m, nb);
	s->tx_bursts += sent > 0;
	s->held.head = (s->held.head + sent) % HELD_MAX;
	s->held.nb -= sent;
}

static void
poll_streams(void)
{
	unsigned int i;

	for (i = 0; i < nb_streams && !paused; i++) {
		stream_receive(streams[i]);
		stream_send(streams[i], streams[i]->hold);
	}
}

static int
do_stream(const struct words *words)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (s == NULL || nb_streams == MAX_STREAMS)
		return error("no more streams");
	s->rx = argument(words, 1);
	s->tx = argument(words, 2);
	s->hold = number_of(words, "hold", 0);
	s->swap = number_of(words, "swap", 0);
	s->insert = number_of(words, "insert", 0);
	streams[nb_streams++] = s;
	return ok("stream=%u", nb_streams - 1);
}

static int
do_pause(const struct words *words __rte_unused)
{
	paused = true;
	return ok(" ");
}

static int
do_go(const struct words *words __rte_unused)
{
	paused = false;
	return ok(" ");
}

static int
do_flags(const struct words *words __rte_unused)
{
	return ok("ip_good=%" PRIu64 " ip_bad=%" PRIu64 " l4_good=%" PRIu64 " l4_bad=%" PRIu64
		  " vlan=%" PRIu64,
			flags.ip_good, flags.ip_bad, flags.l4_good, flags.l4_bad, flags.vlan);
}

static int
do_held(const struct words *words __rte_unused)
{
	uint64_t held = 0, rx = 0, tx = 0;
	unsigned int i;

	for (i = 0; i < nb_streams; i++) {
		held += streams[i]->held.nb;
		rx += streams[i]->rx_bursts;
		tx += streams[i]->tx_bursts;
	}
	return ok("held=%" PRIu64 " rx_bursts=%" PRIu64 " tx_bursts=%" PRIu64, held, rx, tx);
}

static int
do_release(const struct words *words __rte_unused)
{
	uint64_t deadline = in_seconds(PATIENCE_S);
	unsigned int i, total = 0;

	for (i = 0; i < nb_streams; i++) {
		total += streams[i]->held.nb;
		while (streams[i]->held.nb > 0 && is_before(deadline))
			stream_send(streams[i], 0);
		if (streams[i]->held.nb > 0)
			return error("%u packets are not taken", streams[i]->held.nb);
	}
	return ok("sent=%u", total);
}

static int
do_drop(const struct words *words __rte_unused)
{
	unsigned int i, total = 0;
	struct held *held;

	for (i = 0; i < nb_streams; i++) {
		held = &streams[i]->held;
		for (; held->nb > 0; held->nb--, total++) {
			rte_pktmbuf_free(held->m[held->head]);
			held->head = (held->head + 1) % HELD_MAX;
		}
	}
	return ok("freed=%u", total);
}

/* End of the streams, so that a port may change. */
static int
do_forget(const struct words *words __rte_unused)
{
	while (nb_streams > 0)
		free(streams[--nb_streams]);
	return ok(" ");
}

/* Descriptors ---------------------------------------------------------------------------------- */

/* ethdev's own name for the ring of a receive queue; its driver part is "dualbuf_rx". */
static const struct rte_memzone *
ring_of(uint16_t port)
{
	char name[RTE_MEMZONE_NAMESIZE];

	snprintf(name, sizeof(name), "eth_p%u_q0_dualbuf_rx", port);
	return rte_memzone_lookup(name);
}

static uint32_t
ring_length(uint16_t port)
{
	struct rte_eth_rxq_info info;

	return rte_eth_rx_queue_info_get(port, 0, &info) == 0 ? info.nb_desc : 0;
}

static uint64_t
address_in(const volatile union dualbuf_rx_desc *desc)
{
	return rte_le_to_cpu_64(desc->read.addr);
}

static int
compare_addresses(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;

	return *one < *other ? -1 : *one > *other;
}

static int
do_armed(const struct words *words)
{
	const struct rte_memzone *mz = ring_of(argument(words, 1));
	uint32_t nb = ring_length(argument(words, 1)), done = 0, same = 0, null = 0, i;
	const volatile union dualbuf_rx_desc *desc;
	uint64_t *all;

	if (mz == NULL || nb == 0)
		return error("no such ring");
	desc = mz->addr;
	all = calloc(nb, sizeof(*all));
	for (i = 0; i < nb; i++) {
		all[i] = address_in(&desc[i]);
		done += dualbuf_rx_desc_status(&desc[i]) & DUALBUF_RXD_DD;
		null += all[i] == 0;
	}
	qsort(all, nb, sizeof(*all), compare_addresses);
	for (i = 1; i < nb; i++)
		same += all[i] == all[i - 1];
	free(all);
	return ok("descriptors=%u done=%u null=%u same=%u", nb, done, null, same);
}

static void
inspect_side(uint32_t pos, uint64_t address)
{
	unsigned int i;

	for (i = 0; i < MAX_SIDES; i++) {
		if (inspect.sides[pos][i] == address)
			return;
		if (inspect.sides[pos][i] == 0) {
			inspect.sides[pos][i] = address;
			return;
		}
	}
}

/* Does the application hold the buffer with this address? */
static bool
is_held(uint64_t address)
{
	const struct rte_mbuf *m;
	unsigned int i, k;

	for (i = 0; i < nb_streams; i++)
		for (k = 0; k < streams[i]->held.nb; k++)
			for (m = streams[i]->held.m[(streams[i]->held.head + k) % HELD_MAX];
					m != NULL; m = m->next)
				if (rte_mbuf_data_iova_default(m) == address)
					return true;
	return false;
}

/*
 * One descriptor whose bytes came up in m, before the application sees m: it is armed again,
 * either with another buffer (flip) or, when the bytes were copied, with the same one.
 */
static void
inspect_segment(const struct rte_mbuf *m)
{
	const volatile union dualbuf_rx_desc *desc = &inspect.desc[inspect.pos];
	uint64_t before = inspect.armed[inspect.pos];
	uint64_t after = address_in(desc);
	uint64_t mine = rte_mbuf_data_iova_default(m);
	bool flipped = mine == before && after != before;
	bool copied = mine != before && after == before;

	inspect.flips += flipped;
	inspect.copies += copied;
	if (flipped == copied || after == 0 || after == mine || is_held(after) ||
			(dualbuf_rx_desc_status(desc) & DUALBUF_RXD_DD)) {
		printf("descriptor %u: %#" PRIx64 " before, %#" PRIx64 " after, mbuf %#" PRIx64
		       ", status %#x\n",
				inspect.pos, before, after, mine, dualbuf_rx_desc_status(desc));
		inspect.bad++;
	}
	inspect_side(inspect.pos, after);
	inspect.armed[inspect.pos] = after;
	inspect.pos = (inspect.pos + 1) % inspect.nb_desc;
}

static uint16_t
inspect_burst(uint16_t port __rte_unused, uint16_t queue __rte_unused, struct rte_mbuf **pkts,
		uint16_t nb_pkts, uint16_t max_pkts __rte_unused, void *arg __rte_unused)
{
	const struct rte_mbuf *m;
	uint16_t i;

	for (i = 0; i < nb_pkts; i++)
		for (m = pkts[i]; m != NULL; m = m->next)
			inspect_segment(m);
	return nb_pkts;
}

/* The port was just started: its ring begins at descriptor 0. */
static int
do_inspect(const struct words *words)
{
	const struct rte_memzone *mz;
	uint32_t i;

	memset(&inspect, 0, sizeof(inspect));
	inspect.port = argument(words, 1);
	mz = ring_of(inspect.port);
	inspect.nb_desc = ring_length(inspect.port);
	if (mz == NULL || inspect.nb_desc == 0)
		return error("no such ring");
	inspect.desc = mz->addr;
	inspect.armed = calloc(inspect.nb_desc, sizeof(*inspect.armed));
	inspect.sides = calloc(inspect.nb_desc, sizeof(*inspect.sides));
	for (i = 0; i < inspect.nb_desc; i++) {
		inspect.armed[i] = address_in(&inspect.desc[i]);
		inspect_side(i, inspect.armed[i]);
	}
	inspect.callback = rte_eth_add_rx_callback(inspect.port, 0, inspect_burst, NULL);
	return inspect.callback == NULL ? failed("callback", rte_errno) : ok(" ");
}

static int
do_inspected(const struct words *words __rte_unused)
{
	uint32_t min = MAX_SIDES, max = 0, nb, i;

	for (i = 0; i < inspect.nb_desc; i++) {
		for (nb = 0; nb < MAX_SIDES && inspect.sides[i][nb] != 0; nb++)
			;
		min = RTE_MIN(min, nb);
		max = RTE_MAX(max, nb);
	}
	rte_eth_remove_rx_callback(inspect.port, 0, inspect.callback);
	free(inspect.armed);
	free(inspect.sides);
	return ok("flips=%" PRIu64 " copies=%" PRIu64 " bad=%" PRIu64 " min_sides=%u max_sides=%u",
			inspect.flips, inspect.copies, inspect.bad, min, max);
}

/* Registers ------------------------------------------------------------------------------------ */

static volatile uint32_t *
map_bar(uint16_t port)
{
	char path[128];
	struct rte_eth_dev_info info;
	void *bar;
	int fd;

	if (rte_eth_dev_info_get(port, &info) != 0)
		return NULL;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/resource0",
			rte_dev_name(info.device));
	fd = open(path, O_RDWR | O_SYNC);
	if (fd < 0)
		return NULL;
	bar = mmap(NULL, BAR_LEN, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return bar == MAP_FAILED ? NULL : bar;
}

static int
do_bar(const struct words *words)
{
	volatile uint32_t *bar = map_bar(argument(words, 1));
	uint32_t reg = argument(words, 2) / sizeof(*bar);
	uint32_t clear = number_of(words, "clear", 0), set = number_of(words, "set", 0);
	uint32_t value;

	if (bar == NULL)
		return failed("resource0", errno);
	value = bar[reg];
	if ((clear | set) != 0)
		bar[reg] = (value & ~clear) | set;
	munmap((void *)(uintptr_t)bar, BAR_LEN);
	return ok("value=%#x", value);
}

/* Numbered frames ------------------------------------------------------------------------------ */

/* Length and content of frame number n follow from n. */
static uint32_t
frame_length(uint32_t n, uint32_t max)
{
	return 60 + (n * 2654435761u >> 8) % (max - 59);
}

static uint8_t
frame_byte(uint32_t n, uint32_t i)
{
	return (uint8_t)((n + 1) * 31 + i * 7 + (i >> 8));
}

static struct rte_mbuf *
frame_make(uint32_t n, uint32_t max)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	uint32_t len = frame_length(n, max), i;
	uint8_t *data;

	if (m == NULL || rte_pktmbuf_tailroom(m) < len) {
		rte_pktmbuf_free(m);
		return NULL;
	}
	data = rte_pktmbuf_mtod(m, uint8_t *);
	m->data_len = len;
	m->pkt_len = len;
	memset(data, 0xff, 6);
	memcpy(data + 6, "\x02\x00\x00\x00\x00\x01\x88\xb5", 8);
	memcpy(data + 14, &n, sizeof(n));
	for (i = 18; i < len; i++)
		data[i] = frame_byte(n, i);
	return m;
}

/* The number of a frame, or UINT32_MAX if it is not as frame_make() makes it. */
static uint32_t
frame_number(const struct rte_mbuf *m, uint32_t max)
{
	const uint8_t *data = rte_pktmbuf_mtod(m, const uint8_t *);
	uint32_t n, i;

	memcpy(&n, data + 14, sizeof(n));
	if (m->pkt_len != frame_length(n, max) || m->nb_segs != 1)
		return UINT32_MAX;
	for (i = 18; i < m->pkt_len; i++)
		if (data[i] != frame_byte(n, i))
			return UINT32_MAX;
	return n;
}

/* One direction of an exchange. */
struct flow {
	uint16_t from, to;
	uint32_t count, max;
	uint32_t sent, received, wrong;
	uint32_t window; /* frames that may be under way */
};

static void
flow_send(struct flow *f)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb = 0, sent, i;

	while (nb < BURST && f->sent + nb < f->count && f->sent + nb - f->received < f->window) {
		m[nb] = frame_make(f->sent + nb, f->max);
		if (m[nb] == NULL)
			break;
		nb++;
	}
	sent = rte_eth_tx_burst(f->from, 0, m, nb);
	f->sent += sent;
	for (i = sent; i < nb; i++)
		rte_pktmbuf_free(m[i]);
}

static void
flow_receive(struct flow *f)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, i;

	nb = rte_eth_rx_burst(f->to, 0, m, BURST);
	for (i = 0; i < nb; i++) {
		f->wrong += frame_number(m[i], f->max) != f->received;
		f->received++;
	}
	rte_pktmbuf_free_bulk(m, nb);
}

static int
do_exchange(const struct words *words)
{
	struct flow there = {
		.from = argument(words, 1),
		.to = argument(words, 2),
		.count = number_of(words, "count", 1000),
		.max = number_of(words, "max", 1514),
		.window = 128,
	};
	struct flow back = there;
	uint64_t deadline = in_seconds(PATIENCE_S);

	back.from = there.to;
	back.to = there.from;
	while ((there.received < there.count || back.received < back.count) &&
			is_before(deadline)) {
		flow_send(&there);
		flow_send(&back);
		flow_receive(&there);
		flow_receive(&back);
	}
	if (there.received != there.count || back.received != back.count || there.wrong != 0 ||
			back.wrong != 0)
		return error("of %u frames %u and %u came, %u and %u of them wrong", there.count,
				there.received, back.received, there.wrong, back.wrong);
	return ok("frames=%u", there.received + back.received);
}

/*
 * Receive what another port sent. What was under way at a stop may be lost, or come after the
 * next start, but never changed. Returns how many came, the changed ones in *wrong.
 */
static uint32_t
receive_some(uint16_t port, uint32_t *wrong)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb, i;

	nb = rte_eth_rx_burst(port, 0, m, BURST);
	for (i = 0; i < nb; i++)
		*wrong += frame_number(m[i], 1514) == UINT32_MAX;
	rte_pktmbuf_free_bulk(m, nb);
	return nb;
}

static uint32_t
send_some(uint16_t port, uint32_t number, uint32_t count)
{
	struct rte_mbuf *m[BURST];
	uint16_t nb = 0, sent, i;

	while (nb < RTE_MIN(count, (uint32_t)BURST) &&
			(m[nb] = frame_make(number + nb, 1514)) != NULL)
		nb++;
	sent = rte_eth_tx_burst(port, 0, m, nb);
	for (i = sent; i < nb; i++)
		rte_pktmbuf_free(m[i]);
	return sent;
}

/* Send a few both ways and see some of them arrive. */
static int
exchange_some(uint16_t a, uint16_t b, uint32_t frames, uint32_t *number, uint32_t *wrong)
{
	uint64_t deadline = in_seconds(PATIENCE_S);
	uint32_t at_a = 0, at_b = 0;

	*number += send_some(b, *number, frames);
	*number += send_some(a, *number, frames);
	while ((at_a == 0 || at_b == 0) && is_before(deadline)) {
		at_a += receive_some(a, wrong);
		at_b += receive_some(b, wrong);
	}
	/* under way while the port stops */
	*number += send_some(b, *number, frames);
	*number += send_some(a, *number, frames);
	return at_a > 0 && at_b > 0 ? 0 : -ETIMEDOUT;
}

static int
do_cycle(const struct words *words)
{
	uint16_t a = argument(words, 1), b = argument(words, 2);
	uint32_t count = number_of(words, "count", 1), number = 0, wrong = 0, i;
	uint64_t deadline;
	int ret = 0;

	for (i = 0; i < count && ret == 0 && wrong == 0; i++) {
		ret = exchange_some(a, b, number_of(words, "frames", 8), &number, &wrong);
		if (ret == 0)
			ret = rte_eth_dev_stop(a);
		if (ret == 0)
			ret = rte_eth_dev_start(a);
	}
	if (ret != 0 || wrong != 0)
		return error("cycle %u: %s, %u frames changed", i, rte_strerror(-ret), wrong);
	/* what is still under way must not meet the next test */
	for (deadline = in_seconds(1); is_before(deadline);) {
		receive_some(a, &wrong);
		receive_some(b, &wrong);
	}
	return ok("cycles=%u frames=%u", i, number);
}

/* Commands ------------------------------------------------------------------------------------- */

static int
do_quit(const struct words *words __rte_unused)
{
	quitting = true;
	return ok(" ");
}

static const struct {
	const char *name;
	int (*function)(const struct words *words);
} commands[] = {
	{ "pool", do_pool },
	{ "badpool", do_badpool },
	{ "full", do_full },
	{ "start", do_start },
	{ "restart", do_restart },
	{ "stop", do_stop },
	{ "close", do_close },
	{ "probe", do_probe },
	{ "remove", do_remove },
	{ "reprobe", do_reprobe },
	{ "ports", do_ports },
	{ "counts", do_counts },
	{ "xstat", do_xstat },
	{ "link", do_link },
	{ "queue", do_queue },
	{ "stream", do_stream },
	{ "forget", do_forget },
	{ "pause", do_pause },
	{ "go", do_go },
	{ "held", do_held },
	{ "flags", do_flags },
	{ "mac", do_mac },
	{ "promisc", do_promisc },
	{ "allmulti", do_allmulti },
	{ "strip", do_strip },
	{ "release", do_release },
	{ "drop", do_drop },
	{ "armed", do_armed },
	{ "inspect", do_inspect },
	{ "inspected", do_inspected },
	{ "bar", do_bar },
	{ "exchange", do_exchange },
	{ "cycle", do_cycle },
	{ "quit", do_quit },
};

static void
obey(char *line)
{
	struct words words = { .nb = 0 };
	char *word, *rest = line;
	unsigned int i;

	while (words.nb < MAX_WORDS && (word = strtok_r(rest, " \n", &rest)) != NULL)
		words.word[words.nb++] = word;
	for (i = 0; words.nb > 0 && i < RTE_DIM(commands); i++) {
		if (strcmp(words.word[0], commands[i].name) == 0) {
			commands[i].function(&words);
			return;
		}
	}
	error("no such command");
}

/* A line, if there is one. */
static void
read_command(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char line[512];

	if (poll(&in, 1, 0) <= 0)
		return;
	if (fgets(line, sizeof(line), stdin) == NULL)
		quitting = true;
	else
		obey(line);
}

int
main(int argc, char **argv)
{
	unsigned int turn;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	if (rte_eal_init(argc, argv) < 0) {
		error("EAL: %s", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	ok("ready");
	for (turn = 0; !quitting; turn++) {
		poll_streams();
		if (turn % 32 == 0)
			read_command();
	}
	if (rte_eal_cleanup() != 0)
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
