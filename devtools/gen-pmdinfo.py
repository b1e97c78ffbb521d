#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write the C file that embeds what dpdk-pmdinfo.py prints about the drivers in OBJECTs.

usage: gen-pmdinfo.py OBJECT... OUTPUT.c

The RTE_PMD_REGISTER_* macros leave strings under known symbol names in the objects:
this_pmd_name<N>, and since DPDK 25.11 this_pmd_name<name>, holds a driver's name, and for each
name there may be __<name>_param_string_export, __<name>_kmod_dep_export and
__<name>_pci_tbl_export. The last one is the name of the symbol that holds the table of PCI ids.
"""

import json
import re
import struct
import sys

from elftools.elf.elffile import ELFFile

# struct rte_pci_id: class_id, vendor_id, device_id, subsystem_vendor_id, subsystem_device_id
PCI_ID = "IHHHH"


class ObjectFile:
    """The data symbols of one relocatable object."""

    def __init__(self, stream):
        self.elf = ELFFile(stream)
        table = self.elf.get_section_by_name(".symtab")
        self.symbols = {s.name: s for s in table.iter_symbols()} if table else {}

    def data(self, name):
        """The bytes of a symbol, None when it is not defined here."""
        symbol = self.symbols.get(name)
        if symbol is None or not isinstance(symbol["st_shndx"], int):
            return None
        start = symbol["st_value"]
        section = self.elf.get_section(symbol["st_shndx"])
        return section.data()[start:start + symbol["st_size"]]

    def string(self, name):
        """The C string under a symbol, None when it is not defined here."""
        data = self.data(name)
        return None if data is None else data.split(b"\0", 1)[0].decode("ascii")

    def pci_ids(self, table_name):
        """[vendor, device, subsystem vendor, subsystem device] up to the table's end mark."""
        data = self.data(table_name)
        if data is None:
            sys.exit(f"gen-pmdinfo.py: error: PCI table {table_name} is registered in another"
                     " file than the one that defines it")
        layout = struct.Struct(("<" if self.elf.little_endian else ">") + PCI_ID)
        whole = len(data) - len(data) % layout.size
        ids = []
        for _, vendor, *rest in layout.iter_unpack(data[:whole]):
            if vendor == 0:
                break
            ids.append([vendor, *rest])
        return ids

    def drivers(self):
        """A description of each driver that this object registers."""
        for symbol in sorted(self.symbols):
            if not re.fullmatch(r"this_pmd_name\w+", symbol):
                continue
            name = self.string(symbol)
            info = {"name": name}
            for key, suffix in ("params", "param_string"), ("kmod", "kmod_dep"):
                value = self.string(f"__{name}_{suffix}_export")
                if value is not None:
                    info[key] = value
            table_name = self.string(f"__{name}_pci_tbl_export")
            # the reader insists on this key
            info["pci_ids"] = self.pci_ids(table_name) if table_name else []
            yield info


def main():
    """Collect from all objects, so that the output is complete or not written at all."""
    *objects, output = sys.argv[1:]
    lines = ["/* made by gen-pmdinfo.py; do not edit */"]
    for path in objects:
        with open(path, "rb") as stream:
            for info in ObjectFile(stream).drivers():
                # JSON in ASCII, quoted once more, is a C string literal as well
                text = json.dumps("PMD_INFO_STRING= " + json.dumps(info))
                lines.append("static const char %s_pmd_info[] __attribute__((used)) =\n\t%s;"
                             % (re.sub(r"\W", "_", info["name"]), text))
    with open(output, "w", encoding="ascii") as stream:
        stream.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
