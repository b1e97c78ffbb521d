# SPDX-License-Identifier: BSD-3-Clause
"""Frames into a NIC of the guest and out of it.

A wire is an AF_UNIX datagram socketpair: one datagram is one frame, without CRC.  It is lossless in
both directions: when the receive ring of the NIC is full the sender blocks (as soon as the socket's
buffer is full too, 50 to 230 frames later), and what comes out is read at once by the pump.
"""

import random
import socket
import struct
import time

from .errors import VmError, VmTimeout
from .pump import send_some

OUT_BUFFER = 8 << 20  # bytes that QEMU may send ahead of the reader
MIN_FRAME, MAX_FRAME = 60, 1514  # without CRC
TEST_ETHERTYPE = 0x88b5  # IEEE local experimental: QEMU drops malformed IPv4 and IPv6 at transmit
SO_SNDBUFFORCE = 32  # Linux, absent from the socket module


class Wire:
    """The host's end of the cable at one NIC."""

    def __init__(self, name, pump):
        self.name = name
        self.pump = pump
        self.host, self.device = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self.device.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, OUT_BUFFER)
        except PermissionError:  # not root: as much as the system's limit allows
            self.device.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, OUT_BUFFER)
        self.received = []
        pump.add(self.host, self.received.append)

    def offer(self, frames, patience=1.0):
        """Send until all is sent or the NIC takes nothing for `patience` seconds; returns how
        many frames went in."""
        for count, frame in enumerate(frames):
            if send_some(self.host, frame, patience) is None:
                return count
        return len(frames)

    def inject(self, frames, timeout=30.0):
        """Send all frames; fails when the NIC does not take them in time."""
        deadline = time.monotonic() + timeout
        for count, frame in enumerate(frames):
            if send_some(self.host, frame, deadline - time.monotonic()) is None:
                raise VmTimeout(f"time-out: {self.name} took {count} of {len(frames)} frames "
                                f"in {timeout:g} s")

    def collect(self, count, timeout=30.0):
        """Wait for so many frames from the NIC, and return exactly those."""
        try:
            self.pump.wait(lambda: len(self.received) >= count, timeout,
                           f"{count} frames from {self.name}")
        except VmError as error:
            raise type(error)(f"{error}: {len(self.received)} came") from None
        with self.pump.condition:
            frames = self.received[:count]
            del self.received[:count]
        return frames

    def take(self):
        """All frames that have come and were not yet collected."""
        with self.pump.condition:
            frames = self.received[:]
            self.received.clear()
        return frames

    def close(self):
        """Close both ends."""
        self.host.close()
        self.device.close()


def mixed_frames(count, sizes=(MIN_FRAME, MAX_FRAME), source="02:00:00:00:00:01",
                 target="52:54:00:12:34:56", seed=1):
    """Frames of random sizes and content, each with its number (32 bits) after the header."""
    rng = random.Random(seed)
    header = (bytes.fromhex(target.replace(":", "")) + bytes.fromhex(source.replace(":", ""))
              + struct.pack("!H", TEST_ETHERTYPE))
    frames = []
    for number in range(count):
        size = rng.randint(*sizes)
        frames.append((header + struct.pack("!I", number) + rng.randbytes(size))[:size])
    return frames


def read_pcap(path):
    """The frames of a capture file as QEMU writes it (classic pcap, microseconds)."""
    with open(path, "rb") as file:
        magic, *_ = struct.unpack("=IHHIIII", file.read(24))
        if magic != 0xa1b2c3d4:
            raise VmError(f"{path} is not a pcap file of this byte order")
        frames = []
        while header := file.read(16):
            _, _, kept, _ = struct.unpack("=IIII", header)
            frames.append(file.read(kept))
    return frames
