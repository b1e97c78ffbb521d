# SPDX-License-Identifier: BSD-3-Clause
"""Instructions per packet, counted by QEMU: receive and transmit of Debian's driver and ours.

Both drivers run the same program (nicbench.c) on the same NIC of the same guest, one after the
other.  The TCG plugin ucount.c counts user-space instructions between markers, so the figures do
not depend on the host's load and repeat exactly.
"""

import re
import statistics
from dataclasses import dataclass
from pathlib import Path

from captures.frames import ACK, IP4, IP4_CLIENT, IP4_SERVER, MAC_CLIENT, MAC_SERVER, TCP, ether, ip4, tcp

from .errors import VmError
from .guest import Guest, say
from .image import Image
from .models import model_of
from .options import Options
from .packages import run
from .wire import mixed_frames

HERE = Path(__file__).resolve().parent
BURST = 32  # packets per round, as in nicbench.c
WARM_UP = 16  # rounds for each queue: more than the transmit ring (256) holds, so that measured ones also free
FRAME = 64  # bytes
KINDS = {2: "rx", 3: "tx", 4: "empty"}  # marker ids of nicbench.c
EAL_COMMON = "-l 0 -m 64 --no-telemetry"
DEBIAN_EAL = "-a {pci}"
OUR_EAL = "-a {pci},driver=net_dualbuf"
OUR_NAME = "net_dualbuf"


@dataclass
class Count:
    """Instructions of one driver: kind -> one total per measured round."""

    driver: str
    rounds: dict

    def per_packet(self, kind):
        """(minimum, median, mean) per packet of one kind of burst."""
        totals = self.rounds[kind]
        return tuple(f(totals) / BURST for f in (min, statistics.median, statistics.fmean))


def build_program(folder):
    """Compile nicbench.c against the host's DPDK."""
    flags = run(["pkg-config", "--cflags", "--libs", "libdpdk"]).split()
    target = folder / "nicbench"
    run(["cc", "-O2", "-Wall", "-o", str(target), str(HERE / "nicbench.c"), *flags])
    return target


def build_plugin(folder, include):
    """Compile ucount.c for the QEMU in use."""
    target = folder / "ucount.so"
    run(["cc", "-shared", "-fPIC", "-O2", "-Wall", f"-I{include}", "-o", str(target),
         str(HERE / "ucount.c")])
    return target


def play(guest, rounds, frames):
    """Answer each "fill" of nicbench with one burst, and look that all come back unchanged. Of
    several queues, one may send before another."""
    wire = guest.wires[0]
    for _ in range(rounds):
        guest.expect("fill 32\n", timeout=60)
        wire.inject(frames)
        if sorted(wire.collect(BURST)) != sorted(frames):
            raise VmError("a burst came back changed: the figures would mean nothing")


def read_counts(path, skip):
    """Lines "id count" of the plugin's file from line `skip` on, and the next `skip`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rounds = {kind: [] for kind in KINDS.values()}
    for line in lines[skip:]:
        number, count = line.split()
        rounds[KINDS[int(number)]].append(int(count))
    return rounds, len(lines)


def flows(count):
    """Frames of TCP, each of a flow of its own, so that RSS spreads them."""
    segments = [tcp(IP4_CLIENT, IP4_SERVER, (1000 + 7 * number, 443), (1, 1), ACK)
                for number in range(count)]
    return [ether(MAC_SERVER, MAC_CLIENT, IP4, ip4(IP4_CLIENT, IP4_SERVER, TCP, segment, number))
            .ljust(FRAME, b"\0") for number, segment in enumerate(segments)]


def count_driver(guest, name, eal, rounds, frames, queues):
    """Run nicbench in the guest with EAL options that are to choose the driver `name`; returns its
    full name."""
    eal = eal.replace("{pci}", guest.pci(0))
    warm_up = WARM_UP * queues
    guest.start(f"./nicbench {EAL_COMMON} {eal} -- {warm_up} {rounds} {queues}")
    driver = guest.expect(re.compile(r"driver (\S+)\n"), timeout=60).split()[-1]
    if not driver.startswith(name):  # ours adds the kind of device
        raise VmError(f"the NIC was to be driven by {name}, but {driver} took it "
                      f"(EAL options '{eal}')")
    play(guest, warm_up + rounds, frames)
    if guest.wait() != 0:
        raise VmError(f"nicbench with {name} failed: {guest.program.tail()}")
    return driver


def measure(rounds, plugin=None, eal=OUR_EAL, queues=1, **choices):
    """Count for Debian's driver of the model, then for ours if its plugin is there; yields a Count
    each.

    eal: EAL's options that choose our driver, with {pci} for the address of the NIC.
    queues: in each direction.  choices: more fields of Options.
    """
    # With one thread for all CPUs, QEMU 9 and 10 tell a plugin which of them translated an
    # instruction, not which executes it: there is to be but one.
    choices = {"smp": 1, **choices}
    options = Options(plugin=plugin, **choices)
    image = Image(options.cache, say)
    folder = options.cache / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    program = build_program(folder)
    tcg_plugin = build_plugin(folder, image.packages.plugin_include(options.qemu_release()))
    results = folder / "counts"
    frames = mixed_frames(BURST, sizes=(FRAME, FRAME)) if queues == 1 else flows(BURST)
    model = model_of(options.model)
    drivers = {model.debian: DEBIAN_EAL}
    if options.plugin:
        drivers[OUR_NAME] = eal
    skip = 0
    with Guest(plugin=options.plugin or False, files={"/root/nicbench": program},
               tcg_plugin=f"{tcg_plugin},out={results}", quiet=False, **choices) as guest:
        for name, args in drivers.items():
            driver = count_driver(guest, name, args, rounds, frames, queues)
            measured, skip = read_counts(results, skip)
            yield Count(driver, {kind: totals[WARM_UP * queues:] for kind, totals in measured.items()})
        problems = guest.finish().problems()
    if problems:
        raise VmError(problems[0])


def header(rounds):
    """First line of what `vm.py bench` prints."""
    return (f"instructions per packet, bursts of {BURST} frames of {FRAME} bytes, {rounds} rounds: "
            "min / median / mean")


def line(count):
    """One driver's line."""
    cells = [f"{kind} " + " / ".join(f"{value:7.2f}" for value in count.per_packet(kind))
             for kind in ("rx", "tx")]
    empty = statistics.median(count.rounds["empty"])
    return f"  {count.driver:<16}{'   '.join(cells)}   empty poll {empty:.0f}"


def ratio(base, count):
    """The last line: how much of the first driver's instructions the second needs."""
    cells = [f"{kind} {count.per_packet(kind)[1] / base.per_packet(kind)[1]:.3f}"
             for kind in ("rx", "tx")]
    return f"  {count.driver} / {base.driver} (median): {'   '.join(cells)}"
