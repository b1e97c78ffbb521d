# SPDX-License-Identifier: BSD-3-Clause
"""Files of a kernel package, which Debian compresses in other ways in each release."""

import lzma
import subprocess

from .errors import VmError

XZ_MAGIC = b"\xfd7zXZ\x00"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def unpack_zstd(data):
    """Python has no zstd of its own before 3.14."""
    try:
        # what follows the stream in a kernel image makes zstd fail, after it has written all
        done = subprocess.run(["zstd", "-dcq"], input=data, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise VmError("zstd is not installed on this host: apt-get install zstd") from error
    if not done.stdout:
        raise VmError(f"zstd: {done.stderr.decode(errors='replace').strip() or 'no output'}")
    return done.stdout


def unpacked(data):
    """The data, whether they are compressed with xz, with zstd, or not at all."""
    if data.startswith(XZ_MAGIC):
        return lzma.LZMADecompressor().decompress(data)
    if data.startswith(ZSTD_MAGIC):
        return unpack_zstd(data)
    return data
