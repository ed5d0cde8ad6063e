"""Sphinx: how the documentation is built. `sphinx-build -W -b html docs docs/_build/html`."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "pytest-lookloox"
author = "The pytest-lookloox developers"
project_copyright = author
version = release = version_of("pytest-lookloox")

extensions = ["myst_parser", "sphinx.ext.autodoc", "catalogue"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"{project} {version}"
html_static_path = ["_static"]
html_css_files = ["style.css"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
# Docstrings are written in Markdown's way: `code`.
default_role = "code"
