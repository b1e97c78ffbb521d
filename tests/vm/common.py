# SPDX-License-Identifier: BSD-3-Clause
"""Shared by the tests in the virtual machine: a guest that is checked at its end, and the two
programs that run in it, vmport and testpmd.

    class Forwarding(common.VmTest):
        def test_frames_come_back(self):
            with self.guest() as guest:
                with common.Port(guest) as port:
                    port.do("start 0")
                    ...

Every guest is held to the same at its end: no DMA fault, nothing odd in its kernel's log, not a
word on QEMU's standard error. Every program is held to a full mempool. A failure prints the end of
all logs.
"""

import os
import re
import time
import sys
import unittest
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "devtools"))

import vm  # noqa: E402  pylint: disable=wrong-import-position
from models import CARD, MODEL  # noqa: E402  pylint: disable=wrong-import-position
from vm.image import eal_folder  # noqa: E402  pylint: disable=wrong-import-position

PLUGIN = os.environ.get("DUALBUF_PLUGIN")
VMPORT = os.environ.get("DUALBUF_VMPORT")
OURS, DEBIAN = "net_dualbuf_gbe", CARD.debian
EAL_FOLDER = eal_folder()  # of this host and of guests; each release has another name
OUR_SO = "/usr/lib/librte_net_dualbuf.so"  # outside of EAL's folder: it is loaded by -d alone
TAIL = 25  # lines of each log
REPLY = re.compile(r"> (ok|error)[^\n]*\n")
POOL_SIZE = 4095


def tail(text, lines=TAIL):
    """The end of a log, indented."""
    kept = [line for line in text.splitlines() if line.strip()][-lines:]
    return "".join(f"    {line}\n" for line in kept) or "    (empty)\n"


def needs(*whats):
    """A test of what not every model does. What it does not do is a row of doc/gbe.rst."""
    missing = [what for what in whats if what in MODEL.gaps]
    return unittest.skipIf(missing, "".join(f"{CARD.name}, {what}: {MODEL.gaps[what]}"
                                            for what in missing[:1]))


class VmTest(unittest.TestCase):
    """A test that starts guests."""

    longMessage = True
    maxDiff = 4000

    @contextmanager
    def guest(self, **choices):
        """A guest that is up inside `with`, then shut down and checked. Its Result is in
        self.result afterwards."""
        choices = {"plugin": PLUGIN, "model": CARD.name, **choices}
        files = {"vmport": VMPORT, **choices.pop("files", {})}
        with vm.Guest(files=files, **choices) as guest:
            try:
                yield guest
                self.result = guest.finish()
            except BaseException:
                self.show(guest)
                raise
        problems = self.result.problems()
        if problems:
            self.fail("expected a guest without problems, got:\n" + "\n".join(problems[:20])
                      + "\n  output:\n" + tail(self.result.output))

    @staticmethod
    @contextmanager
    def note(text):
        """Say in the report of a failure where in the test it was."""
        try:
            yield
        except Exception as error:
            error.add_note(text)
            raise

    @staticmethod
    def show(guest):
        """The end of everything that is known of a guest."""
        result = guest.result()
        code, dmesg = 1, ""
        if guest.process is not None and guest.process.poll() is None:
            try:
                code, dmesg = guest.call("dmesg | tail -n 25", timeout=5)
            except vm.VmError:
                pass
        logs = {"output": result.output, "console": result.serial,
                "guest's kernel": dmesg if code == 0 else result.dmesg, "QEMU": result.stderr,
                "trace": "\n".join(result.trace)}
        for name, text in logs.items():
            print(f"  {name}:\n{tail(text)}", end="", file=sys.stderr)

    def same_frames(self, got, expected, what="frames"):
        """Identical and in order; says where the first difference is."""
        if got == expected:
            return
        for number, (one, other) in enumerate(zip(got, expected)):
            if one != other:
                at = next((i for i, (a, b) in enumerate(zip(one, other)) if a != b),
                          min(len(one), len(other)))
                self.fail(f"{what}: number {number} of {len(expected)} differs from byte {at} on: "
                          f"expected {len(other)} bytes {other[at:at + 16].hex()}, got {len(one)} "
                          f"bytes {one[at:at + 16].hex()}")
        self.fail(f"{what}: expected {len(expected)}, got {len(got)}")

    def echo(self, guest, frames, there=0, back=0, expected=None, timeout=30.0):
        """Send frames to one NIC and see that they come from another, unchanged and in order."""
        guest.wires[there].inject(frames, timeout)
        got = guest.wires[back].collect(len(frames), timeout)
        self.same_frames(got, frames if expected is None else expected, "echo")

    def echo_slowly(self, guest, frames, batch=16, **options):
        """The same, with no more than a batch under way at any time."""
        for first in range(0, len(frames), batch):
            self.echo(guest, frames[first:first + batch], **options)


def swapped(frames):
    """Frames as they come back when the MAC addresses have changed places."""
    return [frame[6:12] + frame[:6] + frame[12:] for frame in frames]


def ours(guest, index=0, args=""):
    """The EAL option that chooses our driver for a NIC."""
    return f"{CARD.eal} -a {guest.pci(index)},driver=net_dualbuf{',' + args if args else ''}"


class Port:
    """vmport in a guest: do() tells it something and returns what it answers."""

    def __init__(self, guest, eal=None, memory="-m 100", pool="size=%d" % POOL_SIZE, nics=1,
                 args=""):
        self.guest = guest
        self.pool = pool
        devices = " ".join(ours(guest, i, args) for i in range(nics)) if eal is None else eal
        self.command = f"./vmport -l 1 {memory} --no-telemetry {devices}"
        self.ended = False

    def __enter__(self):
        self.begin()
        return self

    def begin(self):
        """Start the program and make its pool."""
        self.guest.start(self.command)
        self._answer("the start")
        self.do(f"pool {self.pool}")

    def _answer(self, command, timeout=30.0):
        answer = self.guest.expect(REPLY, timeout).splitlines()[-1]
        answer = answer[answer.index("> ") + 2:]
        if not answer.startswith("ok"):
            raise AssertionError(f"expected 'ok' of '{command}', got '{answer}'")
        found = dict(re.findall(r"(\w+)=(\S+)", answer))
        return {key: int(value, 0) if re.fullmatch(r"-?(0x[0-9a-f]+|\d+)", value) else value
                for key, value in found.items()}

    def do(self, command, timeout=30.0):
        """One command; its answer's words as a dictionary."""
        self.guest.send(command + "\n")
        return self._answer(command, timeout)

    def armed(self, port=0):
        """How many descriptors of the first receive queue are in which state."""
        return self.do(f"armed {port} status={MODEL.status}")

    def inspect(self, port=0):
        """Look at each of them from now on, until "inspected"."""
        self.do(f"inspect {port} status={MODEL.status}")

    def xstat(self, name, port=0):
        """One extended statistic."""
        return self.do(f"xstat {port} {name}")["value"]

    def end(self):
        """Close every port, see that the pool is full, and end the program."""
        self.ended = True
        self.do("go")
        self.do("drop")
        self.do("forget")
        for port in re.findall(r"(\d+)=net_", self._ports()):
            self.do(f"stop {port}")
            self.do(f"close {port}")
        self.do("full")
        self.do("quit")
        code = self.guest.wait()
        if code != 0:
            raise AssertionError(f"expected vmport to end with 0, got {code}")

    def _ports(self):
        self.guest.send("ports\n")
        return self.guest.expect(REPLY).splitlines()[-1]

    def __exit__(self, kind, value, trace):
        if kind is None and not self.ended:
            self.end()


class Testpmd:
    """testpmd in a guest, interactive; ends with all ports closed and its mempool full."""

    def __init__(self, guest, eal, args="", lcores="0,1", memory="-m 100", mbufs=8192):
        self.guest = guest
        self.mbufs = mbufs
        self.command = (f"dpdk-testpmd -l {lcores} {memory} --no-telemetry {eal} -- -i "
                        f"--no-flush-rx --total-num-mbufs={mbufs} {args}")

    def __enter__(self):
        self.guest.start(self.command)
        self.guest.expect("testpmd> ", timeout=60)
        return self

    def do(self, command, timeout=30.0):
        """One command; returns what it printed."""
        self.guest.send(command + "\n")
        self.guest.expect(command, timeout)  # its echo: what came before it is no answer
        return self.guest.expect("testpmd> ", timeout)

    def wait_for_link(self, timeout=10.0):
        """Cards negotiate a while."""
        until = time.monotonic() + timeout
        while "Link status: up" not in self.do("show port info 0"):
            if time.monotonic() > until:
                raise AssertionError(f"expected the link to come up within {timeout} s")
            time.sleep(0.1)

    def full(self):
        """See that no mbuf is missing from the pool."""
        dump = self.do("dump_mempool mb_pool_0")
        counts = [int(n) for n in re.findall(r"(?:total_cache_count|common_pool_count)=(\d+)",
                                             dump)]
        if sum(counts) != self.mbufs:
            raise AssertionError(f"expected {self.mbufs} mbufs in the pool, got {sum(counts)}")

    def end(self, stop=True):
        """Stop, close, look at the pool, quit."""
        if stop:
            self.do("stop")
        self.do("port stop all")
        self.do("port close all")
        self.full()
        self.guest.send("quit\n")
        code = self.guest.wait()
        if code != 0:
            raise AssertionError(f"expected testpmd to end with 0, got {code}")

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.end()


def main():
    """Run the tests of the calling module. Exit code 99: the bench is not there."""
    if not PLUGIN or not VMPORT:
        print("DUALBUF_PLUGIN and DUALBUF_VMPORT are not set; run this through meson test",
              file=sys.stderr)
        sys.exit(99)
    unittest.main(module="__main__", verbosity=2)
