# SPDX-License-Identifier: BSD-3-Clause
"""The guide: `make doc` builds it."""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

project = "net_dualbuf"
author = "The net_dualbuf authors"
copyright = "2026, The net_dualbuf authors"  # pylint: disable=redefined-builtin

extensions = []
exclude_patterns = []
highlight_language = "none"
html_theme = "alabaster"
html_theme_options = {
    "description": "receive descriptors that own their buffers",
    "fixed_sidebar": True,
    "page_width": "1100px",
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_copy_source = False

PLOTS = Path("../build-release/plots")  # from here; `make plots` draws them


class Plots(Directive):
    """A list of fields, name and caption: a figure for each plot that has been drawn, and a
    sentence about the others."""

    has_content = True

    def run(self):
        """Called by docutils."""
        fields, figures, missing = nodes.Element(), [], []
        self.state.nested_parse(self.content, self.content_offset, fields)
        for field in fields.findall(nodes.field):
            name, caption = field[0].astext(), field[1][0]
            path = PLOTS / f"{name}.svg"
            # one that is not there keeps the page out of date, so that it is seen when it comes
            self.state.document.settings.env.note_dependency(str(path))
            if not (Path(__file__).parent / path).is_file():
                missing.append(name)
                continue
            image = nodes.image(uri=str(path), alt=caption.astext())
            figures.append(nodes.figure("", image, nodes.caption("", "", *caption.children)))
        if missing:
            figures.append(nodes.paragraph("", "Not drawn here: " + ", ".join(missing) + "; ",
                                           nodes.literal("", "make plots"), nodes.Text(" does.")))
        return figures


def setup(app):
    """Called by Sphinx."""
    app.add_directive("plots", Plots)
