/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The net_dualbuf authors
 */

#ifndef _VMPORT_COMMANDS_H_
#define _VMPORT_COMMANDS_H_

/* The words that a line on standard input may begin with; each answers with one line. */

#include "words.h"

typedef int command(const struct words *words);

/* pool.c */
command do_full, do_pool, do_badpool;
/* port.c */
command do_start, do_restart, do_stop, do_close, do_probe, do_remove, do_ports, do_reprobe,
		do_counts, do_xstat, do_link, do_queue;
/* filter.c */
command do_mac, do_promisc, do_strip, do_allmulti, do_vlans, do_vlan, do_address, do_groups, do_mtu;
/* queue.c */
command do_rxq, do_txq, do_newrxq;
/* stream.c */
command do_stream, do_pause, do_go, do_flags, do_held, do_release, do_drop, do_forget;
/* ring.c */
command do_armed, do_inspect, do_inspected;
/* bar.c */
command do_bar, do_eeprom, do_regs;
/* flow.c */
command do_flow;
/* rss.c */
command do_key, do_table, do_steered, do_listen, do_wait;
/* exchange.c */
command do_exchange, do_cycle;

#endif /* _VMPORT_COMMANDS_H_ */
