# SPDX-License-Identifier: BSD-3-Clause
"""The command line of devtools/vm.py."""

import argparse
import os
import shlex
import signal
import sys
import threading
from pathlib import Path

from . import bench
from .errors import VmError, VmTimeout
from .guest import Guest, say
from .image import Image
from .models import DEFAULT_MODEL, MODELS
from .options import DEFAULT_PLUGIN, PROJECT, Nic, default_cache

TIMED_OUT, FAILED, INTERRUPTED = 124, 125, 130

DESCRIPTION = """\
A virtual machine with Intel NICs for trying and testing net_dualbuf: the 82574L, or another that
QEMU models (--model). Everything it needs comes from Debian and is unpacked under build/vm; nothing
is installed, and neither root nor KVM is needed. The first start downloads about 100 MB, and another
90 MB for a model that the host's QEMU does not have; later ones take 3 seconds.
"""

EXAMPLES = """\
examples:
  vm.py shell                               a shell in the guest, leave it with 'exit'
  vm.py shell --nics 2 --wired              two NICs connected to each other
  vm.py run -- dpdk-testpmd -l 0,1 -m 64 -a 0000:00:01.0,driver=net_dualbuf -- \\
      --total-num-mbufs=2048 --stats-period 1
  vm.py run --file build/app/foo -- ./foo   a program of this host, with its libraries
  vm.py run --driver uio_pci_generic -- 'ls /dev/uio*; exit 7'
  vm.py shell --model igb                   with an 82576
  vm.py test --model igb claims rss         two scripts of tests/vm/, from the build folder
  vm.py bench                               instructions per packet, Debian's driver and ours

In the guest, NICs are 0000:00:01.0, 0000:00:02.0 and so on, behind root ports, as igb is always,
0000:01:00.0, 0000:02:00.0; 64 huge pages of 2 MiB are reserved. The driver's plugin (--plugin) lies
in the folder from which EAL loads drivers by itself. e1000 has no vectors of MSI or MSI-X: for
interrupts, EAL is to be told so with --vfio-intr=legacy.
"""

RUN_DESCRIPTION = """\
Run COMMAND in a fresh guest, in /root, and exit with its code. One word is taken as a line for the
shell, several as a program with its arguments. Standard input goes to the command, its output comes
here; frames that the NICs send are thrown away (see --capture). Files that it leaves in /report/out
come back with --log. Exit codes of the bench itself: 124 time-out, 125 any other failure.
"""


def add_model(parser):
    """The option that all verbs know."""
    known = ", ".join(f"{model.name} ({model.controller})" for model in MODELS.values())
    parser.add_argument("--model", default=DEFAULT_MODEL, choices=MODELS, metavar="NAME",
                        help=f"the NIC, one of {known}; default {DEFAULT_MODEL}")


def test_suite(model):
    """The suite of a model's tests, as tests/vm/meson.build has it."""
    return "vm" if model == DEFAULT_MODEL else f"vm-{model}"


def add_guest_options(parser):
    """Options that describe the machine."""
    group = parser.add_argument_group("the guest")
    group.add_argument("--file", action="append", default=[], metavar="HOST[:GUEST]",
                       help="copy a file or folder (default GUEST: NAME, in /root); programs bring "
                            "their libraries")
    group.add_argument("--nics", type=int, default=1, metavar="N")
    add_model(group)
    group.add_argument("--wired", action="store_true", help="connect the NICs in pairs")
    group.add_argument("--root-ports", action="store_true",
                       help="each NIC behind a root port of its own: removable, other addresses")
    group.add_argument("--driver", default="vfio-pci", metavar="NAME",
                       help="vfio-pci (default), uio_pci_generic, or none")
    group.add_argument("--no-iommu", action="store_true",
                       help="no IOMMU (uio_pci_generic never has one)")
    group.add_argument("--plugin", metavar="PATH",
                       help="the driver (default: build/drivers/net/dualbuf/librte_net_dualbuf.so "
                            "if it is there), or 'none'")
    group.add_argument("--memory", type=int, default=512, metavar="MIB")
    group.add_argument("--smp", type=int, default=2, metavar="CPUS")
    group.add_argument("--hugepages", type=int, default=64, metavar="N", help="of 2 MiB")
    group.add_argument("--append", default="", metavar="WORDS",
                       help="for the kernel's command line")
    group.add_argument("--share", metavar="DIR", help="host folder that appears as /share")
    group.add_argument("--capture", metavar="DIR", help="write nicN-rx.pcap and nicN-tx.pcap there")
    group.add_argument("--trace", action="append", default=[], metavar="EVENT",
                       help="QEMU trace event, e.g. e1000e_rx_set_rdt (with --log)")
    group.add_argument("--qemu", default="", metavar="BINARY", help="another QEMU")
    group.add_argument("--qemu-arg", action="append", default=[], metavar="ARG",
                       help="one more argument for QEMU, as --qemu-arg=-foo")


def guest_choices(args):
    """Keywords of Guest from parsed options."""
    files = {}
    for entry in args.file:
        host, _, guest = entry.partition(":")
        files[guest or Path(host).name] = host
    return {"files": files, "wired": args.wired, "memory": args.memory, "smp": args.smp,
            "nics": [Nic(root_port=args.root_ports) for _ in range(args.nics)],
            "model": args.model,
            "driver": "" if args.driver == "none" else args.driver,
            "iommu": False if args.no_iommu else None,
            "plugin": False if args.plugin == "none" else args.plugin,
            "hugepages": args.hugepages, "append": args.append, "share": args.share,
            "capture": args.capture, "trace": tuple(args.trace), "qemu": args.qemu,
            "qemu_args": tuple(args.qemu_arg), "quiet": False}


def forward_input(guest):
    """Thread: standard input of the host to the program in the guest, its end as ^D."""
    last = b"\n"
    try:
        while data := os.read(sys.stdin.fileno(), 4096):
            guest.send(data.decode(errors="replace"))
            last = data
        # A terminal takes ^D after half a line as "send what you have": a second one ends it.
        guest.send("\x04" if last.endswith(b"\n") else "\x04\x04")
    except (OSError, ValueError, VmError):
        pass  # the guest has ended, or there is no standard input


def show_output(guest, timeout):
    """Copy the program's output as it comes; returns its exit code."""
    shown = 0

    def news():
        data = guest.program.data
        return len(data) > shown or guest.started in guest.exits

    code = None
    while code is None:
        guest.pump.wait(news, timeout, f"the command to end: '{guest.last_command}'")
        with guest.pump.condition:
            fresh = bytes(guest.program.data[shown:])
            code = guest.exits.get(guest.started)
        sys.stdout.buffer.write(fresh)
        sys.stdout.buffer.flush()
        shown += len(fresh)
    return code


def write_logs(folder, result):
    """Everything that is known of a guest, as files."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"output.log": result.output, "serial.log": result.serial, "dmesg.log": result.dmesg,
             "qemu.log": result.stderr, "trace.log": "".join(f"{t}\n" for t in result.trace)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name, data in result.files.items():
        path = folder / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def command_run(args):
    """vm.py run"""
    words = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not words:
        raise VmError("no COMMAND given")
    with Guest(**guest_choices(args)) as guest:
        guest.start(words[0] if len(words) == 1 else shlex.join(words))
        threading.Thread(target=forward_input, args=(guest,), daemon=True).start()
        try:
            code = show_output(guest, args.timeout)
            result = guest.finish()
        except VmError:
            if args.log:
                write_logs(args.log, guest.result())
            raise
    if args.log:
        write_logs(args.log, result)
    for problem in result.problems():
        say(f"warning: {problem}")
    return code


def command_shell(args):
    """vm.py shell"""
    with_terminal = Guest(**guest_choices(args))
    try:
        with_terminal.shell()
    finally:
        with_terminal.close()
    return 0


def command_bench(args):
    """vm.py bench"""
    plugin = False if args.plugin == "none" else args.plugin
    print(bench.header(args.rounds))
    counts = []
    for count in bench.measure(args.rounds, plugin, args.eal, args.queues, model=args.model,
                               qemu_args=tuple(args.qemu_arg)):
        counts.append(count)
        print(bench.line(count), flush=True)
    if len(counts) == 2:
        print(bench.ratio(*counts))
    elif plugin is None:
        say(f"{DEFAULT_PLUGIN} is not built: only {counts[0].driver} was measured")
    return 0


def command_test(args):
    """vm.py test"""
    folder = Path(args.build)
    if not (folder / "build.ninja").exists():
        raise VmError(f"{folder} is no build folder: devtools/test.sh --quick makes build/")
    suite = test_suite(args.model)
    names = [f"{suite.replace('-', '_')}_{name}" for name in args.script]
    os.execvp("meson", ["meson", "test", "-C", str(folder), "--suite", suite, *names])


def command_build(args):
    """vm.py build"""
    image = Image(default_cache(), say)
    if args.update:
        image.packages.forget()
    parts = image.prepare(MODELS[args.model].qemu)
    for key in ("qemu", "kernel", "base"):
        print(f"{key:<7}{parts[key]}")
    return 0


def build_parser():
    """The whole command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="vm.py", description=DESCRIPTION, epilog=EXAMPLES,
                                     formatter_class=raw)
    verbs = parser.add_subparsers(required=True, metavar="VERB")

    verb = verbs.add_parser("shell", help="an interactive guest", formatter_class=raw,
                            description="A shell in a guest, at this terminal. 'exit' ends it, "
                                        "Ctrl-a x kills QEMU.")
    add_guest_options(verb)
    verb.set_defaults(call=command_shell)

    verb = verbs.add_parser("run", help="run a command in a guest", description=RUN_DESCRIPTION,
                            formatter_class=raw)
    add_guest_options(verb)
    verb.add_argument("--timeout", type=float, default=300, metavar="SECONDS",
                      help="longest time for the command (default 300)")
    verb.add_argument("--log", metavar="DIR", help="write all logs there")
    verb.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND...")
    verb.set_defaults(call=command_run)

    verb = verbs.add_parser("bench", help="instructions per packet", formatter_class=raw,
                            description="Count guest instructions per packet for Debian's driver, "
                                        "and for net_dualbuf if its plugin is built.")
    add_model(verb)
    verb.add_argument("--rounds", type=int, default=20, metavar="N", help="measured (default 20)")
    verb.add_argument("--queues", type=int, default=1, metavar="N",
                      help="in each direction; one core polls them all (default 1)")
    verb.add_argument("--plugin", metavar="PATH", help="the driver, or 'none'")
    verb.add_argument("--eal", default=bench.OUR_EAL, metavar="OPTIONS",
                      help="EAL's options that choose our driver; {pci} stands for the NIC "
                           f"(default '{bench.OUR_EAL}')")
    verb.add_argument("--qemu-arg", action="append", default=[], metavar="ARG")
    verb.set_defaults(call=command_bench)

    verb = verbs.add_parser("test", help="run tests with real NICs",
                            description="Run the suite of one model out of a build folder, or only "
                                        "some of its scripts, by their names in tests/vm/: claims "
                                        "is test_vm_claims.py.")
    add_model(verb)
    verb.add_argument("--build", default=PROJECT / "build", metavar="DIR",
                      help="the build folder (default build)")
    verb.add_argument("script", nargs="*", metavar="SCRIPT")
    verb.set_defaults(call=command_test)

    verb = verbs.add_parser("build", help="fetch and build what the guest is made of")
    add_model(verb)
    verb.add_argument("--update", action="store_true", help="look for newer Debian packages")
    verb.set_defaults(call=command_build)
    return parser


def main(argv=None):
    """Entry of devtools/vm.py; returns the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    args = build_parser().parse_args(argv)
    try:
        return args.call(args)
    except VmError as error:
        print(f"vm.py: {error}", file=sys.stderr)
        return TIMED_OUT if isinstance(error, VmTimeout) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
