/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

/*
 * The link interrupt of a controller made of memory: its registers are pages that are unmapped when the
 * port is closed, its vector is an eventfd that EAL's interrupt thread waits for. The application does
 * in the event's callback what it likes.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <bus_pci_driver.h>
#include <ethdev_driver.h>
#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_malloc.h>

#include "dualbuf_ethdev.h"
#include "dualbuf_rx_format.h"
#include "dualbuf_tx_format.h"
#include "gbe_8254x.h"
#include "gbe_82574.h"
#include "gbe_intr.h"
#include "log_util.h"

#define BAR_LEN 0x20000
#define ROUNDS 50
#define PATIENCE_MS 10000

/* The application's calls, one letter each: Stop, Close, sTart. */
static struct {
	const char *deeds;
	uint32_t nb_events;
	uint32_t nb_failed;
} app;

static struct {
	struct rte_pci_device pci;
	struct gbe *gbe;
	uint16_t port;
	int vector;
	bool up;
} nic;

/* The device ----------------------------------------------------------------------------------- */

static uint32_t *
reg_of(uint32_t reg)
{
	return (uint32_t *)nic.gbe->hw.bar + reg / sizeof(uint32_t);
}

static void
nic_info(struct rte_eth_dev *dev, struct rte_eth_dev_info *info)
{
	(void)dev;
	info->max_rx_queues = 1;
	info->max_tx_queues = 1;
	info->max_rx_pktlen = 1600;
	info->max_mtu = RTE_ETHER_MTU;
}

/* Nothing to be told of: a configuration, or what is to be received. */
static int
nic_agree(struct rte_eth_dev *dev)
{
	(void)dev;
	return 0;
}

static int
nic_tx_queue_attach(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	txq->tail_reg = gbe_doorbell(&gbe_of(dev)->hw, GBE_TDT(0));
	return 0;
}

static void
nic_tx_queue_detach(struct dualbuf_txq *txq)
{
	(void)txq;
}

static int
nic_tx_queue_start(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	(void)dev;
	(void)txq;
	return 0;
}

static void
nic_tx_queue_stop(struct rte_eth_dev *dev, struct dualbuf_txq *txq)
{
	(void)dev;
	(void)txq;
}

static int
nic_let_run(struct rte_eth_dev *dev)
{
	dev->rx_pkt_burst = rte_eth_pkt_burst_dummy;
	dev->tx_pkt_burst = rte_eth_pkt_burst_dummy;
	gbe_of(dev)->running = true;
	return gbe_intr_start(dev, &gbe_of(dev)->hw, 0);
}

static void
nic_halt(struct rte_eth_dev *dev)
{
	gbe_of(dev)->running = false;
}

static void
nic_stop(struct rte_eth_dev *dev)
{
	gbe_intr_stop(dev, &gbe_of(dev)->hw);
}

static void
nic_close(struct rte_eth_dev *dev)
{
	munmap(nic.gbe->hw.bar, BAR_LEN);
	rte_free(nic.gbe);
	dualbuf_port(dev)->device_port = NULL;
}

static void
nic_link(struct rte_eth_dev *dev, struct rte_eth_link *link)
{
	(void)dev;
	link->link_status = __atomic_load_n(&nic.up, __ATOMIC_ACQUIRE);
}

static const struct dualbuf_device nic_device = {
	.info = nic_info,
	.configure = nic_agree,
	.rx_filter = nic_agree,
	.tx_queue_attach = nic_tx_queue_attach,
	.tx_queue_detach = nic_tx_queue_detach,
	.rx_format = &dualbuf_rx_ext,
	.tx_format = &dualbuf_tx_ext,
	.start = nic_agree,
	.tx_queue_start = nic_tx_queue_start,
	.tx_queue_stop = nic_tx_queue_stop,
	.run = nic_let_run,
	.halt = nic_halt,
	.stop = nic_stop,
	.close = nic_close,
	.link = nic_link,
};

static void
nic_make(void)
{
	static const struct rte_driver driver = { .name = "fake" };
	static const struct dualbuf_args args;
	static const struct rte_ether_addr mac = { .addr_bytes = { 2 } };
	struct rte_eth_dev *dev = rte_eth_dev_allocate("fake");

	assert_non_null(dev);
	nic.gbe = rte_zmalloc("fake", sizeof(*nic.gbe), 0);
	dev->data->dev_private = rte_zmalloc("fake", sizeof(struct dualbuf_port), 0);
	assert_non_null(nic.gbe);
	assert_non_null(dev->data->dev_private);
	nic.pci.id.device_id = 0x10d3;
	nic.gbe->hw.family = &gbe_82574;
	nic.gbe->hw.bar_len = BAR_LEN;
	nic.gbe->hw.bar = mmap(
			NULL, BAR_LEN, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(nic.gbe->hw.bar != MAP_FAILED);
	nic.pci.device.driver = &driver;
	dev->device = &nic.pci.device;
	assert_int_equal(dualbuf_port_init(dev, &nic_device, nic.gbe, &args, &mac), 0);
	dev->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	nic.port = dev->data->port_id;
	rte_eth_dev_probing_finish(dev);
}

static void
nic_run(void)
{
	const struct rte_eth_conf conf = { .intr_conf.lsc = 1 };

	assert_int_equal(rte_eth_dev_configure(nic.port, 0, 1, &conf), 0);
	assert_int_equal(rte_eth_tx_queue_setup(nic.port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(nic.port), 0);
}

/* The link changes, and the device interrupts. */
static void
nic_change_link(void)
{
	const uint64_t one = 1;

	__atomic_store_n(&nic.up, !nic.up, __ATOMIC_RELEASE);
	*reg_of(GBE_ICR) = GBE_INT_LSC;
	assert_int_equal(write(nic.vector, &one, sizeof(one)), sizeof(one));
}

/* The application ------------------------------------------------------------------------------ */

static int
on_link(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret_param)
{
	const char *deed;
	uint64_t count;

	(void)type;
	(void)arg;
	(void)ret_param;
	app.nb_failed += read(nic.vector, &count, sizeof(count)) != sizeof(count);
	for (deed = app.deeds; *deed != 0; deed++) {
		if (*deed == 'S')
			app.nb_failed += rte_eth_dev_stop(port) != 0;
		else if (*deed == 'C')
			app.nb_failed += rte_eth_dev_close(port) != 0;
		else
			app.nb_failed += rte_eth_dev_start(port) != 0;
	}
	__atomic_add_fetch(&app.nb_events, 1, __ATOMIC_RELEASE);
	return 0;
}

/* The event has come, and the interrupt thread is through with it. */
static void
await_event(uint32_t nb)
{
	unsigned int ms;

	for (ms = 0; __atomic_load_n(&app.nb_events, __ATOMIC_ACQUIRE) < nb; ms++) {
		assert_true(ms < PATIENCE_MS);
		rte_delay_us_sleep(1000);
	}
	rte_delay_us_sleep(2000);
	assert_int_equal(__atomic_load_n(&app.nb_events, __ATOMIC_ACQUIRE), nb);
	assert_int_equal(app.nb_failed, 0);
}

/* Does EAL have any handler for the vector? */
static bool
handlers_are_left(void)
{
	return rte_intr_callback_unregister(nic.pci.intr_handle, NULL, NULL) != -ENOENT;
}

static void
begin(const char *deeds)
{
	app.deeds = deeds;
	app.nb_events = 0;
	nic_make();
	assert_int_equal(rte_eth_dev_callback_register(
					 RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL),
			0);
}

static void
finish(bool open)
{
	if (open) {
		assert_int_equal(rte_eth_dev_stop(nic.port), 0);
		assert_int_equal(rte_eth_dev_close(nic.port), 0);
	}
	assert_false(handlers_are_left());
	assert_int_equal(rte_eth_dev_callback_unregister(
					 RTE_ETH_ALL, RTE_ETH_EVENT_INTR_LSC, on_link, NULL),
			0);
}

/* Tests ---------------------------------------------------------------------------------------- */

static void
each_change_of_the_link_is_told(void **state)
{
	uint32_t round;

	(void)state;
	begin("");
	nic_run();
	assert_true(handlers_are_left());
	for (round = 1; round <= ROUNDS; round++) {
		nic_change_link();
		await_event(round);
		assert_int_equal(*reg_of(GBE_IMS), GBE_INT_LSC);
	}
	finish(true);
}

static void
the_port_may_be_stopped_in_the_callback(void **state)
{
	uint32_t round;

	(void)state;
	begin("S");
	for (round = 1; round <= ROUNDS; round++) {
		nic_run();
		*reg_of(GBE_IMC) = 0;
		nic_change_link();
		await_event(round);
		assert_false(handlers_are_left());
		assert_int_equal(*reg_of(GBE_IMC), UINT32_MAX);
	}
	finish(true);
}

/* The last of these steps closes the port: each round has one of its own. */
static void
assert_callback_may_close(const char *steps)
{
	uint32_t round;

	begin(steps);
	for (round = 1; round <= ROUNDS; round++) {
		if (round > 1)
			nic_make();
		nic_run();
		nic_change_link();
		await_event(round);
		assert_false(handlers_are_left());
	}
	finish(false);
}

static void
the_port_may_be_closed_in_the_callback(void **state)
{
	(void)state;
	assert_callback_may_close("SC");
}

static void
the_port_may_be_started_again_in_the_callback(void **state)
{
	uint32_t round;

	(void)state;
	begin("ST");
	nic_run();
	for (round = 1; round <= ROUNDS; round++) {
		nic_change_link();
		await_event(round);
	}
	assert_int_equal(rte_eth_dev_stop(nic.port), 0);
	assert_false(handlers_are_left());
	finish(true);
}

static void
the_port_may_be_started_again_and_closed_in_the_callback(void **state)
{
	(void)state;
	assert_callback_may_close("STSC");
}

/* The callback only looks; another thread stops the port meanwhile. */
static void
a_stop_waits_for_the_handler_that_runs_in_another_thread(void **state)
{
	uint64_t count;
	uint32_t round;

	(void)state;
	begin("");
	for (round = 0; round < 20 * ROUNDS; round++) {
		nic_run();
		nic_change_link();
		rte_delay_us_block(round % 100);
		assert_int_equal(rte_eth_dev_stop(nic.port), 0);
		assert_false(handlers_are_left());
		/* nobody is left to set it */
		*reg_of(GBE_IMS) = 0;
		rte_delay_us_block(10);
		assert_int_equal(*reg_of(GBE_IMS), 0);
		(void)!read(nic.vector, &count, sizeof(count));
	}
	finish(true);
}

/* EAL may have chosen MSI-X for one that has none. */
static void
a_controller_without_vectors_needs_intx(void **state)
{
	static const enum rte_intr_handle_type vectors[] = { RTE_INTR_HANDLE_VFIO_MSIX,
		RTE_INTR_HANDLE_VFIO_MSI };
	const struct rte_eth_conf conf = { .intr_conf.lsc = 1 };
	struct log_capture logged;
	unsigned int i;

	(void)state;
	assert_true(gbe_intr_is_possible(&gbe_8254x, RTE_INTR_HANDLE_VFIO_LEGACY));
	assert_true(gbe_intr_is_possible(&gbe_8254x, RTE_INTR_HANDLE_UIO_INTX));
	assert_true(gbe_intr_is_possible(&gbe_82574, RTE_INTR_HANDLE_VFIO_MSIX));
	begin("");
	nic.gbe->hw.family = &gbe_8254x;
	assert_int_equal(rte_eth_dev_configure(nic.port, 0, 1, &conf), 0);
	assert_int_equal(rte_eth_tx_queue_setup(nic.port, 0, 64, SOCKET_ID_ANY, NULL), 0);
	for (i = 0; i < RTE_DIM(vectors); i++) {
		rte_intr_type_set(nic.pci.intr_handle, vectors[i]);
		log_capture_begin(&logged);
		assert_int_equal(rte_eth_dev_start(nic.port), -ENOTSUP);
		/* EAL has a line of its own when the port ends what it never had */
		fflush(logged.stream);
		assert_non_null(strstr(logged.text, "neither MSI-X nor MSI"));
		assert_non_null(strstr(logged.text, "--vfio-intr=legacy is required"));
		log_capture_end(&logged);
	}
	rte_intr_type_set(nic.pci.intr_handle, RTE_INTR_HANDLE_VDEV);
	assert_int_equal(rte_eth_dev_start(nic.port), 0);
	finish(true);
}

static int
set_up(void **state)
{
	static char *argv[] = { "test", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
		"-m64", "--log-level=lib.ethdev:error" };

	(void)state;
	if (rte_eal_init(RTE_DIM(argv), argv) < 0)
		exit(99);
	nic.vector = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	nic.pci.intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (nic.vector < 0 || nic.pci.intr_handle == NULL)
		return -1;
	/* EAL calls its handlers, and does not care for the device's file */
	rte_intr_type_set(nic.pci.intr_handle, RTE_INTR_HANDLE_VDEV);
	rte_intr_fd_set(nic.pci.intr_handle, nic.vector);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	rte_intr_instance_free(nic.pci.intr_handle);
	close(nic.vector);
	rte_eal_cleanup();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_of_the_link_is_told),
		cmocka_unit_test(the_port_may_be_stopped_in_the_callback),
		cmocka_unit_test(the_port_may_be_closed_in_the_callback),
		cmocka_unit_test(the_port_may_be_started_again_in_the_callback),
		cmocka_unit_test(the_port_may_be_started_again_and_closed_in_the_callback),
		cmocka_unit_test(a_stop_waits_for_the_handler_that_runs_in_another_thread),
		cmocka_unit_test(a_controller_without_vectors_needs_intx),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
