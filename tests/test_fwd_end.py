#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""How app/dualbuf-fwd ends, by signals, and what it does when a disk is full or slow."""

import itertools
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time

import dpdk_run
from dpdk_run import check, check_repeats, check_same, packets_of, sample, wait_until
from fwd_run import PATIENCE_S, Run, check_flows, load_json, make, port, start


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
    """Packets that cannot be stored are counted, if it came from where nothing waits."""
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


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "sigint": signals_end_it_with_the_capture_complete,
        "second-sigint": a_second_signal_ends_it_at_once,
        "disk-full": a_full_disk_ends_the_capture_and_nothing_else,
        "behind": a_slow_disk_does_not_slow_forwarding,
    }))
