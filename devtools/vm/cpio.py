# SPDX-License-Identifier: BSD-3-Clause
"""Writes initramfs archives ("newc" cpio), so that neither cpio(1) nor root is needed.

The kernel unpacks several archives one after another; a later entry replaces an earlier one.
"""

import os
import stat

HEADER = "070701" + "%08X" * 13
BLOCK = 512  # archives are padded to this, which also keeps concatenation aligned


class Archive:
    """One archive under construction. All is owned by root; parent folders come by themselves."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.inode = 0
        self.folders = {""}

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self._entry("TRAILER!!!", 0, b"")
            self.file.write(b"\0" * (-self.file.tell() % BLOCK))
        self.file.close()

    def _entry(self, name, mode, data, device=(0, 0)):
        self.inode += 1
        encoded = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
        self.file.write((HEADER % fields).encode() + encoded)
        self.file.write(b"\0" * (-self.file.tell() % 4))
        self.file.write(data)
        self.file.write(b"\0" * (-self.file.tell() % 4))

    def folder(self, path, mode=0o755):
        """Add a folder and those above it."""
        path = path.strip("/")
        if path in self.folders:
            return
        self.folder(os.path.dirname(path))
        self.folders.add(path)
        self._entry(path, stat.S_IFDIR | mode, b"")

    def add(self, path, data, mode=0o644):
        """Add a regular file from bytes."""
        path = path.strip("/")
        self.folder(os.path.dirname(path))
        self._entry(path, stat.S_IFREG | mode, data)

    def copy(self, path, source):
        """Add a regular file from the host; it stays executable if it is."""
        with open(source, "rb") as file:
            data = file.read()
        self.add(path, data, 0o755 if os.access(source, os.X_OK) else 0o644)

    def link(self, path, target):
        """Add a symbolic link."""
        path = path.strip("/")
        self.folder(os.path.dirname(path))
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, path, major, minor):
        """Add a device node (the kernel opens /dev/console before /init can mount /dev)."""
        path = path.strip("/")
        self.folder(os.path.dirname(path))
        self._entry(path, stat.S_IFCHR | 0o600, b"", (major, minor))
