#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""DPDK's own examples, built from their sources as they are, on captures."""

import os
import signal
import struct
import subprocess
import sys

import dpdk_run
from dpdk_run import check, check_same, eal_arguments, packets_of, sample
from example_run import IP_HEADER, build, ip_packet, ones_sum, payload_of, write

MORE_FRAGMENTS, OFFSET_MASK = 0x2000, 0x1fff


def forward(program, vdevs, arguments, done, lcores=1):
    """Run an application until done(), then interrupt it. Returns what it printed."""
    command = [program, *eal_arguments(lcores, vdevs), "--", *arguments]
    with open(f"{program}.log", "w+", encoding="utf-8") as log:
        with subprocess.Popen(command, stdout=log, stderr=log,
                              env=dpdk_run.plugin_environment()) as process:
            try:
                ready = dpdk_run.wait_until(lambda: done() or process.poll() is not None)
                early = process.poll()
                process.send_signal(signal.SIGINT)
                process.wait(dpdk_run.PATIENCE_S)
            except subprocess.TimeoutExpired:
                pass
            finally:
                # whatever went wrong, it is waited for next
                process.kill()
        log.seek(0)
        printed = log.read()
    check(ready and early is None, f"{' '.join(command)}\n{printed[-4000:]}\n"
          + (f"ended early with {early}" if early is not None else "does not get done"))
    return printed


def has(path, count):
    """Has a capture that is being written so many packets?"""
    return lambda: os.path.exists(path) and len(dpdk_run.whole_packets_of(path)) >= count


# Packets --------------------------------------------------------------------------------------


class Ip:
    """The IPv4 packet in a frame, which has to be right."""

    def __init__(self, frame):
        check(frame[12:14] == b"\x08\0", f"no IPv4: {frame[12:14].hex()}")
        head = frame[14:14 + IP_HEADER]
        self.total, self.number, self.fragment = struct.unpack("!HHH", head[2:8])
        self.payload = frame[14 + IP_HEADER:14 + self.total]
        check(ones_sum(head) == 0, f"packet {self.number}: its header's checksum is wrong")
        check(len(frame) >= 14 + self.total, f"packet {self.number} is cut short")

    @property
    def offset(self):
        """Where the payload stands in the whole one, in bytes."""
        return 8 * (self.fragment & OFFSET_MASK)


# Examples -------------------------------------------------------------------------------------


def l2fwd(folder):
    """Back to the same port, with new addresses."""
    source, out = sample("imix"), os.path.join(folder, "out.pcap")
    wanted = packets_of(source)
    forward(build(folder, "l2fwd"), [f"net_dualbuf0,rx_pcap={source},tx_pcap={out}"],
            ["-p", "1", "-P", "-T", "0"], has(out, len(wanted)))
    check_same([packet[12:] for packet in packets_of(out)], [packet[12:] for packet in wanted],
               "l2fwd")


def skeleton(folder):
    """Two ports, each of which sends what the other received."""
    kinds = ("imix", "ipv6")
    outs = [os.path.join(folder, f"{kind}.pcap") for kind in kinds]
    vdevs = [f"net_dualbuf{i},rx_pcap={sample(kinds[i])},tx_pcap={outs[1 - i]}" for i in (0, 1)]
    wanted = [packets_of(sample(kind)) for kind in kinds]
    forward(build(folder, "skeleton"), vdevs, [],
            lambda: all(has(outs[i], len(wanted[i]))() for i in (0, 1)))
    for i in (0, 1):
        check_same(packets_of(outs[i]), wanted[i], kinds[i])


def rxtx_callbacks(folder):
    """The same with the hardware's time stamps, which it compares with the port's clock."""
    kinds = ("imix", "ipv6")
    outs = [os.path.join(folder, f"{kind}.pcap") for kind in kinds]
    vdevs = [f"net_dualbuf{i},rx_pcap={sample(kinds[i])},tx_pcap={outs[1 - i]}" for i in (0, 1)]
    wanted = [packets_of(sample(kind)) for kind in kinds]
    forward(build(folder, "rxtx_callbacks"), vdevs, ["-t"],
            lambda: all(has(outs[i], len(wanted[i]))() for i in (0, 1)))
    for i in (0, 1):
        check_same(packets_of(outs[i]), wanted[i], kinds[i])


def ip_fragmentation(folder):
    """Packets beyond the MTU come out in parts whose sums the device has inserted."""
    sizes = [100, 1480, 3000, 1481, 9000, 4001]
    payloads = [payload_of(number, size) for number, size in enumerate(sizes)]
    source = write(os.path.join(folder, "long.pcap"),
                   [ip_packet(number, payload, (100, 10, 0, 1))
                    for number, payload in enumerate(payloads)])
    out = os.path.join(folder, "out.pcap")
    nb_parts = sum(-(-size // 1480) for size in sizes)
    forward(build(folder, "ip_fragmentation"), [f"net_dualbuf0,rx_pcap={source},tx_pcap={out}"],
            ["-p", "1"], has(out, nb_parts))
    whole = {}
    for frame in packets_of(out):
        ip = Ip(frame)
        check(ip.total <= 1500, f"a part of {ip.total} bytes")
        check(ip.offset == len(whole.get(ip.number, b"")), f"packet {ip.number}: a part is missing")
        whole[ip.number] = whole.get(ip.number, b"") + ip.payload
    check_same([whole[number] for number in sorted(whole)], payloads, "payload")


def ip_reassembly(folder):
    """Parts become whole packets."""
    payloads = [payload_of(number, 3000 + 8 * number) for number in range(20)]
    parts = []
    for number, payload in enumerate(payloads):
        for at in range(0, len(payload), 1480):
            more = MORE_FRAGMENTS if at + 1480 < len(payload) else 0
            parts.append(ip_packet(number, payload[at:at + 1480], (100, 10, 0, 1), more | at // 8))
    source, out = write(os.path.join(folder, "parts.pcap"), parts), os.path.join(folder, "out.pcap")
    forward(build(folder, "ip_reassembly"), [f"net_dualbuf0,rx_pcap={source},tx_pcap={out}"],
            ["-p", "1", "--maxflows=256", "--flowttl=10s"], has(out, len(payloads)))
    check_same([Ip(frame).payload for frame in packets_of(out)], payloads, "payload")


def routed(folder, name, arguments, lcores=1):
    """An application that forwards to 198.18.0.0/24 and looks at packet types."""
    payloads = [payload_of(number, 20 + 7 * number) for number in range(200)]
    source = write(os.path.join(folder, "routed.pcap"),
                   [ip_packet(number, payload, (198, 18, 0, 5))
                    for number, payload in enumerate(payloads)])
    out = os.path.join(folder, "out.pcap")
    # each lcore has a transmit queue, of which the first sends
    outs = f"tx_pcap={out}" + ",tx_pcap=/dev/null" * (lcores - 1)
    forward(build(folder, name), [f"net_dualbuf0,rx_pcap={source},{outs}"],
            ["-p", "1", "-P", *arguments], has(out, len(payloads)), lcores)
    check_same([Ip(frame).payload for frame in packets_of(out)], payloads, name)


def l3fwd(folder):
    """It takes the packet types of the driver, since nothing tells it to parse."""
    routed(folder, "l3fwd", ["--config=(0,0,0)", "--eth-dest=0,02:00:00:00:00:99"])


def l3fwd_graph(folder):
    """The same by nodes of a graph; the main lcore does not forward."""
    routed(folder, "l3fwd-graph", ["--config=(0,0,1)", "--eth-dest=0,02:00:00:00:00:99"], lcores=2)


CASES = {
    "l2fwd": l2fwd,
    "skeleton": skeleton,
    "rxtx_callbacks": rxtx_callbacks,
    "ip_fragmentation": ip_fragmentation,
    "ip_reassembly": ip_reassembly,
    "l3fwd": l3fwd,
    "l3fwd-graph": l3fwd_graph,
}

if __name__ == "__main__":
    sys.exit(dpdk_run.main(CASES))
