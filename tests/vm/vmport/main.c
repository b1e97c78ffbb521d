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
 *   start PORT rxd= txd= mtu= scatter= promisc= fast= strip= sums= queues= rss= intr= vlans= crc= tso=
 *                                deferred=1: the queues do not start with it
 *   restart PORT / stop PORT / close PORT
 *   mac PORT ADDRESS / promisc PORT 0|1 / allmulti PORT 0|1 / strip PORT 0|1
 *   address PORT add|remove ADDRESS / groups PORT ADDRESS... / mtu PORT BYTES
 *   vlans PORT 0|1 / vlan PORT ID 0|1  filter by VLAN; let one pass or not
 *   stream RX TX hold= swap= insert=
 *                                forward; hold back the last `hold` packets; put VLAN tags back
 *   flags                        what receive flags the packets of streams had
 *   pause / go                   receive and send nothing meanwhile / go on
 *   release / drop               send, or free, all packets that are held
 *   rxq PORT start|stop / txq PORT start|stop
 *                                one queue alone
 *   newrxq PORT rxd=             set up the stopped receive queue anew while the port runs
 *   held / counts PORT / xstat PORT NAME / link PORT / queue PORT / full
 *   armed PORT                   look at all descriptors of the receive ring
 *   inspect PORT                 from now on look at a descriptor whenever its packet comes up
 *   inspected                    what came of that
 *   bar PORT OFFSET clear= set=  read a register, and change it, behind the driver's back
 *   key PORT seed= types=        another RSS key, and RTE_ETH_RSS_* by number
 *   table PORT step=             another redirection table
 *   steered PORT count= echo=    receive so many from all queues; is each where software says?
 *   listen PORT / wait PORT      which queue interrupts next
 *   flow PORT mode= autoneg= high= low= time= xon= control=
 *                                flow control, and what of it is to be otherwise
 *   regs PORT                    how many registers the driver shows, and the first two
 *   eeprom PORT offset= length=  how long the NVM is, its key, and up to 64 bytes of it
 *   exchange A B count= max=     send numbered frames both ways between ports wired together
 *   cycle A B count= frames=     stop and start A so often, while B sends to it
 *   reprobe PORT count= args=    remove the device and probe it again so often
 *   probe ARGS / remove PORT / ports / quit
 */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>

#include "commands.h"
#include "stream.h"

static bool quitting;

static int
do_quit(const struct words *words __rte_unused)
{
	quitting = true;
	return say_ok(" ");
}

static const struct {
	const char *name;
	command *function;
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
	{ "rxq", do_rxq },
	{ "txq", do_txq },
	{ "newrxq", do_newrxq },
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
	{ "vlans", do_vlans },
	{ "vlan", do_vlan },
	{ "address", do_address },
	{ "groups", do_groups },
	{ "mtu", do_mtu },
	{ "release", do_release },
	{ "drop", do_drop },
	{ "armed", do_armed },
	{ "inspect", do_inspect },
	{ "inspected", do_inspected },
	{ "bar", do_bar },
	{ "key", do_key },
	{ "table", do_table },
	{ "steered", do_steered },
	{ "listen", do_listen },
	{ "wait", do_wait },
	{ "flow", do_flow },
	{ "regs", do_regs },
	{ "eeprom", do_eeprom },
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
	say_error("no such command");
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
		say_error("EAL: %s", rte_strerror(rte_errno));
		return EXIT_FAILURE;
	}
	say_ok("ready");
	for (turn = 0; !quitting; turn++) {
		poll_streams();
		if (turn % 32 == 0)
			read_command();
	}
	if (rte_eal_cleanup() != 0)
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}
