# SPDX-License-Identifier: BSD-3-Clause
"""Shared by the tests of app/dualbuf-fwd: the program, run as its users run it."""

import collections
import json
import os
import subprocess

import dpdk_run
from dpdk_run import captures, check, check_same, packets_of

PATIENCE_S = 100
MODES = ("poll", "interrupt")
COPIES = ("inline", "deferred")
# an EAL log line in between would disturb nobody but the reader
QUIET = ("--log-level", "4")


def port(source, sink, *options, name="net_dualbuf0"):
    """Devargs of a port that reads one file and writes another."""
    return ",".join((name, f"rx_pcap={source}", f"tx_pcap={sink}", *options))


def command(vdevs, *options, lcores=2, eal=()):
    """The command line."""
    return [dpdk_run.environment("DUALBUF_FWD"), *QUIET,
            *dpdk_run.eal_arguments(lcores, vdevs), *eal, "--", *options]


class Run:
    """One run of the program: its exit code, what it said, and its JSON summary."""

    def __init__(self, folder, vdevs, *options, prepare=None, **how):
        summary = os.path.join(folder, "summary.json")
        line = command(vdevs, "--json", summary, *options, **how)
        done = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE_S,
                              check=False, preexec_fn=prepare)
        self.code, self.output, self.errors = done.returncode, done.stdout, done.stderr
        self.totals = load_json(summary) if self.code == 0 or self.errors else {}
        self.line = " ".join(line)

    def check(self, condition, message):
        """Fail with a message, and all that was said."""
        check(condition, f"{self.line}\n{self.output}{self.errors}\n{message}")

    def check_all_arrived(self, count, stored=0):
        """It ended well, and nothing was lost."""
        self.check(self.code == 0, f"exit code {self.code}")
        wanted = {"rx": count, "tx": count, "stored": stored, "dropped": 0, "not_stored": 0,
                  "missed": 0, "nombuf": 0, "unsettled": 0}
        got = {name: self.totals[name] for name in wanted}
        self.check(got == wanted, f"{got}, not {wanted}")


def load_json(path):
    """The object in a file; nothing if there is none."""
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return {}
    with open(path, encoding="utf-8") as stream:
        return json.load(stream)


def swapped(packet):
    """A packet whose MAC addresses are swapped, if it has both."""
    return packet[6:12] + packet[:6] + packet[12:] if len(packet) >= 12 else packet


def by_flow(packets):
    """Lists of packets by what the sender chose for a flow: addresses and ports."""
    flows = collections.defaultdict(list)
    for packet in packets:
        flows[packet[:12] + packet[26:38]].append(packet)
    return flows


def make(folder, kind, count, size=None):
    """A capture of a kind."""
    path = os.path.join(folder, f"{kind}-{count}.pcap")
    captures.KINDS[kind](path, count, size)
    return path


def check_flows(sink, wanted, what):
    """Everything is there, addresses swapped, and in order within each flow."""
    got = by_flow(swapped(packet) for packet in packets_of(sink))
    wanted = by_flow(wanted)
    check(got.keys() == wanted.keys(), f"{what}: other flows")
    for key, packets in wanted.items():
        check_same(got[key], packets, what)


def start(vdevs, *options, **how):
    """A program that is to be told when to end."""
    return subprocess.Popen(command(vdevs, *options), text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **how)
