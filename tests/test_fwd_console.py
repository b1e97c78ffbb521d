#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The console of app/dualbuf-fwd: the words that users type, and the lines that they read."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import dpdk_run
from dpdk_run import check, check_same, packets_of, sample
from fwd_run import PATIENCE_S, Run, command, make, port


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


if __name__ == "__main__":
    sys.exit(dpdk_run.main({
        "usage": mistakes_in_usage_are_one_line,
        "mismatch": what_does_not_fit_is_refused,
        "json": the_summary_has_all_its_fields,
        "terminal": on_a_terminal_a_table_updates_in_place,
    }))
