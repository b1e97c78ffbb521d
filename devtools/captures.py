#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write, count and compare capture files: see `captures.py --help`.

The code is in the package `captures` beside this file, which tests import as a library.
"""

import sys

from captures.cli import main

if __name__ == "__main__":
    sys.exit(main())
