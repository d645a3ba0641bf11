"""The lesson's pages, and what is read out of them by all that is made from them."""

import re
from pathlib import Path

from markdown_it import MarkdownIt

LESSON = Path(__file__).resolve().parent
ROOT = LESSON.parent
# All pages, by the name that programs and sandboxes have for them, in their order.
PAGES = {
    "first": "README.md",
    "step1": "step1.md",
    "step2": "step2.md",
    "step3": "step3.md",
    "step4": "step4.md",
    "inside": "inside.md",
    "finish": "finish.md",
}
NAMES = list(PAGES)
# The first page that needs trained networks, which the last block of the page before
# trains, and the one of them that is trained last.
NEEDS_NETWORKS = "inside"
LAST_NETWORK = "models/lenet5-relu-max.keras"
# Sections of the first page that are for a terminal, and not for the notebook.
SET_UP = "Set-up"
STUCK = "Blocks, and when you are stuck"


def read(name):
    """Returns the text of a page."""
    return (LESSON / PAGES[name]).read_text(encoding="utf-8")


def title(name):
    return read(name).splitlines()[0].removeprefix("# ")


def minutes(name):
    """Returns how long a page takes, as it says itself."""
    return int(re.search(r"(\d+) minutes", read(name))[1])


def before(name):
    """Returns the names of the pages before one."""
    return NAMES[: NAMES.index(name)]


def fences(name, info=""):
    """Returns the contents of a page's fenced blocks, of all or of one kind."""
    tokens = MarkdownIt().parse(read(name))
    return [t.content for t in tokens if t.type == "fence" and info in t.info]


def python(block):
    """Returns the Python of a block: what stands behind its first line."""
    return block.partition("\n")[2].removesuffix("PYTHON\n")


def scripts(names=NAMES):
    """Returns the scripts that some pages make, file name -> text, in their order."""
    grown = {}
    for name in names:
        for block in fences(name, "sh"):
            if block.startswith("cat >"):
                _, _, script, *_ = block.split()
                grown[script] = grown.get(script, "") + python(block)
    return grown


def sections(name, changes={}, replaced={}):
    """Returns a page's blocks, `(token, text)`, without the links at its end.

    `changes` are other words for some of the page's, `replaced` other texts for some of
    its sections, by heading. Raises ValueError if a page does not have the words.
    """
    text = read(name)
    for here, there in changes.items():
        if here not in text:
            raise ValueError(f"{PAGES[name]} does not say: {here}")
        text = text.replace(here, there)
    lines = text.splitlines()
    tokens = MarkdownIt().parse(text)
    *blocks, _ = [i for i, t in enumerate(tokens) if t.level == 0 and t.map]
    found, section = [], None
    for i in blocks:
        if tokens[i].type == "heading_open":
            section = tokens[i + 1].content
            if section in replaced:
                found.append((tokens[i], replaced[section]))
        if section not in replaced:
            found.append((tokens[i], "\n".join(lines[slice(*tokens[i].map)])))
    return found


def pictures(text):
    """Returns the addresses of the pictures in a piece of Markdown."""
    inline = MarkdownIt().parse(text)
    parts = [part for token in inline for part in token.children or []]
    return [part.attrs["src"] for part in parts if part.type == "image"]
