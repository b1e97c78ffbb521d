# SPDX-License-Identifier: BSD-3-Clause
"""Shared by the scripts among the tests: running DPDK programs with the plugin, and captures."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tty

PATIENCE_S = 30
SKIP = 77
BROKEN = 99

# Without --no-mlockall each of them would touch all of its 512 MB first.
TESTPMD = ("--interactive", "--no-flush-rx", "--no-mlockall", "--enable-scatter",
           "--tx-offloads=0x8000", "--total-num-mbufs=16384")


class Failure(Exception):
    """The test failed, for the reason given."""


def environment(name):
    """A variable that meson sets."""
    if name not in os.environ:
        print(f"{name} is not set; run this through meson test", file=sys.stderr)
        sys.exit(BROKEN)
    return os.environ[name]


def skip(why):
    """Nothing can be said on this machine."""
    print(f"skipped: {why}", file=sys.stderr)
    sys.exit(SKIP)


sys.path.insert(0, os.path.dirname(environment("DUALBUF_CAPTURES")))
sys.dont_write_bytecode = True

import captures  # noqa: E402  pylint: disable=wrong-import-position


def sample(kind):
    """The ready-made capture of a kind."""
    return os.path.join(environment("DUALBUF_CAPTURE_DIR"), f"{kind}.pcap")


def packets_of(path):
    """The packets of a capture that has to be whole."""
    reader = captures.Reader(path)
    packets = list(reader)
    check(reader.broken is None, f"{path}: {reader.broken}")
    return packets


def whole_packets_of(path):
    """The packets of a capture that is being written: it may end anywhere, in its header too."""
    try:
        return list(captures.Reader(path))
    except captures.CaptureError:
        return []


def check(condition, message):
    """Fail with a message if the condition does not hold."""
    if not condition:
        raise Failure(message)


def check_same(got, wanted, what):
    """Both are lists of packets; the message names the first difference."""
    for index, (one, other) in enumerate(zip(got, wanted)):
        check(one == other, f"{what}: packet {index}: {captures.first_difference(one, other)}"
              if one != other else "")
    check(len(got) == len(wanted), f"{what}: {len(got)} packets, not {len(wanted)}")


def check_repeats(got, source, what):
    """got is source again and again, ending anywhere."""
    check_same(got, [source[i % len(source)] for i in range(len(got))], what)


def plugin_environment():
    """The environment in which a program of the distribution can load our plugin."""
    env = dict(os.environ)
    if "DUALBUF_PRELOAD" in env:
        env["LD_PRELOAD"] = env["DUALBUF_PRELOAD"]
    return env


def lcores(count, first=0):
    """So many lcores, each of which may run on any CPU that we may use."""
    cpus = ",".join(str(cpu) for cpu in sorted(os.sched_getaffinity(0)))
    return "--lcores=" + ",".join(f"{first + i}@({cpus})" for i in range(count))


def eal_arguments(count, vdevs):
    """EAL's part of a command line, for any DPDK program."""
    arguments = ["--no-huge", "-m512", "--no-pci", "--no-shconf", "--no-telemetry", lcores(count),
                 "-d", environment("DUALBUF_PLUGIN")]
    for vdev in vdevs:
        arguments += ["--vdev", vdev]
    return arguments


class Testpmd:
    """A dpdk-testpmd that takes commands."""

    def __init__(self, vdevs, *arguments):
        program = shutil.which("dpdk-testpmd")
        if program is None:
            print("no dpdk-testpmd; install the package dpdk", file=sys.stderr)
            sys.exit(SKIP)
        self.command = [program, *self.eal_arguments(vdevs), "--", *TESTPMD, *arguments]
        # to a terminal, or testpmd would keep what it says to itself until it ends
        self.terminal, theirs = os.openpty()
        tty.setraw(theirs)
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=theirs, stderr=theirs, text=True,
            env=plugin_environment())
        os.close(theirs)
        self.output = ""
        self.ended = False
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def eal_arguments(self, vdevs):
        """EAL's part of the command line."""
        return eal_arguments(2, vdevs)

    def __enter__(self):
        self.wait_for(r"testpmd>", 0)
        return self

    def __exit__(self, kind, value, trace):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        os.close(self.terminal)
        if kind is not None:
            print(" ".join(self.command), self.output, sep="\n")

    def _read_some(self):
        try:
            return os.read(self.terminal, 65536)
        except OSError:  # everybody has closed the other end
            return b""

    def _read(self):
        for some in iter(self._read_some, b""):
            with self.news:
                self.output += some.decode(errors="replace")
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def wait_for(self, pattern, begin):
        """Wait until the output from begin on has the pattern; returns the match."""
        def found():
            return re.search(pattern, self.output[begin:]) or self.ended
        with self.news:
            self.news.wait_for(found, PATIENCE_S)
            match = re.search(pattern, self.output[begin:])
        check(match, f"testpmd never said '{pattern}'")
        return match

    def tell(self, command):
        """Type a command."""
        try:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"testpmd is gone before '{command}'") from None

    def ask(self, command, pattern):
        """Type a command and wait for an answer; returns the match."""
        begin = len(self.output)
        self.tell(command)
        return self.wait_for(pattern, begin)

    def stat(self, name, port=0):
        """A statistic such as TX-packets."""
        return int(self.ask(f"show port stats {port}", rf"{name}: *(\d+)").group(1))

    def xstat(self, name, port=0):
        """An extended statistic such as rx_q0_flips."""
        return int(self.ask(f"show port xstats {port}", rf"\b{name}: *(\d+)").group(1))

    def wait_until_sent(self, count, port=0):
        """Wait until a port has sent at least so many packets."""
        def sent():
            return self.stat("TX-packets", port) >= count
        check(wait_until(sent), f"port {port} did not send {count} packets, "
              f"but {self.stat('TX-packets', port)}")

    def interrupt(self, number):
        """
        Send a signal until testpmd heeds it: one that comes when it is just about to wait for a
        command goes unnoticed until the next command.
        """
        def heeded():
            self.process.send_signal(number)
            with self.news:
                return self.ended or self.news.wait_for(
                    lambda: self.ended or "Telling cores to stop" in self.output, 1)
        check(wait_until(heeded), "testpmd does not heed the signal")

    def end(self):
        """Wait for the end; returns the exit code, negative for a signal."""
        try:
            code = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Failure("testpmd does not end") from None
        self.reader.join()
        return code

    def quit(self):
        """Leave by quit; anything but success is a failure, such as a leak that ASan found."""
        self.tell("quit")
        code = self.end()
        check(code == 0, f"testpmd ended with {code}")


def enter_namespace():
    """Go on in a network namespace of this script's own, which takes root rights. SKIP: that cannot be."""
    mark = "DUALBUF_IN_NAMESPACE"
    if shutil.which("dpdk-testpmd") is None or os.getuid() != 0:
        print("needs dpdk-testpmd and root rights", file=sys.stderr)
        return SKIP
    if mark not in os.environ:
        os.environ[mark] = "1"
        if subprocess.run(["unshare", "-n", "true"], check=False).returncode != 0:
            print("cannot make network namespaces", file=sys.stderr)
            return SKIP
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
    return 0


def wait_until(condition):
    """Ask again and again, up to a deadline."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def main(cases):
    """Run the case named on the command line, in a folder of its own."""
    if len(sys.argv) < 2 or sys.argv[1] not in cases:
        print(f"one of {', '.join(cases)} is required", file=sys.stderr)
        return BROKEN
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="dualbuf-test-") as folder:
        try:
            cases[sys.argv[1]](folder, *sys.argv[2:])
        except Failure as failure:
            print(f"FAILED: {failure}")
            return 1
    return 0
