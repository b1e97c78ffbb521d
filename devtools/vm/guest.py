# SPDX-License-Identifier: BSD-3-Clause
"""One virtual machine, from boot to report."""

import base64
import fcntl
import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from . import qemu
from .errors import VmError
from .image import Image, locked
from .options import Options
from .pump import Pump, Text, send_all
from .qmp import Qmp
from .wire import Wire

SEND_TIMEOUT = 20.0  # seconds for a command or input to be taken by the guest
END_TIMEOUT = 30.0  # seconds for the report; one takes about half a second
STREAMS = ("console", "program", "control", "qmp")
KERNEL_TROUBLE = re.compile(r"DMAR: .*fault|BUG:|Oops|Kernel panic|WARNING: CPU|nobody cared"
                            r"|Out of memory|blocked for more than|segfault at|general protection")


@dataclass
class Result:
    """The remains of a guest after finish()."""

    exit_code: object = None  # of the last program, as the shell gives it; None if none ended
    output: str = ""  # standard output and error of the programs, as they came
    serial: str = ""  # the console
    dmesg: str = ""  # the guest kernel's log
    stderr: str = ""  # QEMU's
    trace: list = field(default_factory=list)  # lines of the events asked for with trace=
    dma_faults: list = field(default_factory=list)  # accesses outside the mapped memory
    files: dict = field(default_factory=dict)  # name -> bytes of the guest's /report/out
    captures: dict = field(default_factory=dict)  # "nic0-rx" -> path, with capture=
    boot_seconds: float = 0.0  # from the start of QEMU until the NICs were bound

    def problems(self):
        """Faults that no test may leave behind; one line each, empty when all is well."""
        found = [f"DMA fault: {line}" for line in self.dma_faults]
        found += [f"guest kernel: {line}" for line in self.dmesg.splitlines()
                  if KERNEL_TROUBLE.search(line)]
        found += [f"QEMU: {line}" for line in self.stderr.splitlines()]
        return found


def reaped(process):
    """End a process for certain."""
    process.terminate()
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Guest:
    """A guest that is up between `with` and its end; keywords are the fields of Options."""

    def __init__(self, **choices):
        self.options = Options(**choices)
        self.pump = Pump()
        self.pump.failure = self._why_gone
        self.console, self.program, self.control = Text(), Text(), Text()
        self.exits, self.calls, self.messages = {}, {}, {}
        self.sockets, self.wires, self.process, self.qmp = {}, [], None, None
        self.folder, self.folder_lock, self.boot_seconds = None, None, 0.0
        self.last_id, self.started, self.last_command = 0, 0, ""

    def __enter__(self):
        try:
            self.boot()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    # Boot

    def boot(self):
        """Start QEMU and wait until the NICs are bound."""
        self._start_qemu()
        begin = time.monotonic()
        self.pump.wait(lambda: "ready" in self.messages, self.options.boot_timeout,
                       "the guest to be ready")
        self.boot_seconds = time.monotonic() - begin
        self.qmp.connect()

    def _start_qemu(self, shell=False):
        image = Image(self.options.cache, (lambda text: None) if self.options.quiet else say)
        parts = image.prepare(0 if self.options.qemu else self.options.qemu_release())
        self._take_folder()
        paths = {"kernel": parts["kernel"], "initrd": self.folder / "initrd",
                 "trace": self.folder / "trace.log"}
        image.write_initrd(paths["initrd"], parts, self.options)
        if self.options.capture:
            os.makedirs(self.options.capture, exist_ok=True)
        streams = self._open_streams(() if shell else STREAMS)
        net_fds = self._open_nets()
        argv = qemu.command(self.options, self.options.qemu or parts["qemu"],
                            self._qemu_release(parts), paths,
                            {name: sock.fileno() for name, sock in streams.items()},
                            [sock.fileno() for sock in net_fds], shell)
        self._spawn(argv, [*streams.values(), *net_fds], parts["libs"], shell)
        self.pump.start()

    def _qemu_release(self, parts):
        """First number of QEMU's version, which QEMU tells."""
        binary = self.options.qemu or parts["qemu"]
        told = subprocess.run([binary, "--version"], env=self._environment(parts["libs"]),
                              capture_output=True, text=True, check=False).stdout
        number = re.search(r"version (\d+)", told)
        if number is None:
            raise VmError(f"{binary} does not tell its version")
        return int(number[1])

    def _environment(self, libs):
        env = dict(os.environ)
        if libs and not self.options.qemu:
            env["LD_LIBRARY_PATH"] = ":".join(libs)
        return env

    def _take_folder(self):
        """A scratch folder of our own; those that killed processes left behind go first."""
        scratch = Path(self.options.cache) / "run"
        scratch.mkdir(exist_ok=True)
        with locked(self.options.cache):
            for old in scratch.iterdir():
                try:
                    with open(old / "lock", "w", encoding="utf-8") as file:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        shutil.rmtree(old, ignore_errors=True)
                except (BlockingIOError, FileNotFoundError):
                    pass  # in use, or just being removed by its owner
            self.folder = Path(tempfile.mkdtemp(prefix="guest-", dir=scratch))
            self.folder_lock = open(self.folder / "lock", "w", encoding="utf-8")
            fcntl.flock(self.folder_lock, fcntl.LOCK_EX)

    def _open_streams(self, names):
        """Socketpairs for the serial ports and QMP; returns QEMU's ends."""
        handlers = {"console": self.console.feed, "program": self.program.feed,
                    "control": self._control}
        ends = {}
        for name in names:
            self.sockets[name], ends[name] = socket.socketpair()
            if name == "qmp":
                self.qmp = Qmp(self.sockets[name], self.pump)
            else:
                self.pump.add(self.sockets[name], handlers[name])
        return ends

    def _open_nets(self):
        """One datagram socket per NIC for QEMU: to the host's wires, or to each other."""
        count = len(self.options.nics)
        if not self.options.wired:
            self.wires = [Wire(f"NIC {i}", self.pump) for i in range(count)]
            return [wire.device for wire in self.wires]
        return [end for _ in range(count // 2)
                for end in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)]

    def _spawn(self, argv, ends, libs, shell):
        """Run QEMU. It dies with the thread that calls this, even by SIGKILL (setpriv is a part
        of util-linux), so guests belong to a thread that outlives them: the main one."""
        stdio = {} if shell else {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
                                  "start_new_session": True}
        with open(self.folder / "stderr", "wb") as errors:
            self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *argv],
                                            stderr=errors, env=self._environment(libs),
                                            pass_fds=[end.fileno() for end in ends], **stdio)
        for end in ends:
            end.close()

    def _why_gone(self):
        """Reason why nothing more can come from the guest, or None."""
        if "failed" in self.messages:
            return f"the guest failed: {self.messages['failed']}"
        if self.process is None or self.process.poll() is None:
            return None
        panic = re.search(r"Kernel panic.*", str(self.console))
        text = self._stderr().strip() or (panic and panic[0]) or self.console.tail()
        return f"QEMU ended with status {self.process.returncode} ({text or 'no message'})"

    def _stderr(self):
        return (self.folder / "stderr").read_text(errors="replace")

    def _control(self, data):
        """Handler of the control port: one message per line."""
        self.control.feed(data)
        while (end := self.control.data.find(b"\n")) >= 0:
            verb, _, text = self.control.data[:end].decode(errors="replace").strip().partition(" ")
            del self.control.data[:end + 1]
            if verb == "exit":
                number, code = text.split()
                self.exits[int(number)] = int(code)
            elif verb == "called":
                number, code, *output = text.split()
                self.calls[int(number)] = (int(code), base64.b64decode(output[0] if output else ""))
            else:
                self.messages[verb] = text

    def _wait(self, predicate, timeout, what):
        """Pump.wait with the last words of the guest in the error."""
        try:
            return self.pump.wait(predicate, timeout, what)
        except VmError as error:
            tail = self.program.tail(3) or self.console.tail(3)
            raise type(error)(f"{error}; last output: {tail or 'none'}") from None

    # Programs in the guest

    def _ask(self, verb, command):
        self.last_id += 1
        text = base64.b64encode(command.encode()).decode()
        send_all(self.sockets["control"], f"{verb} {self.last_id} {text}\n".encode(), SEND_TIMEOUT,
                 f"'{command}'")
        return self.last_id

    def start(self, command):
        """Start a shell command as the program under test: send() is its input. There is one such
        program at a time; call() runs others beside it."""
        self.program.mark = len(self.program.data)
        self.last_command = command
        self.started = self._ask("start", command)

    def send(self, text):
        """Type into the program under test."""
        send_all(self.sockets["program"], text.encode(), SEND_TIMEOUT, "input of the program")

    def send_eof(self):
        """End the program's input, as ^D at a terminal does (it must not be in raw mode)."""
        self.send("\x04")

    def expect(self, text, timeout=30.0):
        """Wait for text (or a compiled pattern) in the program's output, after that of the last
        expect() or start(); returns the output up to the end of it."""
        if isinstance(text, re.Pattern):
            pattern, text = re.compile(text.pattern.encode(), text.flags & ~re.U), text.pattern
        else:
            pattern = re.compile(re.escape(text.encode()))

        def find():
            if found := pattern.search(self.program.data, self.program.mark):
                seen = self.program.data[self.program.mark:found.end()].decode(errors="replace")
                self.program.mark = found.end()
                return seen
            if self.started in self.exits:
                raise VmError(f"'{self.last_command}' ended with {self.exits[self.started]} before "
                              f"it said {text!r}")
            return None
        return self._wait(find, timeout, f"{text!r} from '{self.last_command}'")

    def wait(self, timeout=60.0):
        """Wait for the end of the program under test; returns its exit code."""
        self._wait(lambda: self.started in self.exits, timeout,
                   f"the end of '{self.last_command}'")
        return self.exits[self.started]

    def run(self, command, timeout=60.0):
        """start() and wait()."""
        self.start(command)
        return self.wait(timeout)

    def call(self, command, timeout=30.0):
        """Run a short command beside the program under test; returns (exit code, output)."""
        number = self._ask("call", command)
        self._wait(lambda: number in self.calls, timeout, f"the end of '{command}'")
        code, output = self.calls.pop(number)
        return code, output.decode(errors="replace")

    # The machine around it

    def pci(self, index):
        """PCI address of a NIC in the guest."""
        return self.options.pci(index)

    def set_link(self, index, up):
        """Plug the cable of a NIC in or out; frames sent to an unplugged one are lost."""
        self.qmp.command("set_link", name=f"n{index}", up=up)

    def unplug(self, index):
        """Ask for the removal of a NIC (Nic.root_port); QMP event DEVICE_DELETED ends it."""
        self.qmp.command("device_del", id=f"nic{index}")

    def finish(self, timeout=END_TIMEOUT):
        """Shut the guest down and return its Result."""
        send_all(self.sockets["control"], b"end\n", SEND_TIMEOUT, "the request to end")
        self._wait(lambda: "report" in self.messages, timeout, "the guest's report")
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired as error:
            raise VmError("QEMU did not end after the guest's report") from error
        result = self.result()
        self.close()
        return result

    def result(self):
        """The state so far; without finish() there is no dmesg and no files."""
        result = Result(output=str(self.program), serial=str(self.console), stderr=self._stderr(),
                        boot_seconds=self.boot_seconds,
                        exit_code=self.exits.get(self.started))
        trace = self.folder / "trace.log"
        if trace.exists():
            result.trace = trace.read_text(errors="replace").splitlines()
            result.dma_faults = [t for t in result.trace if qemu.DMA_FAULT_EVENT in t]
        if self.options.capture:
            result.captures = {path.stem: path
                               for path in Path(self.options.capture).glob("nic*-?x.pcap")}
        if "report" in self.messages:
            self._unpack_report(result)
        return result

    def _unpack_report(self, result):
        packed = io.BytesIO(base64.b64decode(self.messages["report"]))
        with tarfile.open(fileobj=packed) as archive:
            for member in archive.getmembers():
                if member.name == "./dmesg":
                    result.dmesg = archive.extractfile(member).read().decode(errors="replace")
                elif member.isfile():
                    name = member.name.removeprefix("./out/")
                    result.files[name] = archive.extractfile(member).read()

    def shell(self):
        """Give the console to the person at the terminal until the shell ends."""
        self._start_qemu(shell=True)
        code = self.process.wait()
        if code != 1:  # isa-debug-exit: (0 << 1) | 1
            raise VmError(self._why_gone())

    def close(self):
        """End QEMU if it still runs and free everything; harmless when repeated."""
        if self.process is not None:
            reaped(self.process)
        if self.pump is not None:
            self.pump.stop()
            self.pump = None
        for sock in (*self.sockets.values(), *self.wires):
            sock.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder_lock.close()
            self.folder = None


def say(text):
    """Progress on the host's standard error."""
    print(f"vm: {text}", file=sys.stderr, flush=True)
