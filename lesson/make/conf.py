"""How Sphinx makes a site out of the documents, as they are.

sphinx-build -c lesson/make . site
"""

import re
import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
sys.path.append(str(Path(__file__).resolve().parents[1]))  # where pages.py is

from address import ADDRESS, IS_SET
from pages import PAGES, ROOT

project = html_title = "LeNet-5, step by step"
extensions = ["myst_parser", "sphinx_copybutton"]
root_doc = "README"
myst_heading_anchors = 3
smartquotes = False
html_theme = "furo"
html_copy_source = False

TO_WRITE_ON = ROOT / "beyond" / "write-digits.html"
TOCTREE = "\n```{{toctree}}\n:hidden:\n:caption: {}\n\n{}\n```\n"
CONTENTS = {
    "The lesson": [f"lesson/{page}" for page in PAGES.values()],
    "More": ["beyond/README.md", "results/README.md", "data/README.md"],
    "To change it": ["CONTRIBUTING.md"],
}
include_patterns = ["README.md", *sum(CONTENTS.values(), [])]


def adapt(app, document, source):
    """Gives the first document the contents, and has links lead out of the site.

    They open the page to write on, and show other files at the project's address: without
    one, only their names are there.
    """
    folder = (ROOT / document).parent

    def link(found):
        words, target = found.groups()
        path = (folder / target).resolve()
        if path == TO_WRITE_ON:
            return f'<a href="{target}">{words}</a>'
        if path.suffix in (".md", ".png", ".gif") or not path.exists():
            return found[0]
        name = path.relative_to(ROOT).as_posix()
        return f"[{words}]({ADDRESS}/blob/HEAD/{name})" if IS_SET else words

    source[0] = re.sub(r"\[([^][]+)\]\(([^)#]+)\)", link, source[0])
    if document == root_doc:
        for caption, documents in CONTENTS.items():
            source[0] += TOCTREE.format(caption, "\n".join(documents))


def complete(app, error):
    """Lays what is not made by Sphinx beside the pages that it has made."""
    if not error:
        shutil.copy(TO_WRITE_ON, app.outdir / "beyond")
        shutil.copy(app.outdir / f"{root_doc}.html", app.outdir / "index.html")


def setup(app):
    app.connect("source-read", adapt)
    app.connect("build-finished", complete)
