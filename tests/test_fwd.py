#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""app/dualbuf-fwd forwards: every packet, in order, in each mode; one case for each meson test."""

import itertools
import os
import struct
import subprocess
import sys

import dpdk_run
from dpdk_run import captures, check, check_same, packets_of, sample
from fwd_run import COPIES, MODES, Run, check_flows, make, port, swapped

FLOWS = 61


def make_flows(path, count):
    """UDP in a number of flows that is no multiple of anything, in frames of many sizes."""
    def frame(number):
        room = captures.IMIX[number % len(captures.IMIX)] - 42
        datagram = captures.udp(captures.IP4_CLIENT, captures.IP4_SERVER, 5000 + number % FLOWS,
                                9, captures.mark(number).ljust(room, b"."))
        packet = captures.ip4(captures.IP4_CLIENT, captures.IP4_SERVER, captures.UDP, datagram,
                              number)
        return captures.ether(captures.MAC_SERVER, captures.MAC_CLIENT, captures.IP4, packet)

    captures.write_pcap(path, captures.timed(frame(number) for number in range(count)))


def flows_stay_in_order(folder):
    """In every mode, both ways to copy, with few threads and many."""
    source, sink = os.path.join(folder, "in.pcap"), os.path.join(folder, "out.pcap")
    store = os.path.join(folder, "store.pcapng")
    make_flows(source, 8000)
    wanted = packets_of(source)
    for mode, copy, threads in itertools.product(MODES, COPIES, (1, 2, 8)):
        what = f"{mode} {copy} {threads}"
        run = Run(folder, [port(source, sink, f"copy={copy}")], "--mode", mode, "--copy", copy,
                  "--threads", str(threads), "--count", "8000", "--write", store)
        run.check_all_arrived(8000, stored=8000)
        totals = run.totals
        run.check(totals["flips"] + totals["copies"] + totals["loans"] == 8000,
                  "not each packet is a flip, a copy or a loan")
        run.check(totals["copies" if copy == "deferred" else "loans"] == 0, "copied wrongly")
        run.check(totals["settled"] == totals["loans"], "loans were not settled")
        check_flows(sink, wanted, what)
        check_same(packets_of(store), wanted, f"{what}: stored")
        compare(source, store)


def compare(one, other):
    """With the tool that users have."""
    done = subprocess.run([sys.executable, dpdk_run.environment("DUALBUF_CAPTURES"), "compare",
                           one, other], capture_output=True, text=True, check=False)
    check(done.returncode == 0, done.stdout + done.stderr)


def every_kind_of_frame_is_forwarded_and_stored(folder):
    """Frames in many buffers, too, and frames too short to have addresses."""
    sink, store = os.path.join(folder, "out.pcap"), os.path.join(folder, "store.pcapng")
    kinds = ("sample", "vlan", "ipv6", "runts", "tiny", "edges", "jumbo", "jumbo-64k")
    for kind, copy in itertools.product(kinds, COPIES):
        wanted = packets_of(sample(kind))
        run = Run(folder, [port(sample(kind), sink, f"copy={copy}")], "--threads", "2",
                  "--count", str(len(wanted)), "--write", store)
        run.check_all_arrived(len(wanted), stored=len(wanted))
        check_same(packets_of(store), wanted, f"{kind}: stored")
        check_same(sorted(swapped(packet) for packet in packets_of(sink)), sorted(wanted), kind)


# A record of the captures of a million: what pcap says of it, and a frame of 60 bytes.
RECORD = struct.Struct("<IIII60s")
MILLION = 1_000_000


def make_million(path):
    """UDP in some flows, each packet numbered in its last four bytes."""
    frames = [captures.plain_frame(flow, 60) for flow in range(FLOWS)]
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, captures.ETHERNET))
        for begin in range(0, MILLION, 10_000):
            out.write(b"".join(
                RECORD.pack(captures.START, 0, 60, 60,
                            frames[number % FLOWS][:56] + number.to_bytes(4, "little"))
                for number in range(begin, begin + 10_000)))


def check_million(sink, what):
    """Every number once, and rising within each flow."""
    last = [-FLOWS + flow for flow in range(FLOWS)]
    with open(sink, "rb") as stream:
        data = stream.read()[24:]
    check(len(data) == MILLION * RECORD.size, f"{what}: {len(data)} bytes of packets")
    for number, in struct.iter_unpack("<72xI", data):
        flow = number % FLOWS
        check(number == last[flow] + FLOWS, f"{what}: {number} comes after {last[flow]}")
        last[flow] = number


def a_million_packets_arrive_in_each_mode(folder):
    """All of them, in order within flows, and on disk."""
    source, sink = os.path.join(folder, "in.pcap"), os.path.join(folder, "out.pcap")
    store = os.path.join(folder, "store.pcapng")
    make_million(source)
    for mode, copy in itertools.product(MODES, COPIES):
        run = Run(folder, [port(source, sink, f"copy={copy}")], "--mode", mode, "--copy", copy,
                  "--threads", "2", "--count", str(MILLION), "--write", store)
        run.check_all_arrived(MILLION, stored=MILLION)
        check_million(sink, f"{mode} {copy}")
        stored = sum(1 for _ in captures.Reader(store))
        check(stored == MILLION, f"{mode} {copy}: {stored} packets in the file")
        print(f"{mode} {copy}: {run.totals['seconds']:.2f} s")


def ports_go_in_pairs_and_the_odd_one_echoes(folder):
    """Ports 0 and 1 exchange, port 2 is alone."""
    kinds = ("imix", "vlan", "ipv6")
    sinks = [os.path.join(folder, f"out{number}.pcap") for number in range(3)]
    vdevs = [port(sample(kind), sinks[number], name=f"net_dualbuf{number}")
             for number, kind in enumerate(kinds)]
    for mode in MODES:
        run = Run(folder, vdevs, "--mode", mode, "--count", "600", "--threads", "2")
        run.check_all_arrived(600)
        run.check([entry["peer"] for entry in run.totals["ports"]] == [1, 0, 2], "other peers")
        for sink, kind in zip(sinks, ("vlan", "imix", "ipv6")):
            got = [swapped(packet) for packet in packets_of(sink)]
            check_same(sorted(got), sorted(packets_of(sample(kind))), f"{mode}: {sink}")


def all_of_it_runs_on_one_core(folder):
    """Nobody starves the others by polling."""
    source, sink = make(folder, "uniform", 50_000), os.path.join(folder, "out.pcap")
    store = os.path.join(folder, "store.pcapng")
    cpu = min(os.sched_getaffinity(0))
    for mode, copy in itertools.product(MODES, COPIES):
        run = Run(folder, [port(source, sink, f"copy={copy}")], "--mode", mode, "--threads", "8",
                  "--count", "50000", "--write", store, lcores=1,
                  prepare=lambda: os.sched_setaffinity(0, {cpu}))
        run.check_all_arrived(50_000, stored=50_000)


def ports_of_other_drivers_are_forwarded_too(folder):
    """As far as they can."""
    sinks = [os.path.join(folder, f"out{number}.pcap") for number in range(2)]
    store = os.path.join(folder, "store.pcapng")
    vdevs = [port(sample("imix"), sinks[0], name="net_pcap0"),
             port(sample("imix"), sinks[1], name="net_dualbuf0")]
    run = Run(folder, vdevs, "--count", "400", "--threads", "2", "--write", store)
    run.check_all_arrived(400, stored=400)
    wanted = sorted(packets_of(sample("imix")))
    for sink in sinks:
        check_same(sorted(swapped(packet) for packet in packets_of(sink)), wanted, sink)
    run = Run(folder, vdevs[:1], "--mode", "interrupt", "--duration", "1")
    run.check(run.code == 1 and "--mode poll" in run.errors, "not refused")


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "flows": flows_stay_in_order,
        "kinds": every_kind_of_frame_is_forwarded_and_stored,
        "million": a_million_packets_arrive_in_each_mode,
        "ports": ports_go_in_pairs_and_the_odd_one_echoes,
        "one-core": all_of_it_runs_on_one_core,
        "foreign": ports_of_other_drivers_are_forwarded_too,
    }))
