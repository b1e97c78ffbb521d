# SPDX-License-Identifier: BSD-3-Clause
"""The guide: `make doc` builds it."""

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
