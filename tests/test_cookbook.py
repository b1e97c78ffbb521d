#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The recipes of doc/cookbook.rst, run as they stand there, but for the plugin's place: in a network
namespace whose eth0 ends in this script, and with an ssh that stays here."""

import gzip
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time

import dpdk_run
from dpdk_run import check, check_same, environment, whole_packets_of

GUIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../doc/cookbook.rst")
ETH_P_ALL = 3
GAP_S = 0.02
PACKETS = 20
HOST = bytes((192, 0, 2, 7))


def recipe(name):
    """The command of that name in the guide."""
    with open(GUIDE, encoding="utf-8") as file:
        text = file.read()
    block = re.search(rf"\.\. code-block:: bash\n   :name: {name}\n\n((?:   .*\n|\n)+)", text)
    check(block is not None, f"the guide has no recipe {name}")
    return re.sub("^   ", "", block[1], flags=re.MULTILINE)


def udp(number, source=HOST, length=120):
    """A frame that differs by its number."""
    head = bytes.fromhex("020000000002020000000001 0800")
    body = struct.pack(">BBHHHBBH4s4sHHHHI", 0x45, 0, length - 14, number, 0, 64, 17, 0, source,
                       bytes((198, 51, 100, 1)), 1000, 2000, length - 34, 0, number)
    return (head + body).ljust(length, b"x")


def write_capture():
    """capture.pcap.gz, of packets that are GAP_S apart. Returns them."""
    frames = [udp(number) for number in range(PACKETS)]
    with gzip.open("capture.pcap.gz", "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
        for number, frame in enumerate(frames):
            stamp = int(number * GAP_S * 1e9)
            file.write(struct.pack("<IIII", stamp // 10**9, stamp % 10**9, len(frame), len(frame)))
            file.write(frame)
    return frames


def write_programs():
    """An ssh that runs the command here, and a dpdk-testpmd that leaves its process's number."""
    preload = os.environ.get("DUALBUF_PRELOAD", "")
    programs = {
        "ssh": 'shift; exec "$@"',
        "dpdk-testpmd": f'echo $$ >pid; export LD_PRELOAD={preload}; '
                        f'exec {shutil.which("dpdk-testpmd")} --no-shconf --no-telemetry '
                        f'"{dpdk_run.lcores(2)}" "$@"'}
    os.mkdir("bin")
    for name, text in programs.items():
        with open(f"bin/{name}", "w", encoding="ascii") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(f"bin/{name}", 0o755)


class Running:
    """A recipe that runs between `with` and its end, in this folder."""

    def __init__(self, name):
        text = recipe("setup") + recipe(name)
        text, places = re.subn(r"build/\S*\.so", environment("DUALBUF_PLUGIN"), text)
        check(places == 1, "the guide's testpmd does not load the plugin")
        self.log = f"{name}.log"
        self.command = ["bash", "-c", text]

    def __enter__(self):
        env = dict(os.environ, PATH=f"{os.getcwd()}/bin:{os.environ['PATH']}:/usr/sbin:/sbin")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=env, start_new_session=True)
        return self

    def __exit__(self, kind, value, trace):
        try:
            with open("pid", encoding="ascii") as file:
                os.kill(int(file.read()), signal.SIGINT)
            self.process.wait(dpdk_run.PATIENCE_S)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            pass  # what was not there, or did not end, is told by what is missing
        finally:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
            if os.path.exists("pid"):
                os.unlink("pid")
        if kind is not None:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                print(log.read()[-4000:], file=sys.stderr)

    def wait_for(self, text):
        """Until it has said that."""
        wait_until(lambda: text in self.said(), f"'{text}'")

    def said(self):
        """All that it has said so far."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()


def wait_until(condition, what):
    """Fail if it does not become true."""
    end = time.monotonic() + dpdk_run.PATIENCE_S
    while not condition():
        check(time.monotonic() < end, f"no {what} came")
        time.sleep(0.05)


def wait_for_packets(path, count):
    """Until a capture that is being written has so many. Returns them."""
    def found():
        try:
            return whole_packets_of(path)
        except (OSError, EOFError, dpdk_run.captures.CaptureError):
            return []
    wait_until(lambda: len(found()) >= count, f"{count} packets in {path}")
    return found()


def make_interface():
    """eth0, and a socket at its other end."""
    subprocess.run("ip link add eth0 type veth peer name wire && "
                   "for i in eth0 wire; do echo 1 >/proc/sys/net/ipv6/conf/$i/disable_ipv6; "
                   "ip link set $i up; done", shell=True, check=True)
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind(("wire", ETH_P_ALL))
    wire.settimeout(dpdk_run.PATIENCE_S)
    return wire


# Recipes ------------------------------------------------------------------------------------------


def replay(frames):
    """At half speed: the gaps are twice as long."""
    wire = make_interface()
    with Running("replay"):
        got, times = [], []
        while len(got) < PACKETS:
            got.append(wire.recv(2048))
            times.append(time.monotonic())
    check_same(got, frames, "eth0")
    taken, least = times[-1] - times[0], 2 * GAP_S * (PACKETS - 1)
    check(taken > 0.9 * least, f"{taken:.3f} s for what takes {least:.3f} s")


def loop(frames):
    """Three times, compressed again."""
    with Running("loop"):
        wait_for_packets("sent.pcap.zst", 3 * PACKETS)
    check_same(whole_packets_of("sent.pcap.zst"), 3 * frames, "sent.pcap.zst")


def record(frames):
    """One host alone, and 96 bytes of each frame."""
    wire = make_interface()
    with Running("record") as running:
        running.wait_for("NIC statistics")
        for number, frame in enumerate(frames):
            wire.send(udp(number, source=bytes((192, 0, 2, 8))))
            wire.send(frame)
        got = wait_for_packets("host.pcapng", PACKETS)
    check_same(got, [frame[:96] for frame in frames], "host.pcapng")


def remote(frames):
    """What tcpdump sees on the other machine."""
    wire = make_interface()
    if shutil.which("tcpdump", path="/usr/bin:/usr/sbin") is None:
        print("no tcpdump; install the package tcpdump", file=sys.stderr)
        sys.exit(dpdk_run.SKIP)
    with Running("remote") as running:
        running.wait_for("NIC statistics")
        for frame in frames:
            wire.send(frame)
        got = wait_for_packets("remote.pcap", PACKETS)
    check_same(got, frames, "remote.pcap")


def feed(frames):
    """All of the capture comes through the pipe."""
    with Running("feed"):
        got = wait_for_packets("out.pcap", PACKETS)
    check_same(got, frames, "out.pcap")


def watch(_):
    """tcpdump prints a line for each packet."""
    if shutil.which("tcpdump", path="/usr/bin:/usr/sbin") is None:
        print("no tcpdump; install the package tcpdump", file=sys.stderr)
        sys.exit(dpdk_run.SKIP)
    with Running("watch") as running:
        running.wait_for(f"TX-packets: {PACKETS} ")

    def lines():
        with open("seen.txt", encoding="utf-8") as file:
            return file.read().count("192.0.2.7.1000 > 198.51.100.1.2000: UDP")
    wait_until(lambda: lines() == PACKETS, f"{PACKETS} lines of tcpdump")


def append(frames):
    """Twice, one behind the other."""
    for days in (1, 2):
        with Running("append"):
            got = wait_for_packets("days.pcap", days * PACKETS)
        check_same(got, days * frames, "days.pcap")


RECIPES = {test.__name__: test for test in (replay, loop, record, remote, feed, watch, append)}


def main():
    """In a namespace of its own, which takes root rights."""
    code = dpdk_run.enter_namespace()
    if code != 0:
        return code
    folder = dpdk_run.tempfile.mkdtemp()
    try:
        os.chdir(folder)
        write_programs()
        RECIPES[sys.argv[1]](write_capture())
    except dpdk_run.Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
