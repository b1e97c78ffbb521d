#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whether a Debian archive hands out the source of a package, which not every mirror does.

usage: archive-source.py PACKAGE SUITE MIRROR...

Prints the address of the source's archive on the first mirror that has it; exit code 1 if none has.
"""

import lzma
import re
import sys
import urllib.request

TIMEOUT = 30  # seconds

# Raised by a mirror that cannot be reached, lacks the file, or sends something else.
ERRORS = (OSError, lzma.LZMAError, UnicodeDecodeError)


def sources_of(mirror, suite, package):
    """The addresses of the upstream archives of all versions that the suite lists."""
    with urllib.request.urlopen(f"{mirror}/dists/{suite}/main/source/Sources.xz",
                                timeout=TIMEOUT) as answer:
        text = lzma.decompress(answer.read()).decode()
    for entry in text.split("\n\n"):
        if entry.startswith(f"Package: {package}\n"):
            folder = re.search(r"^Directory: (\S+)$", entry, re.MULTILINE)
            name = re.search(r" (\S+\.orig\.tar\.\w+)$", entry, re.MULTILINE)
            if folder and name:
                yield f"{mirror}/{folder[1]}/{name[1]}"


def is_there(address):
    request = urllib.request.Request(address, method="HEAD")
    with urllib.request.urlopen(request, timeout=TIMEOUT):
        return True


def first_source(package, suite, mirrors):
    for mirror in mirrors:
        try:
            for address in sources_of(mirror.rstrip("/"), suite, package):
                if is_there(address):
                    return address
        except ERRORS:
            continue
    return None


def main(arguments):
    if len(arguments) < 3:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    address = first_source(*arguments[:2], arguments[2:])
    if address is None:
        return 1
    print(address)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
