#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run net_dualbuf in a virtual machine that has Intel NICs: see `vm.py --help`.

The code is in the package `vm` beside this file, which tests import as a library.
"""

import sys

from vm.cli import main

if __name__ == "__main__":
    sys.exit(main())
