# SPDX-License-Identifier: BSD-3-Clause
"""Write, count and compare capture files; needs nothing but Python."""

import argparse
import itertools
import os
import sys

from .kinds import KINDS
from .reading import CaptureError, Reader
from .sample import Sample
from .writing import write_pcap

def do_sample(args):
    """sample OUT"""
    write_pcap(args.out, Sample().build())


def do_make(args):
    """make KIND OUT"""
    KINDS[args.kind](args.out, args.count, args.size)


def do_all(args):
    """all DIR"""
    os.makedirs(args.dir, exist_ok=True)
    for kind, make in KINDS.items():
        suffix = "pcapng" if kind.startswith("pcapng") else "pcap"
        make(os.path.join(args.dir, f"{kind}.{suffix}"), args.count, None)
    write_pcap(os.path.join(args.dir, "sample.pcap"), Sample().build())
    if args.stamp:
        with open(args.stamp, "w", encoding="ascii"):
            pass


def do_kinds(_args):
    """kinds"""
    print("\n".join(KINDS))


def warn_broken(reader):
    """A broken end is no difference, but nobody shall overlook it."""
    if reader.broken:
        print(f"captures.py: {reader.path}: {reader.broken}; only whole packets count",
              file=sys.stderr)


def do_count(args):
    """count FILE"""
    reader = Reader(args.file)
    print(sum(1 for _ in reader))
    warn_broken(reader)


def describe(packet):
    """The name of a packet in a message."""
    return "no packet" if packet is None else f"{len(packet)} bytes"


def first_difference(one, other):
    """Where two packets part, in words."""
    if one is None or other is None or len(one) != len(other):
        return f"{describe(one)} against {describe(other)}"
    at = next(i for i, (a, b) in enumerate(zip(one, other)) if a != b)
    return f"{len(one)} bytes, byte {at} is 0x{one[at]:02x} against 0x{other[at]:02x}"


def do_compare(args):
    """compare A B"""
    readers = [Reader(args.a), Reader(args.b)]
    counts, difference = [0, 0], None
    for index, pair in enumerate(itertools.zip_longest(*readers)):
        counts = [n + (packet is not None) for n, packet in zip(counts, pair)]
        if difference is None and pair[0] != pair[1]:
            difference = f"first difference at packet {index}: {first_difference(*pair)}"
    for reader in readers:
        warn_broken(reader)
    print(f"packets: {counts[0]} and {counts[1]}")
    if difference:
        print(difference)
    print("identical:", "no" if difference else "yes")
    return 1 if difference else 0


def positive(text):
    """An argparse type."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, do, text, *positional):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(do=do)
        for argument in positional:
            sub.add_argument(argument)
        return sub

    command("sample", do_sample, "write a realistic mix of some 2,000 packets", "out")
    make = commands.add_parser("make", help="write a test capture of one kind")
    make.set_defaults(do=do_make)
    make.add_argument("kind", choices=KINDS, metavar="KIND")
    make.add_argument("out")
    make.add_argument("--count", type=positive, default=200, help="packets (200)")
    make.add_argument("--size", type=positive, help="bytes of each frame (by kind)")
    every = command("all", do_all, "write KIND.pcap of every kind into a folder, and sample.pcap",
                    "dir")
    every.add_argument("--count", type=positive, default=200, help="packets in each (200)")
    every.add_argument("--stamp", help="file to create when done")
    command("kinds", do_kinds, "list the kinds")
    command("count", do_count, "print the number of whole packets", "file")
    command("compare", do_compare, "compare the packets of two files, in order; exit code 1 if"
            " they differ", "a", "b")
    return parser.parse_args()


def main():
    """Run one command."""
    args = arguments()
    try:
        return args.do(args)
    except (CaptureError, OSError) as error:
        print(f"captures.py: error: {error}", file=sys.stderr)
        return 2
