# SPDX-License-Identifier: BSD-3-Clause
"""Reading captures, in both formats and in any byte order, compressed or not."""

import contextlib
import gzip
import struct
import subprocess

PCAP_MAGICS = {
    b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">",
    b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\x3c\x4d": ">",
}
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
MAX_RECORD = 262144  # libpcap takes anything above for a corrupt file


# Programs that decompress to standard output what begins so; gzip is a part of Python.
UNPACKERS = {b"\x28\xb5\x2f\xfd": "zstd", b"\x50\x2a\x4d\x18": "zstd", b"\x04\x22\x4d\x18": "lz4"}
GZIP_MAGIC = b"\x1f\x8b"


class CaptureError(Exception):
    """A file that is no capture at all."""


@contextlib.contextmanager
def unpacked(path, program):
    """What another program makes of a file."""
    try:
        with subprocess.Popen([program, "-dc", path], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            yield process.stdout
            process.stdout.close()
    except FileNotFoundError as error:
        raise CaptureError(f"{path}: needs the program {program}") from error


def opened(path):
    """The bytes of a file, decompressed if need be."""
    with open(path, "rb") as file:
        magic = file.read(4)
    if magic[:2] == GZIP_MAGIC:
        return gzip.open(path)
    if magic in UNPACKERS:
        return unpacked(path, UNPACKERS[magic])
    return open(path, "rb", buffering=1 << 20)


class Reader:
    """Iterates over the bytes of each packet; stops at the first one that is not whole."""

    def __init__(self, path):
        self.path = path
        # why the file ended early, None if it did not
        self.broken = None

    def __iter__(self):
        with opened(self.path) as stream:
            magic = stream.read(4)
            if magic in PCAP_MAGICS:
                yield from self._pcap(stream, PCAP_MAGICS[magic])
            elif magic == PCAPNG_MAGIC:
                yield from self._pcapng(stream)
            else:
                raise CaptureError(f"{self.path}: neither pcap nor pcapng")

    def _pcap(self, stream, endian):
        if len(stream.read(20)) < 20:
            raise CaptureError(f"{self.path}: truncated file header")
        record = struct.Struct(endian + "IIII")
        while header := stream.read(record.size):
            if len(header) < record.size:
                self.broken = "truncated record header"
                return
            length = record.unpack(header)[2]
            if length > MAX_RECORD:
                self.broken = f"corrupt record length {length}"
                return
            data = stream.read(length)
            if len(data) < length:
                self.broken = "truncated record"
                return
            yield data

    def _pcapng(self, stream):
        endian, snaplen = "<", 0
        kind_bytes = PCAPNG_MAGIC
        while kind_bytes:
            head = kind_bytes + stream.read(4)
            if len(head) < 8:
                self.broken = "truncated block header"
                return
            body = b""
            if kind_bytes == PCAPNG_MAGIC:
                body = stream.read(4)
                endian = ">" if body == b"\x1a\x2b\x3c\x4d" else "<"
            kind, total = struct.unpack(endian + "II", head)
            if total < 12 or total % 4 or total > 16 << 20:
                self.broken = f"corrupt block length {total}"
                return
            want = total - 8 - len(body)
            rest = stream.read(want)
            if len(rest) < want:
                self.broken = "truncated block"
                return
            body = (body + rest)[:-4]
            if kind == 1:
                snaplen = struct.unpack_from(endian + "I", body, 4)[0]
            elif kind in (2, 6):
                length = struct.unpack_from(endian + "I", body, 12)[0]
                yield body[20:20 + length]
            elif kind == 3:
                length = struct.unpack_from(endian + "I", body)[0]
                yield body[4:4 + (min(length, snaplen) if snaplen else length)]
            kind_bytes = stream.read(4)
