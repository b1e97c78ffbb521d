#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The command lines of net_pcap's own guide (DPDK 26.07) with the driver's name exchanged, in a network
namespace whose eth0 and eth1 end in this script."""

import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import time

import dpdk_run
from dpdk_run import check, check_same, whole_packets_of

ETH_P_ALL = 3
SO_RCVBUFFORCE = 33
PACKETS = 700


def frame(number, length=120):
    """A frame that differs by its number."""
    return (bytes.fromhex("ffffffffffff 020000000001 88b5") + struct.pack(">I", number)).ljust(
        length, b"x")


def write_capture(path, count=PACKETS, length=120):
    """A capture of numbered frames. Returns them."""
    frames = [frame(number, length) for number in range(count)]
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for one in frames:
            file.write(struct.pack("<IIII", 1, 0, len(one), len(one)) + one)
    return frames


def make_interface(name):
    """An interface, and a socket at its other end."""
    subprocess.run(f"ip link add {name} type veth peer name w{name} && for i in {name} w{name}; "
                   "do echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; ip link set $i up; done",
                   shell=True, check=True)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((f"w{name}", ETH_P_ALL))
    wire.settimeout(0.2)
    wire.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22)
    return wire


class Line:
    """testpmd with these devices and arguments, from `with` until it has ended."""

    def __init__(self, *arguments, devices):
        program = shutil.which("dpdk-testpmd")
        self.command = [program, *dpdk_run.eal_arguments(2, devices), "--", "--no-mlockall",
                        "--total-num-mbufs=16384", *arguments]

    def __enter__(self):
        self.log = open("log", "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=self.log,
                                        stderr=self.log, env=dpdk_run.plugin_environment())
        return self

    def __exit__(self, kind, value, trace):
        try:
            self.process.communicate(b"\n", dpdk_run.PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()
            self.log.seek(0)
            self.said = self.log.read()
            self.log.close()
            if kind is not None or self.process.returncode != 0:
                print(" ".join(self.command), self.said[-6000:], sep="\n")
        if kind is None:
            check(self.process.returncode == 0, f"testpmd ended with {self.process.returncode}")

    def total(self, name):
        """A figure of all ports when testpmd has ended."""
        return int(re.search(rf"for all ports\++\n(?:.*\n)*?.*{name}: (\d+)", self.said)[1])


def wait_until(condition, what):
    """Fail if it does not become true."""
    check(dpdk_run.wait_until(condition), f"no {what} came")


def written(path):
    """The packets that a file has by now."""
    try:
        return whole_packets_of(path)
    except (OSError, EOFError, dpdk_run.captures.CaptureError):
        return []


def wait_for_file(path, frames):
    """Until the file has all of these; check that it has nothing else."""
    wait_until(lambda: len(written(path)) >= len(frames), f"end of {path}")
    check_same(written(path), frames, path)


def pass_through(enter, leave, number=0):
    """Put frames on one wire until they come out at the other, then 20 that all have to come."""
    def came(wanted):
        try:
            return leave.recv(2048) == wanted
        except socket.timeout:
            return False

    def first_came():
        enter.send(frame(number))
        return came(frame(number))
    wait_until(first_came, "frame")
    for one in range(number + 1, number + 21):
        enter.send(frame(one))
        wait_until(lambda wanted=frame(one): came(wanted), f"frame {one}")


# Lines --------------------------------------------------------------------------------------------


def file_to_file():
    """Chained. testpmd throws away what comes at once before it starts, which is all."""
    frames = write_capture("file_rx.pcap")
    with Line("--port-topology=chained",
              devices=["net_dualbuf0,rx_pcap=file_rx.pcap,tx_pcap=file_tx.pcap"]):
        wait_until(lambda: os.path.exists("file_tx.pcap"), "file_tx.pcap")
        time.sleep(1)
    got = whole_packets_of("file_tx.pcap")
    check_same(got, frames[PACKETS - len(got):], "file_tx.pcap")


def no_flush():
    """All come."""
    frames = write_capture("file_rx.pcap")
    with Line("--port-topology=chained", "--no-flush-rx",
              devices=["net_dualbuf0,rx_pcap=file_rx.pcap,tx_pcap=file_tx.pcap"]):
        wait_for_file("file_tx.pcap", frames)


def iface_to_file():
    """What the interface receives, and what others send through it."""
    wire = make_interface("eth0")
    with Line("--port-topology=chained",
              devices=["net_dualbuf0,rx_iface=eth0,tx_pcap=file_tx.pcap"]):
        def came():
            wire.send(frame(1))
            return frame(1) in written("file_tx.pcap")
        wait_until(came, "packet in the file")
        own = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        own.bind(("eth0", ETH_P_ALL))
        own.send(frame(2))
        wait_until(lambda: frame(2) in written("file_tx.pcap"), "sent packet in the file")


def file_to_iface():
    """Without a flush, so that something comes."""
    frames = write_capture("file_rx.pcap")
    wire = make_interface("eth1")
    got = []

    def all_came():
        try:
            while len(got) < len(frames):
                got.append(wire.recv(2048))
        except socket.timeout:
            pass
        return len(got) == len(frames)
    with Line("--port-topology=chained", "--no-flush-rx",
              devices=["net_dualbuf0,rx_pcap=file_rx.pcap,tx_iface=eth1"]):
        wait_until(all_came, "end of the file")
    check_same(got, frames, "eth1")


def two_ifaces():
    """Both ways."""
    wires = [make_interface(name) for name in ("eth0", "eth1")]
    with Line(devices=["net_dualbuf0,iface=eth0", "net_dualbuf1,iface=eth1"]):
        pass_through(wires[0], wires[1])
        pass_through(wires[1], wires[0], 100)


def two_tx_queues():
    """On one interface."""
    wire = make_interface("eth1")
    with Line("--txq", "2", devices=["net_dualbuf0,rx_iface=eth1,tx_iface=eth1,tx_iface=eth1"]):
        def came():
            wire.send(frame(1))
            try:
                return wire.recv(2048) == frame(1)
            except socket.timeout:
                return False
        wait_until(came, "frame")


def back_on_the_same_iface():
    """Only what comes in, so that nothing goes round."""
    wire = make_interface("eth1")
    with Line(devices=["net_dualbuf0,rx_iface_in=eth1,tx_iface=eth1"]):
        pass_through(wire, wire)


def phy_mac():
    """The port's address is the interface's."""
    wire = make_interface("eth0")
    own = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    own.bind(("eth0", ETH_P_ALL))
    address = own.getsockname()[4].hex(":").upper()
    with Line(devices=["net_dualbuf0,iface=eth0,phy_mac=1"]) as line:
        pass_through(wire, wire)
    named = re.search(r"Port 0: ([0-9A-F:]{17})", line.said)
    check(named and named[1] == address, f"testpmd names {named and named[1]}, not {address}")


def infinite_rx():
    """For ever, and all is dropped when it is sent."""
    write_capture("file_rx.pcap")
    with Line(devices=["net_dualbuf0,rx_pcap=file_rx.pcap,infinite_rx=1"]) as line:
        time.sleep(1)
    check(line.total("TX-packets") > 10 * PACKETS, "the file did not begin again")


def eof():
    """testpmd is told of the end."""
    write_capture("file_rx.pcap")
    with Line(devices=["net_dualbuf0,rx_pcap=file_rx.pcap,eof=1"]) as line:
        time.sleep(1)
    check("Port 0: link state change event" in line.said, "testpmd was not told")


def drop():
    """What is sent to nowhere counts as sent."""
    write_capture("file_rx.pcap")
    with Line("--no-flush-rx", devices=["net_dualbuf0,rx_pcap=file_rx.pcap"]) as line:
        time.sleep(1)
    check(line.total("TX-packets") == PACKETS, "not all were sent to nowhere")


def no_rx():
    """One dummy receive queue for each transmit queue."""
    with Line("--rxq=2", "--txq=2",
              devices=["net_dualbuf0,tx_pcap=file_tx.pcap,tx_pcap=more_tx.pcap"]) as line:
        time.sleep(0.5)
    check(line.total("RX-packets") == 0, "packets came from nowhere")
    check(not whole_packets_of("file_tx.pcap"), "file_tx.pcap has packets")


def snaplen():
    """Before the interface, and before files."""
    wire = make_interface("eth0")
    with Line(devices=["net_dualbuf0,snaplen=1518,iface=eth0"]):
        pass_through(wire, wire)
    frames = write_capture("in.pcap", 100, 8000)
    with Line("--no-flush-rx", "--mbuf-size=9216",
              devices=["net_dualbuf0,snaplen=9000,rx_pcap=in.pcap,tx_pcap=out.pcap"]):
        wait_for_file("out.pcap", frames)


def long_path():
    """Longer than net_pcap keeps for its secondary processes."""
    folder = "/".join(["f" * 200] * 4)
    os.makedirs(folder)
    frames = write_capture(f"{folder}/in.pcap")
    with Line("--no-flush-rx",
              devices=[f"net_dualbuf0,rx_pcap={folder}/in.pcap,tx_pcap={folder}/out.pcap"]):
        wait_for_file(f"{folder}/out.pcap", frames)


def same_file():
    """Each queue reads it for itself."""
    write_capture("file_rx.pcap")
    with Line("--no-flush-rx", "--rxq=2", "--txq=2",
              devices=["net_dualbuf0,rx_pcap=file_rx.pcap,rx_pcap=file_rx.pcap"]) as line:
        time.sleep(1)
    check(line.total("RX-packets") == 2 * PACKETS, "a queue did not read all")


CASES = {case.__name__.replace("_", "-"): lambda _, case=case: case() for case in (
    file_to_file, no_flush, iface_to_file, file_to_iface, two_ifaces, two_tx_queues,
    back_on_the_same_iface, phy_mac, infinite_rx, eof, drop, no_rx, snaplen, long_path,
    same_file)}


def main():
    """In a namespace of its own, which takes root rights."""
    code = dpdk_run.enter_namespace()
    if code != 0:
        return code
    folder = dpdk_run.tempfile.mkdtemp()
    os.chdir(folder)
    try:
        return dpdk_run.main(CASES)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
