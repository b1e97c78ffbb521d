#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""app/dualbuf-fwd where packets come when they like, or never, or cannot leave."""

import collections
import os
import socket
import subprocess
import sys
import time

import dpdk_run
from dpdk_run import captures, check, sample
from fwd_run import COPIES, PATIENCE_S, Run, load_json, port, start, swapped


def it_costs_nothing_when_idle(folder):
    """In interrupt mode everybody sleeps."""
    for copy in COPIES:
        run = Run(folder, [f"net_dualbuf0,rx_pcap={sample('imix')},copy={copy}"],
                  "--mode", "interrupt", "--threads", "8", "--duration", "4")
        run.check_all_arrived(200)
        totals = run.totals
        load = totals["cpu_seconds"] / totals["seconds"]
        run.check(load < 0.02, f"uses {100 * load:.1f} % of a core")
        rate = totals["voluntary_switches"] / totals["seconds"]
        run.check(rate < 200, f"wakes up {rate:.0f} times a second")
        print(f"{copy}: {100 * load:.2f} %, {rate:.0f} wake-ups a second")


class Veth:
    """Two interfaces that are each other's wire; needs root."""

    def __init__(self):
        self.names = [f"fwd{os.getpid()}{end}" for end in "ab"]
        made = os.getuid() == 0 and subprocess.run(
            ["ip", "link", "add", self.names[0], "type", "veth", "peer", "name", self.names[1]],
            check=False, stderr=subprocess.DEVNULL).returncode == 0
        if not made:
            print("cannot make interfaces; needs root", file=sys.stderr)
            sys.exit(dpdk_run.SKIP)

    def __enter__(self):
        for name in self.names:
            # no packets but ours
            with open(f"/proc/sys/net/ipv6/conf/{name}/disable_ipv6", "w", encoding="ascii") as out:
                out.write("1")
            subprocess.run(["ip", "link", "set", name, "up"], check=True)
        return self

    def __exit__(self, kind, value, trace):
        subprocess.run(["ip", "link", "del", self.names[0]], check=True)


def live_packets_wake_the_handler(folder):
    """Bursts and pauses over an interface, each packet answered."""
    summary = os.path.join(folder, "summary.json")
    with Veth() as veth, socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        wire.bind((veth.names[1], 0x0003))
        wire.settimeout(10)
        for copy in COPIES:
            program = start([f"net_dualbuf0,iface={veth.names[0]},copy={copy}"], "--mode",
                            "interrupt", "--threads", "2", "--json", summary, "--count", "660")
            check("1.0 s" in program.stdout.readline(), "does not start")
            for number in range(660):
                wire.send(captures.plain_frame(number, 60 + number))
                if number % 33 == 32:
                    time.sleep(0.05)
            got = collections.Counter()
            while sum(got.values()) < 660:
                packet, address = wire.recvfrom(65536)
                if address[2] != socket.PACKET_OUTGOING:
                    got[swapped(packet)] += 1
            output, errors = program.communicate(timeout=PATIENCE_S)
            check(program.returncode == 0, output + errors)
            check(got == collections.Counter(captures.plain_frame(number, 60 + number)
                                             for number in range(660)), "other packets")
            totals = load_json(summary)
            check(totals["rx"] == totals["tx"] == 660, totals)
            check(totals["cpu_seconds"] < 0.2 * totals["seconds"], f"it polled: {totals}")


def packets_that_cannot_leave_are_counted(folder):
    """A port that takes nothing more does not hold up the others for long."""
    sinks = [os.path.join(folder, f"out{number}.pcap") for number in range(3)]
    driver = ("-d", dpdk_run.environment("DUALBUF_NET_STUCK"))
    for args, reason, left in (("", "tx_full", 64), (",down", "link_down", 64),
                               (",slow", "tx_full", 200)):
        for copy in COPIES:
            vdevs = [port(sample("imix"), sinks[0], f"copy={copy}"), f"net_stuck0{args}",
                     port(sample("imix"), sinks[1], name="net_dualbuf1"),
                     port(sample("imix"), sinks[2], name="net_dualbuf2")]
            run = Run(folder, vdevs, "--count", "600", "--threads", "2", eal=driver)
            run.check(run.code == 0, f"exit code {run.code}")
            totals = run.totals
            run.check(totals["rx"] == 600 and totals["tx"] == 400 + left, "not all is sent")
            run.check(totals[reason] == totals["dropped"] == 200 - left, "not all is counted")
            run.check(totals["seconds"] < 10, "waits for each packet")


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "idle": it_costs_nothing_when_idle,
        "live": live_packets_wake_the_handler,
        "stuck": packets_that_cannot_leave_are_counted,
    }))
