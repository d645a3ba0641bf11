"""The lesson's pages, and what is read out of them by all that is made from them."""

from pathlib import Path

from markdown_it import MarkdownIt

LESSON = Path(__file__).resolve().parent
ROOT = LESSON.parent
# All pages, in their order.
PAGES = [
    "README.md",
    "step1.md",
    "step2.md",
    "step3.md",
    "step4.md",
    "inside.md",
    "finish.md",
]
# What the last page runs, from beyond/.
BEYOND = ["as_mnist.py", "networks.py", "page.html", "page.py", "read_photo.py"]
# Sections of the first page that are for a terminal, and not for the notebook.
SET_UP = "Set-up"
STUCK = "Blocks, and when you are stuck"


def read(page):
    """Returns the text of a page."""
    return (LESSON / page).read_text(encoding="utf-8")


def title(page):
    return read(page).splitlines()[0].removeprefix("# ")


def fences(page):
    """Returns the fenced blocks of a page, as a CommonMark parser reads it."""
    return [token for token in MarkdownIt().parse(read(page)) if token.type == "fence"]


def scripts(pages=PAGES):
    """Returns the scripts that some pages make, name -> text, in their order."""
    grown = {}
    for page in pages:
        for fence in fences(page):
            first, _, rest = fence.content.partition("\n")
            if first.startswith("cat >"):
                _, _, name, _ = first.split()
                grown[name] = grown.get(name, "") + rest.removesuffix("PYTHON\n")
    return grown


def sections(page, changes, replaced):
    """Returns a page's blocks, `(token, text)`, without the links at its end.

    `changes` are other words for some of the page's, `replaced` other texts for some of
    its sections, by heading. Raises ValueError if a page does not have the words.
    """
    text = read(page)
    for here, there in changes.items():
        if here not in text:
            raise ValueError(f"{page} does not say: {here}")
        text = text.replace(here, there)
    lines = text.splitlines()
    blocks, section = [], None
    tokens = MarkdownIt().parse(text)
    for i, token in enumerate(tokens):
        if token.level == 0 and token.map:
            if token.type == "heading_open":
                section = tokens[i + 1].content
                if section in replaced:
                    blocks.append((token, replaced[section]))
            if section not in replaced:
                blocks.append((token, "\n".join(lines[slice(*token.map)])))
    return blocks[:-1]


def pictures(text):
    """Returns the addresses of the pictures in a piece of Markdown."""
    inline = MarkdownIt().parse(text)
    parts = [part for token in inline for part in token.children or []]
    return [part.attrs["src"] for part in parts if part.type == "image"]
