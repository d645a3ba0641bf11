"""Make everything that is made from the lesson's pages, README.md to finish.md.

    python lesson/render.py            writes what has changed
    python lesson/render.py --check    says what is out of date, and writes nothing

The pages are the one place of the lesson's text and of the four scripts. Made from them
are `step1.py` to `step4.py`, the pages and the `index.json` of the Killercoda scenario,
and the notebook `lesson/lenet5.ipynb`. It needs the packages of tests/requirements.txt.
"""

import argparse
import base64
import json
import re
import sys
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LESSON = Path(__file__).resolve().parent
ROOT = LESSON.parent

# All pages, in their order. In between the first and the last, each has a script in
# killercoda/, `verify` and its number, which says whether a learner may go on.
PAGES = [
    "README.md",
    "step1.md",
    "step2.md",
    "step3.md",
    "step4.md",
    "inside.md",
    "finish.md",
]
# What is served in the sandbox has to be open to its proxy, and has another address.
SANDBOX = {
    "`python beyond/draw.py --browser`": (
        "`python beyond/draw.py --browser --host 0.0.0.0`{{exec}}"
    ),
    "open `http://127.0.0.1:8988`": "[open it]({{TRAFFIC_HOST1_8988}})",
}
SET_UP = "On your own computer"  # the section that is for neither of the two
FIRST_CELL = """\
# Run this cell first. It fetches the digits, from the folder of the repository that
# this notebook is in or, if it is somewhere else, from the internet. (The last page has
# a program, too, which is in the repository only.)
import os
import shutil
import sys
from pathlib import Path
from urllib.request import urlretrieve

Path("data").mkdir(exist_ok=True)
if Path("../data/mnist.npz").exists():
    shutil.copy("../data/mnist.npz", "data")
elif not Path("data/mnist.npz").exists():
    urlretrieve("{url}", "data/mnist.npz")
if Path("../beyond").exists():
    shutil.copytree("../beyond", "beyond", dirs_exist_ok=True)

# `python` below is the Python of this notebook.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]"""


def read(page):
    """Returns the text of a page."""
    return (LESSON / page).read_text(encoding="utf-8")


def fences(page):
    """Returns the fenced blocks of a page, as a CommonMark parser reads it."""
    return [token for token in MarkdownIt().parse(read(page)) if token.type == "fence"]


def scripts():
    """Returns the four scripts, name -> text, from the blocks that append to them."""
    grown = {}
    for page in PAGES:
        for fence in fences(page):
            first, _, rest = fence.content.partition("\n")
            if first.startswith("cat >> step"):
                _, _, name, _ = first.split()
                grown[name] = grown.get(name, "") + rest.removesuffix("PYTHON\n")
    return grown


def sections(page):
    """Returns a page's blocks, `(token, text)`, without what is for that page alone.

    That is the set-up of one's own computer, and the links at the end.
    """
    lines = read(page).splitlines()
    blocks, section = [], None
    tokens = MarkdownIt().parse(read(page))
    for i, token in enumerate(tokens):
        if token.level == 0 and token.map:
            if token.type == "heading_open":
                section = tokens[i + 1].content
            if section != SET_UP:
                blocks.append((token, "\n".join(lines[slice(*token.map)])))
    return blocks[:-1]


def pictures(text):
    """Returns the addresses of the pictures in a piece of Markdown."""
    inline = MarkdownIt().parse(text)
    parts = [part for token in inline for part in token.children or []]
    return [part.attrs["src"] for part in parts if part.type == "image"]


def scenario_page(page):
    """Returns a page for Killercoda, with marks behind the blocks that are to be run."""
    parts = [f"<!-- Made by lesson/render.py from lesson/{page}: edit that one. -->"]
    for token, text in sections(page):
        for picture in pictures(text):
            text = text.replace(f"({picture})", f"(../lesson/{picture})")
        for here, there in SANDBOX.items():
            text = text.replace(here, there)
        parts.append(text + "{{exec}}" if token.info == "sh" else text)
    return "\n\n".join(parts) + "\n"


def scenario_index():
    """Returns the scenario's `index.json`."""
    steps = [
        {
            "title": read(page).splitlines()[0].removeprefix("# "),
            "text": page,
            "verify": f"verify{number}.sh",
        }
        for number, page in enumerate(PAGES[1:-1], start=1)
    ]
    index = {
        "title": "LeNet-5, step by step",
        "description": "Train your first convolutional network on MNIST, "
        "and compare it with the paper of 1998.",
        "details": {
            "intro": {
                "text": "intro.md",
                "background": "setup.sh",
                "foreground": "wait.sh",
            },
            "steps": steps,
            "finish": {"text": PAGES[-1]},
            "assets": {"host01": [{"file": "*.py", "target": "~/lesson/beyond"}]},
        },
        "backend": {"imageid": "ubuntu"},
        "interface": {"layout": "ide"},
    }
    return json.dumps(index, indent=2) + "\n"


def code(commands, begun):
    """Returns the source of a cell that does the same as a block of commands.

    `begun` is the set of the scripts that have been begun; it is updated.
    """
    first, *rest = commands.splitlines()
    if first.startswith("python -"):
        options = first.removeprefix("python -").removesuffix("<<'PYTHON'").strip()
        magic = f"%%python - {options}" if options else "%%python"
        return "\n".join([magic, *rest[:-1]])
    if first.startswith("cat >"):
        _, _, script, _ = first.split()
        option = "-a " if script in begun else ""
        begun.add(script)
        return "\n".join([f"%%writefile {option}{script}", *rest[:-1]])
    return "\n".join(f"!{line}" for line in [first, *rest])


def show(saved):
    """Returns the source of a cell that shows pictures."""
    lines = [f'display(Image("{path}"))' for path in saved]
    return "\n".join(["from IPython.display import Image, display", "", *lines])


def notebook():
    """Returns the lesson as a notebook.

    A picture that the reader has saved is shown from there. Others are put into the
    text as data, since Colab has no files beside the notebook.
    """
    url = re.search(r"https://\S+/mnist\.npz", read("README.md"))[0]
    cells = [new_code_cell(FIRST_CELL.format(url=url))]
    begun, shown = set(), set()
    for page in PAGES:
        for token, text in sections(page):
            if token.info == "sh":
                cells.append(new_code_cell(code(token.content, begun)))
                continue
            marks = [line.partition("Picture saved: ") for line in text.splitlines()]
            saved = [path for _, mark, path in marks if mark]
            if token.info == "text" and saved:
                cells.append(new_code_cell(show(saved)))
                shown.update(Path(path).name for path in saved)
            found = pictures(text)
            if any(Path(picture).name in shown for picture in found):
                continue
            for picture in found:
                data = base64.b64encode((LESSON / picture).read_bytes()).decode()
                text = text.replace(f"({picture})", f"(data:image/png;base64,{data})")
            if cells[-1].cell_type == "code":
                cells.append(new_markdown_cell(text))
            else:
                cells[-1].source += "\n\n" + text
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # by default it is random
    metadata = {
        "kernelspec": {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        },
        "language_info": {"name": "python"},
        "made_by": "lesson/render.py, from the pages lesson/*.md: edit those",
    }
    return new_notebook(cells=cells, metadata=metadata)


def files():
    """Returns the text of every file that is made, by its path in the repository."""
    made = scripts()
    for page in PAGES:
        name = "intro.md" if page == "README.md" else page
        made[f"killercoda/{name}"] = scenario_page(page)
    made["killercoda/index.json"] = scenario_index()
    made["lesson/lenet5.ipynb"] = nbformat.writes(notebook()) + "\n"
    return made


def is_as_made(name, made):
    path = ROOT / name
    return path.exists() and path.read_text(encoding="utf-8") == made[name]


def main():
    parser = argparse.ArgumentParser(description="Makes files from the lesson's pages.")
    parser.add_argument("--check", action="store_true", help="only say what is to do")
    options = parser.parse_args()
    made = files()
    changed = [name for name in made if not is_as_made(name, made)]
    pages = [f"killercoda/{path.name}" for path in ROOT.glob("killercoda/*.md")]
    no_longer_made = sorted(set(pages) - set(made))
    if options.check:
        for name in changed + no_longer_made:
            print(f"{name} is out of date: run python lesson/render.py")
        sys.exit(bool(changed + no_longer_made))
    for name in changed:
        (ROOT / name).write_text(made[name], encoding="utf-8", newline="\n")
    for name in no_longer_made:
        (ROOT / name).unlink()


if __name__ == "__main__":
    main()
