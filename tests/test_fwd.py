#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""app/dualbuf-fwd, as its users run it; one case for each meson test."""

import collections
import fcntl
import itertools
import json
import os
import pty
import re
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import threading
import time

import dpdk_run
from dpdk_run import captures, check, check_repeats, check_same, packets_of, sample, wait_until

PATIENCE_S = 100
MODES = ("poll", "interrupt")
COPIES = ("inline", "deferred")
FLOWS = 61
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


def check_flows(sink, wanted, what):
    """Everything is there, addresses swapped, and in order within each flow."""
    got = by_flow(swapped(packet) for packet in packets_of(sink))
    wanted = by_flow(wanted)
    check(got.keys() == wanted.keys(), f"{what}: other flows")
    for key, packets in wanted.items():
        check_same(got[key], packets, what)


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


def start(vdevs, *options, **how):
    """A program that is to be told when to end."""
    return subprocess.Popen(command(vdevs, *options), text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **how)


def signals_end_it_with_the_capture_complete(folder):
    """In the middle of traffic without end."""
    store, summary = os.path.join(folder, "store.pcapng"), os.path.join(folder, "summary.json")
    wanted = packets_of(sample("imix"))
    for number, mode, copy in ((signal.SIGINT, "poll", "inline"),
                               (signal.SIGTERM, "interrupt", "deferred")):
        vdev = f"net_dualbuf0,rx_pcap={sample('imix')},infinite_rx=1,copy={copy}"
        program = start([vdev], "--mode", mode, "--threads", "2", "--write", store, "--json",
                        summary)
        check(wait_until(lambda: os.path.exists(store) and os.path.getsize(store) > 100_000),
              "nothing is stored")
        program.send_signal(number)
        output, errors = program.communicate(timeout=PATIENCE_S)
        check(program.returncode == 0, f"exit code {program.returncode}: {output}{errors}")
        totals = load_json(summary)
        check(totals["rx"] == totals["tx"] == totals["stored"] + totals["not_stored"], totals)
        stored = packets_of(store)
        check(len(stored) == totals["stored"] > 0, f"{len(stored)} packets, {totals}")
        if totals["not_stored"] == 0:
            check_repeats(stored, wanted, "stored")
        os.remove(store)


def a_second_signal_ends_it_at_once(folder):
    """When the writer hangs, here in a pipe that nobody reads."""
    fifo = os.path.join(folder, "fifo")
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    vdev = f"net_dualbuf0,rx_pcap={sample('imix')},infinite_rx=1"
    program = start([vdev], "--write", fifo)
    check(select.select([program.stderr], [], [], PATIENCE_S)[0], "the disk keeps up")
    program.send_signal(signal.SIGINT)
    time.sleep(0.5)
    check(program.poll() is None, "it ended, with packets still to be written")
    program.send_signal(signal.SIGINT)
    errors = program.communicate(timeout=PATIENCE_S)[1]
    os.close(reader)
    check(program.returncode == 1, f"exit code {program.returncode}: {errors}")
    check("second signal" in errors, errors)


def a_full_disk_ends_the_capture_and_nothing_else(folder):
    """A file system of 1 MB; where we may not mount one, a limit on the size of files."""
    source, sink = make(folder, "imix", 20_000), os.path.join(folder, "out.pcap")
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    mounted = os.getuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], check=False,
        stderr=subprocess.DEVNULL).returncode == 0

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_001, 1_000_001))

    vdev = port(source, sink) if mounted else f"net_dualbuf0,rx_pcap={source}"
    store = os.path.join(disk, "store.pcapng")
    try:
        run = Run(folder, [vdev], "--count", "20000", "--write", store,
                  prepare=None if mounted else limit)
        stored = packets_of(store)
    finally:
        if mounted:
            subprocess.run(["umount", disk], check=True)
    run.check(run.code == 1, f"exit code {run.code}")
    run.check(run.errors.count("store.pcapng") == 1, "not said once")
    run.check("No space left" in run.errors or "too large" in run.errors, "no reason")
    totals = run.totals
    run.check(totals["rx"] == totals["tx"] == 20_000, "not all is forwarded")
    run.check(totals["stored"] == len(stored) > 0, f"{len(stored)} packets are stored")
    run.check(totals["stored"] + totals["not_stored"] == 20_000, "not all is counted")
    check_same(stored, packets_of(source)[:len(stored)], "stored")
    if mounted:
        check_flows(sink, packets_of(source), "forwarded")


def a_slow_disk_does_not_slow_forwarding(folder):
    """What cannot be stored is counted, if it came from where nothing waits."""
    fifo, store = os.path.join(folder, "fifo"), os.path.join(folder, "store.pcapng")
    os.mkfifo(fifo)

    def read_slowly():
        with open(fifo, "rb", buffering=0) as stream, open(store, "wb") as out:
            for number in itertools.count():
                # the end may come quickly
                if number < 20:
                    time.sleep(0.05)
                some = stream.read(4096)
                if not some:
                    return
                out.write(some)

    reader = threading.Thread(target=read_slowly)
    reader.start()
    vdev = f"net_dualbuf0,rx_pcap={sample('imix')},infinite_rx=1"
    run = Run(folder, [vdev], "--count", "200000", "--write", fifo, "--threads", "2")
    reader.join()
    totals = run.totals
    run.check(run.code == 0, f"exit code {run.code}")
    run.check(totals["rx"] == totals["tx"] == 200_000, "not all is forwarded")
    run.check(totals["not_stored"] > 0, "the disk kept up")
    run.check(totals["stored"] + totals["not_stored"] == 200_000, "not all is counted")
    run.check(run.errors.count("keep up") == 1, "not said once")
    check(len(packets_of(store)) == totals["stored"], "other packets are stored than counted")


USAGE = (
    (("--mode", "fast"), "poll or interrupt"),
    (("--copy", "never"), "inline or deferred"),
    (("--threads", "0"), "1-64"),
    (("--threads", "65"), "1-64"),
    (("--threads", "two"), "1-64"),
    (("--threads", "2x"), "1-64"),
    (("--count", "0"), "1 or more"),
    (("--count", "-1"), "1 or more"),
    (("--count", "99999999999999999999"), "1 or more"),
    (("--duration", "0"), "above 0"),
    (("--duration", "nan"), "above 0"),
    (("--duration", "-3"), "above 0"),
    (("--write", ""), "file"),
    (("--json",), "value"),
    (("--what",), "no such option"),
    (("-x",), "no such option"),
    (("extra",), "begin with"),
)


def mistakes_in_usage_are_one_line(_folder):
    """Which says what is allowed; EAL is not even started."""
    program = dpdk_run.environment("DUALBUF_FWD")
    for options, wanted in USAGE:
        done = subprocess.run([program, "--", *options], capture_output=True, text=True,
                              check=False, timeout=PATIENCE_S)
        check(done.returncode == 2, f"{options}: exit code {done.returncode}")
        check(done.stderr.count("\n") == 1 and wanted in done.stderr, f"{options}: {done.stderr}")
        check(done.stdout == "", f"{options}: {done.stdout}")
    done = subprocess.run([program, "--", "--help"], capture_output=True, text=True, check=False)
    check(done.returncode == 0 and "--threads" in done.stdout, done.stdout + done.stderr)


def what_does_not_fit_is_refused(folder):
    """Ports made otherwise, files that cannot be written, a file that is read."""
    source = make(folder, "imix", 100)
    before = packets_of(source)
    sink = os.path.join(folder, "out.pcap")
    nowhere = os.path.join(folder, "nowhere", "file")
    cases = (
        ([port(source, sink)], ("--copy", "deferred"), 2, "made with copy=inline"),
        ([port(source, sink, "copy=deferred")], ("--copy", "inline"), 2, "made with copy=defer"),
        ([], (), 2, "0 ports"),
        ([port(source, sink)], ("--write", nowhere), 1, "No such file"),
        ([port(source, sink)], ("--json", nowhere), 1, "No such file"),
        ([port(source, sink)], ("--write", "/dev/full"), 1, "No space left"),
        ([port(source, sink)], ("--write", source), 1, "in use"),
    )
    for vdevs, options, code, wanted in cases:
        run = Run(folder, vdevs, "--duration", "1", *options)
        run.check(run.code == code, f"exit code {run.code}, not {code}")
        lines = [line for line in run.errors.splitlines() if line.startswith("dualbuf-fwd:")]
        run.check(len(lines) == 1 and wanted in lines[0], f"not one line with '{wanted}'")
    check_same(packets_of(source), before, "the source")


NUMBERS = ("seconds", "cpu_seconds", "voluntary_switches", "threads", "rx", "tx", "stored",
           "not_stored", "dropped", "tx_full", "link_down", "tx_error", "missed", "nombuf",
           "rx_errors", "flips", "copies", "loans", "settled", "unsettled")


def the_summary_has_all_its_fields(folder):
    """And they agree with each other."""
    run = Run(folder, [f"net_dualbuf0,rx_pcap={sample('imix')},copy=deferred,buffers=3"],
              "--duration", "1.5")
    run.check(run.code == 0, f"exit code {run.code}")
    for name in NUMBERS:
        run.check(isinstance(run.totals.get(name), (int, float)), f"{name} is no number")
    run.check(run.totals["mode"] == "poll" and run.totals["copy"] == "deferred", "other words")
    run.check(1.4 < run.totals["seconds"] < 10, "did not end in time")
    run.check(run.totals["rx"] == 200, "other packets")
    queue = run.totals["ports"][0]["queues"][0]
    run.check(queue["home"] == 3 * 512 and queue["out"] == queue["waiting"] == 0,
              "not all buffers came home")
    run.check(re.search(r"^1\.\d s .* rx 200 .* home \d+ out \d+ .*dropped 0", run.output,
                        re.MULTILINE), "no line after a second")
    run.check("\033" not in run.output, "moves a cursor that is not there")


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


def on_a_terminal_a_table_updates_in_place(folder):
    """And is as wide and high as the terminal allows."""
    terminal, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 8, 60, 0, 0))
    vdev = port(sample("imix"), os.path.join(folder, "out.pcap"))
    program = subprocess.Popen(command([vdev], "--duration", "2.5"), stdout=theirs,
                               env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    output = b""
    try:
        while some := os.read(terminal, 65536):
            output += some
    except OSError:  # everybody has closed the other end
        pass
    os.close(terminal)
    check(program.wait(PATIENCE_S) == 0, "did not end well")
    tables = re.split(rb"\033\[\d+A\033\[J", output)
    check(len(tables) == 2, f"{len(tables)} tables in {output}")
    check(tables[0].count(b"\n") == 7, f"lines in {tables[0]}")
    check(all(len(line) < 60 for line in tables[0].split(b"\r\n")), f"too wide: {tables[0]}")
    check(b"0 -> 0" in tables[0] and b"flips" in tables[0], tables[0])


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
        "flows": flows_stay_in_order,
        "kinds": every_kind_of_frame_is_forwarded_and_stored,
        "million": a_million_packets_arrive_in_each_mode,
        "ports": ports_go_in_pairs_and_the_odd_one_echoes,
        "one-core": all_of_it_runs_on_one_core,
        "sigint": signals_end_it_with_the_capture_complete,
        "second-sigint": a_second_signal_ends_it_at_once,
        "disk-full": a_full_disk_ends_the_capture_and_nothing_else,
        "behind": a_slow_disk_does_not_slow_forwarding,
        "usage": mistakes_in_usage_are_one_line,
        "mismatch": what_does_not_fit_is_refused,
        "json": the_summary_has_all_its_fields,
        "idle": it_costs_nothing_when_idle,
        "terminal": on_a_terminal_a_table_updates_in_place,
        "foreign": ports_of_other_drivers_are_forwarded_too,
        "live": live_packets_wake_the_handler,
        "stuck": packets_that_cannot_leave_are_counted,
    }))
