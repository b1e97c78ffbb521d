/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Guest side of "vm.py bench": receives and sends bursts of 32 packets between marker
 * instructions, which the QEMU plugin ucount.c counts. Uses nothing but the public ethdev
 * interface, so any driver can be measured.
 *
 *   nicbench [EAL options] -- WARM_UP_ROUNDS MEASURED_ROUNDS QUEUES
 *
 * Each round asks the host for exactly 32 frames by the line "fill 32", waits without receiving
 * until all stand in the ring, takes them with one rx_burst and sends them back with one tx_burst.
 * With several queues, over which RSS spreads the frames, it is one burst for each.
 * The warm-up fills the transmit rings, so that every measured tx_burst also frees old packets.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#define BURST 32
#define RING_SIZE 256
#define POOL_SIZE 4095
#define POOL_CACHE 256
#define PORT 0
#define MAX_QUEUES 16
#define FILL_TIMEOUT_MS 10000
#define BLIND_WAIT_MS 100 /* for drivers that cannot tell how full the ring is */

/* A NOP that ucount.c recognises: nopl 0x5ab1ceNN(%rax). */
#define MARKER(id) \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80; .long 0x5ab1ce00 | %c0" : : "i"(id) : "memory")
#define MARKER_BEGIN 1
#define MARKER_RX 2
#define MARKER_TX 3
#define MARKER_EMPTY 4

static uint16_t nb_queues;

static int
fail(const char *what, int error)
{
	printf("nicbench: %s: %s\n", what, rte_strerror(error < 0 ? -error : error));
	return EXIT_FAILURE;
}

static int
set_up_queues(struct rte_mempool *pool)
{
	uint16_t q;
	int ret = 0;

	for (q = 0; q < nb_queues && ret == 0; q++)
		ret = rte_eth_rx_queue_setup(PORT, q, RING_SIZE, SOCKET_ID_ANY, NULL, pool);
	for (q = 0; q < nb_queues && ret == 0; q++)
		ret = rte_eth_tx_queue_setup(PORT, q, RING_SIZE, SOCKET_ID_ANY, NULL);
	return ret;
}

static int
start_port(void)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_eth_dev_info info;
	struct rte_mempool *pool;
	int ret;

	if (rte_eth_dev_count_avail() != 1)
		return -ENODEV;
	pool = rte_pktmbuf_pool_create("nicbench", POOL_SIZE, POOL_CACHE, 0,
			RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (pool == NULL)
		return -rte_errno;
	ret = rte_eth_dev_info_get(PORT, &info);
	if (nb_queues > 1 && (info.flow_type_rss_offloads & RTE_ETH_RSS_NONFRAG_IPV4_TCP)) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_TCP;
	}
	if (ret == 0)
		ret = rte_eth_dev_configure(PORT, nb_queues, nb_queues, &conf);
	if (ret == 0)
		ret = set_up_queues(pool);
	if (ret == 0)
		ret = rte_eth_dev_start(PORT);
	if (ret == 0)
		ret = rte_eth_promiscuous_enable(PORT);
	if (ret == 0)
		printf("driver %s\n", info.driver_name);
	return ret;
}

/* How many frames stand in the rings; negative if the driver cannot tell. */
static int
waiting(void)
{
	int status = 0, nb = 0, i;
	uint16_t q;

	for (q = 0; q < nb_queues && status >= 0; q++) {
		for (i = 0; i < BURST; i++) {
			status = rte_eth_rx_descriptor_status(PORT, q, i);
			if (status != RTE_ETH_RX_DESC_DONE)
				break;
			nb++;
		}
	}
	return status < 0 ? status : nb;
}

/* Wait until the last frame of the burst stands in its ring; it is left there. */
static int
wait_for_burst(void)
{
	unsigned int ms;

	for (ms = 0; ms < FILL_TIMEOUT_MS; ms++) {
		int nb = waiting();

		if (nb == BURST)
			return 0;
		if (nb < 0 && ms == BLIND_WAIT_MS)
			return 0;
		rte_delay_us_sleep(1000);
	}
	return -ETIMEDOUT;
}

/* The only queue has no loop around it, which would be counted. Returns how many packets came. */
static uint16_t
receive(struct rte_mbuf **packets, uint16_t *nb)
{
	uint16_t all = 0, q;

	if (nb_queues == 1) {
		MARKER(MARKER_BEGIN);
		nb[0] = rte_eth_rx_burst(PORT, 0, packets, BURST);
		MARKER(MARKER_RX);
		return nb[0];
	}
	MARKER(MARKER_BEGIN);
	for (q = 0; q < nb_queues; q++) {
		nb[q] = rte_eth_rx_burst(PORT, q, &packets[all], BURST - all);
		all += nb[q];
	}
	MARKER(MARKER_RX);
	return all;
}

/* Each queue sends as many as came on that of its number. */
static uint16_t
send_back(struct rte_mbuf **packets, const uint16_t *nb)
{
	uint16_t all = 0, q;

	if (nb_queues == 1) {
		MARKER(MARKER_BEGIN);
		all = rte_eth_tx_burst(PORT, 0, packets, BURST);
		MARKER(MARKER_TX);
		return all;
	}
	MARKER(MARKER_BEGIN);
	for (q = 0; q < nb_queues; q++)
		all += rte_eth_tx_burst(PORT, q, &packets[all], nb[q]);
	MARKER(MARKER_TX);
	return all;
}

static int
play_round(void)
{
	struct rte_mbuf *packets[BURST];
	uint16_t nb[MAX_QUEUES], none;

	MARKER(MARKER_BEGIN);
	none = rte_eth_rx_burst(PORT, 0, packets, BURST);
	MARKER(MARKER_EMPTY);
	if (none != 0)
		return -EEXIST;
	printf("fill %d\n", BURST);
	if (wait_for_burst() != 0)
		return -ETIMEDOUT;
	if (receive(packets, nb) != BURST)
		return -EIO;
	return send_back(packets, nb) == BURST ? 0 : -EBUSY;
}

int
main(int argc, char **argv)
{
	int round, rounds, ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = rte_eal_init(argc, argv);
	if (ret < 0)
		return fail("EAL", rte_errno);
	if (argc - ret != 4) {
		printf("usage: nicbench [EAL options] -- WARM_UP_ROUNDS MEASURED_ROUNDS QUEUES\n");
		return EXIT_FAILURE;
	}
	nb_queues = RTE_MIN(atoi(argv[ret + 3]), MAX_QUEUES);
	rounds = atoi(argv[ret + 1]) + atoi(argv[ret + 2]);
	ret = start_port();
	for (round = 0; ret == 0 && round < rounds; round++)
		ret = play_round();
	if (ret != 0)
		return fail("measurement", ret);
	rte_eth_dev_stop(PORT);
	rte_eth_dev_close(PORT);
	rte_eal_cleanup();
	return EXIT_SUCCESS;
}
