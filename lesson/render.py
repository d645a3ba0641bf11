"""Make the other two renditions of the lesson from its pages, README.md to finish.md.

    python lesson/render.py

writes the pages of the Killercoda scenario, `killercoda/*.md`, its copy of `beyond/`,
and the notebook `lesson/lenet5.ipynb`. It needs the packages of tests/requirements.txt.
"""

import base64
import shutil
import sys
from pathlib import Path

import nbformat
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LESSON = Path(__file__).resolve().parent
ROOT = LESSON.parent
sys.path.insert(0, str(ROOT))
from step1 import URL

PAGES = ["README.md", "step1.md", "step2.md", "step3.md", "step4.md", "finish.md"]
# What is served in the sandbox has to be open to its proxy, and has another address.
SANDBOX = {
    "`python beyond/draw.py --browser`": (
        "`python beyond/draw.py --browser --host 0.0.0.0`{{exec}}"
    ),
    "open `http://127.0.0.1:8988`": "[open it]({{TRAFFIC_HOST1_8988}})",
}
SET_UP = "On your own computer"  # the section that is for neither of the two
FIRST_CELL = f"""\
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
    urlretrieve("{URL}", "data/mnist.npz")
if Path("../beyond").exists():
    shutil.copytree("../beyond", "beyond", dirs_exist_ok=True)

# `python` below is the Python of this notebook.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]"""


def read(page):
    """Returns a page's blocks, `(token, text)`, without what is for that page alone.

    That is the set-up of one's own computer, and the link at the end.
    """
    text = (LESSON / page).read_text()
    lines = text.splitlines()
    blocks, section = [], None
    tokens = MarkdownIt().parse(text)
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
    parts = []
    for token, text in read(page):
        for picture in pictures(text):
            text = text.replace(f"({picture})", f"(../lesson/{picture})")
        for here, there in SANDBOX.items():
            text = text.replace(here, there)
        parts.append(text + "{{exec}}" if token.info == "sh" else text)
    return "\n\n".join(parts) + "\n"


def code(commands, begun):
    """Returns the source of a cell that does the same as a block of commands.

    `begun` is the set of the scripts that have been begun; it is updated.
    """
    first, *rest = commands.splitlines()
    if first == "python - <<'EOF'":
        return "\n".join(["%%python", *rest[:-1]])
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
    cells, begun, shown = [new_code_cell(FIRST_CELL)], set(), set()
    for page in PAGES:
        for token, text in read(page):
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
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return new_notebook(cells=cells, metadata=metadata)


def main():
    for page in PAGES:
        name = "intro.md" if page == "README.md" else page
        (ROOT / "killercoda" / name).write_text(scenario_page(page))
    assets = ROOT / "killercoda" / "assets"
    assets.mkdir(exist_ok=True)
    for script in (ROOT / "beyond").glob("*.py"):
        shutil.copy(script, assets)
    nbformat.write(notebook(), LESSON / "lenet5.ipynb")


if __name__ == "__main__":
    main()
