#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What QEMU's models do not do: the guide says what the tests know of it, and no more."""

import re
import sys
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOP / "devtools"), str(TOP / "tests/vm")]

from models import FACTS  # noqa: E402  pylint: disable=wrong-import-position
from vm.models import MODELS  # noqa: E402  pylint: disable=wrong-import-position

TITLE = "What QEMU's models do not do\n"
ROW = re.compile(r"   \* - ``(\w+)``\n     - (.*)\n     - ((?:.*\n(?:       )?)+?)(?=   \*|\n)")


class Gaps(unittest.TestCase):
    """By the table of doc/gbe.rst."""

    def test_the_guide_names_each_gap(self):
        guide = (TOP / "doc/gbe.rst").read_text(encoding="utf-8")
        table = guide[guide.index(TITLE):].split("\n\n", 6)
        rows = {(model, what): " ".join(why.split())
                for part in table[:6] for model, what, why in ROW.findall(part + "\n\n")}
        known = {(model, what): why for model, facts in FACTS.items()
                 for what, why in facts.gaps.items()}
        self.assertEqual(rows, known)

    def test_every_gap_is_some_tests(self):
        scripts = "".join(path.read_text(encoding="utf-8")
                          for path in (TOP / "tests/vm").glob("test_vm_*.py"))
        named = set(re.findall(r'needs\("([^"]+)"', scripts))
        self.assertLessEqual(named, {what for facts in FACTS.values() for what in facts.gaps})

    def test_every_model_of_the_bench_is_known(self):
        self.assertEqual(FACTS.keys(), MODELS.keys())


if __name__ == "__main__":
    unittest.main()
