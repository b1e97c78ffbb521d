#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The table of the guide that sets us beside other drivers says of ours what DPDK's features files say."""

import os
import re
import sys

import dpdk_run
from dpdk_run import check

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def lines_of(path):
    """The lines of a file of the checkout."""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read().splitlines()


def claims(name):
    """{row: value} of a features file."""
    found = (re.fullmatch(r"([^;\[=]+?) *= *([YP])", line)
             for line in lines_of(f"doc/guides/nics/features/{name}.ini"))
    return {match[1]: match[2] for match in found if match}


def table():
    """{row: [values]} of the guide."""
    lines = lines_of("doc/peers.rst")
    begin = lines.index("   :name: peers") + 2
    rows = [re.split(" *, *", line.strip()) for line in lines[begin:lines.index("", begin)]]
    return {row[0]: row[1:] for row in rows}


def peers(_):
    """Both ways, and no row without a value."""
    rows = table()
    for column, name in enumerate(("dualbuf", "dualbuf_gbe", "dualbuf_xdp")):
        said = {row: values[column] for row, values in rows.items() if values[column] != ""}
        check(said == claims(name), f"{name}.ini and doc/peers.rst differ: "
              f"{sorted(set(said.items()) ^ set(claims(name).items()))}")
    for row, values in rows.items():
        check(len(values) == 7 and any(values) and set(values) <= {"Y", "P", ""}, f"{row}: {values}")


if __name__ == "__main__":
    sys.exit(dpdk_run.main({"peers": peers}))
