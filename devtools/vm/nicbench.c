/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Guest side of "vm.py bench": receives and sends bursts of 32 packets between marker
 * instructions, which the QEMU plugin ucount.c counts. Uses nothing but the public ethdev
 * interface, so any driver can be measured.
 *
 *   nicbench [EAL options] -- WARM_UP_ROUNDS MEASURED_ROUNDS
 *
 * Each round asks the host for exactly 32 frames by the line "fill 32", waits without receiving
 * until all stand in the ring, takes them with one rx_burst and sends them back with one tx_burst.
 * The warm-up fills the transmit ring, so that every measured tx_burst also frees 32 old packets.
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
#define FILL_TIMEOUT_MS 10000
#define BLIND_WAIT_MS 100 /* for drivers that cannot tell how full the ring is */

/* A NOP that ucount.c recognises: nopl 0x5ab1ceNN(%rax). */
#define MARKER(id) \
	__asm__ volatile(".byte 0x0f, 0x1f, 0x80; .long 0x5ab1ce00 | %c0" : : "i"(id) : "memory")
#define MARKER_BEGIN 1
#define MARKER_RX 2
#define MARKER_TX 3
#define MARKER_EMPTY 4

static int
fail(const char *what, int error)
{
	printf("nicbench: %s: %s\n", what, rte_strerror(error < 0 ? -error : error));
	return EXIT_FAILURE;
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
	if (ret == 0)
		ret = rte_eth_dev_configure(PORT, 1, 1, &conf);
	if (ret == 0)
		ret = rte_eth_rx_queue_setup(PORT, 0, RING_SIZE, SOCKET_ID_ANY, NULL, pool);
	if (ret == 0)
		ret = rte_eth_tx_queue_setup(PORT, 0, RING_SIZE, SOCKET_ID_ANY, NULL);
	if (ret == 0)
		ret = rte_eth_dev_start(PORT);
	if (ret == 0)
		ret = rte_eth_promiscuous_enable(PORT);
	if (ret == 0)
		printf("driver %s\n", info.driver_name);
	return ret;
}

/* Wait until the last frame of the burst stands in the ring; it is left there. */
static int
wait_for_burst(void)
{
	unsigned int ms;

	for (ms = 0; ms < FILL_TIMEOUT_MS; ms++) {
		int status = rte_eth_rx_descriptor_status(PORT, 0, BURST - 1);

		if (status == RTE_ETH_RX_DESC_DONE)
			return 0;
		if (status < 0 && ms == BLIND_WAIT_MS)
			return 0;
		rte_delay_us_sleep(1000);
	}
	return -ETIMEDOUT;
}

static int
play_round(void)
{
	struct rte_mbuf *packets[BURST];
	uint16_t received, sent, none;

	MARKER(MARKER_BEGIN);
	none = rte_eth_rx_burst(PORT, 0, packets, BURST);
	MARKER(MARKER_EMPTY);
	if (none != 0)
		return -EEXIST;
	printf("fill %d\n", BURST);
	if (wait_for_burst() != 0)
		return -ETIMEDOUT;
	MARKER(MARKER_BEGIN);
	received = rte_eth_rx_burst(PORT, 0, packets, BURST);
	MARKER(MARKER_RX);
	if (received != BURST)
		return -EIO;
	MARKER(MARKER_BEGIN);
	sent = rte_eth_tx_burst(PORT, 0, packets, BURST);
	MARKER(MARKER_TX);
	return sent == BURST ? 0 : -EBUSY;
}

int
main(int argc, char **argv)
{
	int round, rounds, ret;

	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = rte_eal_init(argc, argv);
	if (ret < 0)
		return fail("EAL", rte_errno);
	if (argc - ret != 3) {
		printf("usage: nicbench [EAL options] -- WARM_UP_ROUNDS MEASURED_ROUNDS\n");
		return EXIT_FAILURE;
	}
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
