"""The lesson's pages, and what is read out of them by all that is made from them."""

import ast
import functools
import re
from dataclasses import dataclass
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
    "apart": "apart.md",
    "cures": "cures.md",
    "handwriting": "handwriting.md",
    "shapes": "shapes.md",
}
NAMES = list(PAGES)
# The first page that needs trained networks, which the page before trains, and the one
# of them that is trained last.
NEEDS_NETWORKS = "inside"
LAST_NETWORK = "models/lenet5-relu-max.keras"
# Sections of the first page that are for a terminal, and not for the notebook.
SET_UP = "Set-up"
BLOCKS = "Blocks and tasks"
STUCK = "When you are stuck"
CHECK = "python check.py "


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


def parts(name, changes={}, replaced={}):
    """Returns the parts of a page, as `sections` does: a part for every heading."""
    found = [[]]
    for token, text in sections(name, changes, replaced):
        if token.tag == "h2" and any(t.tag == "h2" for t, _ in found[-1]):
            found.append([])
        found[-1].append((token, text))
    return found


@functools.cache
def fenced(name, number=None):
    """Returns a page's fenced blocks, `(info, content)`, up to the end of a part."""
    blocks = [block for part in parts(name)[:number] for block in part]
    return [(t.info, t.content) for t, _ in blocks if t.type == "fence"]


def fences(name, info=""):
    """Returns the contents of a page's fenced blocks, of all or of one kind."""
    return [content for there, content in fenced(name) if info in there]


def on_pages(names, number=None):
    """Returns the fenced blocks of some pages, `(page, info, content)`.

    Of the last page only the first parts count, if a `number` of them is given.
    """
    up_to = {name: None for name in names} | {name: number for name in names[-1:]}
    return [(name, *block) for name in names for block in fenced(name, up_to[name])]


def file_of(info, block):
    """Returns the file that a block goes on with, or None."""
    if info == "sh" and block.startswith("cat >"):
        return block.split()[2]
    if info.startswith("python "):
        return info.removeprefix("python ")


def training():
    """Returns the block that trains the networks of the later pages."""
    blocks = fences(before(NEEDS_NETWORKS)[-1], "sh")
    return next(block for block in blocks if "\ncompare(" in block)


def python(block):
    """Returns the Python of a block: what stands behind its first line."""
    return block.partition("\n")[2].removesuffix("PYTHON\n")


@dataclass
class Task:
    """What a learner writes: its page, its file, and our answer."""

    page: str
    file: str
    answer: str


def tasks(names=NAMES, number=None):
    """Returns the tasks of some pages by their names, in their order.

    A task is a block that begins or goes on with a file, `python check.py NAME`, and our
    answer, the next block of Python.
    """
    found, file, name = {}, None, None
    for page, info, block in on_pages(names, number):
        if info == "sh" and block.startswith("cat >"):
            file = file_of(info, block)
        elif info == "sh" and block.startswith(CHECK) and " -" not in block:
            name = block.removeprefix(CHECK).strip()
        elif info == "python" and name:
            found[name] = Task(page, file, block)
            name = None
    return found


def defined(text):
    """Returns the functions of a script, name -> its place in the syntax tree."""
    body = ast.parse(text).body
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}


def gaps(node):
    """Returns the `...` in a piece of syntax that stand for what is to be written."""
    inside = [ast.walk(n.slice) for n in ast.walk(node) if isinstance(n, ast.Subscript)]
    meant = {n for walk in inside for n in walk}  # as in images[..., 0]
    dots = [n for n in ast.walk(node) if getattr(n, "value", None) is ...]
    return [n for n in dots if isinstance(n, ast.Constant) and n not in meant]


def put(answer, text):
    """Returns a script with our functions in place of those that have the same names.

    An answer without functions is a whole script.
    """
    ours, mine = defined(answer), defined(text)
    lines = text.splitlines() if ours else answer.splitlines()
    for name in sorted(ours.keys() & mine.keys(), key=lambda n: -mine[n].lineno):
        place = slice(mine[name].lineno - 1, mine[name].end_lineno)
        lines[place] = ast.get_source_segment(answer, ours[name]).splitlines()
    for name in [name for name in ours if name not in mine]:
        lines += ["", "", *ast.get_source_segment(answer, ours[name]).splitlines()]
    return "\n".join(lines) + "\n"


def scripts(names=NAMES, number=None):
    """Returns the scripts that some pages make, file name -> text, in their order.

    Tasks have our answers. A block of Python that is named after a script is a part of
    it that lies ready, and is not pasted.
    """
    grown = {}
    for _, info, block in on_pages(names, number):
        script = file_of(info, block)
        if info == "sh" and script:
            grown[script] = grown.get(script, "") + python(block)
        elif script:
            grown[script] = f"{grown[script]}\n\n{block}" if script in grown else block
    for task in tasks(names, number).values():
        grown[task.file] = put(task.answer, grown[task.file])
    return grown


def ready(names=NAMES):
    """Returns the scripts of some pages that lie ready, file name -> text."""
    blocks = [(info, block) for _, info, block in on_pages(names) if info != "sh"]
    files = {file_of(*block) for block in blocks}
    made = scripts(names)
    return {name: made[name] for name in made if name in files and name[:4] != "step"}


@functools.cache
def programs():
    """Returns the names of those that lie ready to be run, and not to be imported."""
    commands = {block for page in NAMES for block in fences(page, "sh")}
    return [script for script in ready() if f"python {script}\n" in commands]


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
