# SPDX-License-Identifier: BSD-3-Clause
"""Errors of the bench; each is one line that names what went wrong."""


class VmError(RuntimeError):
    """The bench itself failed (not the program that ran in the guest)."""


class VmTimeout(VmError):
    """Something did not happen in time; the text names what was waited for."""
