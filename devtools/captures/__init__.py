# SPDX-License-Identifier: BSD-3-Clause
"""Capture files: written, read, counted and compared; needs nothing but Python.

The writers are on purpose independent of libpcap, which the driver uses: a mistake would have to
be made twice to go unseen. All output is the same on every run and machine.

    import captures

    captures.write_pcap(path, captures.timed(captures.plain_frame(seq, 60) for seq in range(100)))
    assert len(list(captures.Reader(path))) == 100

Modules, in reading order: frames (what packets are made of), writing and reading (files), kinds
(what tests ask for by name), sample (a realistic mix), cli.
"""

from .cli import first_difference
from .frames import (IP4, IP4_CLIENT, IP4_SERVER, MAC_CLIENT, MAC_SERVER, UDP, ether, ip4, mark,
                     plain_frame, timed, udp)
from .kinds import IMIX, KINDS
from .reading import CaptureError, Reader
from .sample import Sample
from .writing import ETHERNET, START, write_pcap

__all__ = ["CaptureError", "ETHERNET", "IMIX", "IP4", "IP4_CLIENT", "IP4_SERVER", "KINDS",
           "MAC_CLIENT", "MAC_SERVER", "Reader", "START", "Sample", "UDP", "ether",
           "first_difference", "ip4", "mark", "plain_frame", "timed", "udp", "write_pcap"]
