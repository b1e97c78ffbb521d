#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's own examples of several processes that share ports, built from their sources as they are."""

import os
import re
import signal
import subprocess
import sys

import dpdk_run
from dpdk_run import check, check_same, environment, packets_of, whole_packets_of
from example_run import CAPTURE_HEADER, build, ip_packet, payload_of, record, write
from memory_run import SharedMemory, same_operations

NB_PACKETS = 1000
# what the server has no room for in a client's ring it drops, and that has 127 places
CHUNK = 100
NB_CLIENTS = 2


class Member:
    """A process of a group that shares its ports: the first one has the devices, others find them."""

    def __init__(self, memory, program, number, vdevs, arguments):
        # mempools have a cache for each lcore, so that no two processes may have one of that number
        eal = ["-m256", "--no-pci", "--no-telemetry", f"--huge-dir={memory.huge}",
               dpdk_run.lcores(1, number), "-d", environment("DUALBUF_PLUGIN")]
        eal += [word for vdev in vdevs for word in ("--vdev", vdev)]
        if not vdevs:
            eal.append("--proc-type=secondary")
        self.command = [program, *eal, "--", *arguments]
        self.log = f"{program}.{number}.log"
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log,
                                            env=same_operations())

    def __enter__(self):
        self.wait_until(lambda: "Finished Process Init" in self.said(), "does not get ready")
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if kind is not None:
            print(" ".join(self.command), self.said()[-4000:], sep="\n")

    def said(self):
        """What it has printed so far."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def wait_until(self, condition, otherwise):
        """It has to live on meanwhile."""
        reached = dpdk_run.wait_until(lambda: condition() or self.process.poll() is not None)
        check(reached and self.process.poll() is None, f"{self.command[0]} {otherwise}")

    def interrupt(self, code):
        """End it as a user does; it has to end with this code."""
        self.process.send_signal(signal.SIGINT)
        try:
            ended = self.process.wait(dpdk_run.PATIENCE_S)
        except subprocess.TimeoutExpired:
            ended = "nothing yet"
        check(ended == code, f"{self.command[0]} ended with {ended}, not {code}")


def packets_for(which):
    """Packets that no other file has."""
    return [ip_packet(number, payload_of(number, 40 + number % 1400), (10, 1, which, 1))
            for number in range(NB_PACKETS)]


class Feed:
    """A pipe with a capture that goes on when it is told to."""

    def __init__(self, path, packets):
        self.packets, self.path = packets, path
        os.mkfifo(path)
        # both ways, or it would wait here for its reader
        self.pipe = os.open(path, os.O_RDWR)
        os.write(self.pipe, CAPTURE_HEADER)

    def go_on(self, begin, end):
        """These packets come."""
        for packet in self.packets[begin:end]:
            os.write(self.pipe, record(packet))


def nb_in(paths):
    """How many packets are in captures that are being written."""
    return sum(len(whole_packets_of(path)) for path in paths)


def client_server_mp(folder):
    """The server receives from two ports, and each client sends on a queue of its own of both."""
    mp = "multi_process/client_server_mp"
    server_program, client_program = build(folder, f"{mp}/mp_server"), build(folder, f"{mp}/mp_client")
    outs = [[os.path.join(folder, f"{port}.{queue}.pcap") for queue in range(NB_CLIENTS)]
            for port in (0, 1)]
    feeds = [Feed(os.path.join(folder, f"fifo{port}"), packets_for(port)) for port in (0, 1)]
    vdevs = [f"net_dualbuf{port},rx_pcap={feeds[port].path},"
             + ",".join(f"tx_pcap={out}" for out in outs[port]) for port in (0, 1)]
    with SharedMemory(folder) as memory, \
            Member(memory, server_program, 0, vdevs, ["-p", "3", "-n", str(NB_CLIENTS)]) as server, \
            Member(memory, client_program, 1, [], ["-n", "0"]) as one, \
            Member(memory, client_program, 2, [], ["-n", "1"]) as other:
        for begin in range(0, NB_PACKETS, CHUNK):
            end = begin + CHUNK
            for feed in feeds:
                feed.go_on(begin, end)
            server.wait_until(lambda upto=end: nb_in(outs[0]) >= upto and nb_in(outs[1]) >= upto,
                              f"does not have packets {begin} to {end} sent")
        for client in (one, other):
            client.interrupt(-signal.SIGINT)
        server.interrupt(0)
    for port in (0, 1):
        check_shared_out(feeds[1 - port].packets, [packets_of(out) for out in outs[port]])


def check_shared_out(wanted, parts):
    """Each part has some of the packets in their order, and together they are all, once each."""
    place = {packet: number for number, packet in enumerate(wanted)}
    for part in parts:
        check(part, "a client has sent nothing")
        places = [place.get(packet, -1) for packet in part]
        check(places == sorted(places), "a client's packets are not in their order")
    check_same(sorted(sum(parts, []), key=lambda packet: place.get(packet, -1)), wanted, "clients")


def symmetric_mp(folder):
    """Each process forwards between two ports on a queue of its own, and at the same time."""
    program = build(folder, "multi_process/symmetric_mp")
    packets = {(port, queue): packets_for(2 * port + queue) for port in (0, 1) for queue in (0, 1)}
    sources = {at: write(os.path.join(folder, f"in.{at[0]}.{at[1]}.pcap"), packets[at])
               for at in packets}
    outs = {at: os.path.join(folder, f"out.{at[0]}.{at[1]}.pcap") for at in packets}
    vdevs = [f"net_dualbuf{port},rate=0.5kpps,"
             + ",".join(f"rx_pcap={sources[port, queue]},tx_pcap={outs[port, queue]}"
                        for queue in (0, 1)) for port in (0, 1)]
    arguments = ["-p", "3", "--num-procs=2"]
    with SharedMemory(folder) as memory, \
            Member(memory, program, 0, vdevs, [*arguments, "--proc-id=0"]) as first, \
            Member(memory, program, 1, [], [*arguments, "--proc-id=1"]) as second:
        for member, queue in ((first, 0), (second, 1)):
            member.wait_until(
                lambda q=queue: all(nb_in([outs[port, q]]) >= NB_PACKETS for port in (0, 1)),
                "does not forward all")
        for member in (second, first):
            member.interrupt(0)
            counts = re.findall(r"RX - (\d+), TX - (\d+), Drop - (\d+)", member.said())
            check(counts == [(str(NB_PACKETS), str(NB_PACKETS), "0")] * 2, f"it counts {counts}")
    for port, queue in packets:
        check_same(packets_of(outs[port, queue]), packets[1 - port, queue],
                   f"port {port}, queue {queue}")


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "client_server_mp": client_server_mp,
        "symmetric_mp": symmetric_mp,
    }))
