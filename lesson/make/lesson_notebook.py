"""The lesson as a notebook: one kernel, and the pages' outputs as stored outputs."""

import ast
import base64
import re
from pathlib import Path
from textwrap import indent

from address import ADDRESS, IS_SET
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import LESSON, NAMES, NEEDS_NETWORKS, PAGES, ROOT, SET_UP, STUCK, before
from pages import fences, pictures, python, scripts, sections, title

FIRST_CELL = """\
# @title Run this cell first, and again after a restart.
import os
import subprocess
import sys
from pathlib import Path

from IPython.core.error import UsageError

# What is set here has to be known before TensorFlow is loaded. While it is, what it has
# to say (to file descriptor 2) goes nowhere.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
stderr = os.dup(2)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
try:
    import keras
    import tensorflow as tf
except ModuleNotFoundError:
    raise UsageError(
        "TensorFlow is missing: run `%pip install tensorflow matplotlib` in a new cell, "
        "and this cell again."
    )
finally:
    os.dup2(stderr, 2)
keras.config.set_image_data_format("channels_last")
keras.config.set_floatx("float32")
tf.get_logger().setLevel("ERROR")

# Exercise 7 makes two devices out of the processor. Later, TensorFlow would refuse.
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
try:
    tf.config.set_logical_device_configuration(cpu, [half, half])
except RuntimeError:
    raise UsageError("Another cell was first: restart the kernel, and run this one.")


def find_project():
    here = Path.cwd()
    found = [here / "lenet5", here, *here.parents]
    return [folder for folder in found if (folder / "lesson/start.py").exists()]


# In the project, the lesson has a folder with the digits, and with all scripts for
# whoever starts in the middle. A notebook alone needs at least the digits.
if not find_project() and "{address}":
    subprocess.run(["git", "clone", "-q", "--depth=1", "{address}", "lenet5"])
if find_project():
    sys.path.append(str(find_project()[0] / "lesson"))
    import start

    start.bring_files(start.WORK / "notebook", "finish")
    os.chdir(start.WORK / "notebook")
else:
    digits = "{url}"
    try:
        keras.utils.get_file("mnist.npz", digits, cache_dir=".", cache_subdir="data")
    except Exception:
        raise UsageError(
            "The digits could not be fetched: switch the internet on (on Kaggle it is "
            "in the settings), and run this cell again."
        )


def needs(path):
    if not Path(path).exists():
        raise UsageError(
            f"{{path}} is not here: this cell needs the files of the project, and works "
            "in a copy of all of it."
        )


# What only a script has: a file of its own, beside which are the data, and options.
__file__ = "step1.py"
sys.argv = ["step4.py"]
print("Ready.")"""
CATCH_UP = """\
# If you start here, or after a restart: run the notebook's first cell, and then this one.
# It brings what the pages before have made, but not what you have changed in them.
if "{name}" not in globals():
    needs("{script}")
    {runs}"""
TRAIN = """
# On Binder, restart the kernel before you start here.
if not Path("models").exists():  # page 4 trains the networks, in a minute
{block}"""
WRITE_DIGITS = "beyond/write_digits.py"
SHOW_PAGE = """
from html import escape

from IPython.display import HTML

document = escape(Path("write-digits.html").read_text(encoding="utf-8"))
HTML(f'<div><iframe srcdoc="{document}" width="100%" height="900"></iframe></div>')"""
SECTIONS = {
    SET_UP: """\
The first cell makes all ready. Run it now (press Shift and Enter): after some ten seconds, it says `Ready.` Run it again whenever the kernel has been restarted.""",
    STUCK: """\
## Cells, and when you are stuck

Change something in a cell and run it again: all that you run after it has the change. Below a cell stands what you should see (three dots, to click, where the text asks you first). In these outputs, three dots stand for what is left out, and a number after a `~` will be a little different for you. When you run the cell, your own output takes their place.

- **To stop a training**, interrupt the kernel (the square above).
- **After a restart**, run the first cell of the notebook, and then go on with the first cell of any page. (Cells that you have changed, run again.)
- **`NameError`**: a cell was left out, or the kernel has been restarted. Do the same.
- **The kernel has died**: it had too little memory. On Binder, which has 2 GB, restart it before pages 5 and 6, and before exercise 5.""",
}
CHANGES = {
    "first": {
        "(Paste the block into the terminal, and press Enter.)": (
            "(A cell runs when you press Shift and Enter.)"
        ),
        "(Open it in your editor or file manager. Yours has other digits.)": (
            "(Yours has other digits.)"
        ),
        " (TensorFlow's own lines, with words like `WARNING`, `I0000` or `E0000`, are not errors.)": "",
        "On these pages you write four scripts, `step1.py` to `step4.py`.": (
            "The lesson writes four scripts, `step1.py` to `step4.py`. Here they are cells."
        ),
    },
    "inside": {
        "`argparse` reads two options from the command line, so that": (
            "`argparse` reads two options from the command line (a notebook has none), so that"
        ),
    },
    "finish": {
        "If no browser opens, open the file `write-digits.html` yourself. (In a Codespace, download it first.) You can also send it": (
            "The page is also a file, `write-digits.html` in the folder `work/notebook`. You can send it"
        ),
        "## 5. Moved digits\n": """\
## 5. Moved digits

(On Binder, restart the kernel, and run the first cell of the notebook, and the first two of this page.)
""",
    },
}
STEPS = re.compile(r"^from (step\d|convolve|exercise) import .*\n", re.M)
# Below a cell stands what its last line returns, which does not interest here.
RETURNS = re.compile(r"^((\w+\.)?(compare|evaluate|fit|train)\(.*\))\Z", re.M)


def first_cell():
    url = re.search(r"https://\S+/mnist\.npz", (ROOT / "data/README.md").read_text())[0]
    address = ADDRESS if IS_SET else ""
    cell = new_code_cell(FIRST_CELL.format(address=address, url=url))
    # Folded, with its first line in sight: by Colab, and by JupyterLab.
    cell.metadata = {"cellView": "form", "jupyter": {"source_hidden": True}}
    return cell


def catch_up(names):
    """Returns a cell that runs the scripts of some pages, if need be.

    The last one comes first: it imports from the others what they then define anew, as
    if their cells had been run.
    """
    *_, text = scripts(names[-1:]).values()
    functions = [node.name for node in ast.parse(text).body if hasattr(node, "name")]
    known = [name for name in functions if name != "main"][-1]
    made = list(reversed(scripts(names)))
    runs = "\n    ".join(f"%run -i -n {script}" for script in made)
    source = CATCH_UP.format(name=known, script=made[0], runs=runs)
    trainer = before(NEEDS_NETWORKS)[-1]
    if trainer in names:
        *_, block = fences(trainer, "sh")
        source += TRAIN.format(block=indent(code(block).rstrip(";"), "    "))
    return new_code_cell(source)


def main_of(script):
    """Returns the block that appends `main` to a script."""
    blocks = [block for name in NAMES for block in fences(name, "sh")]
    return [block for block in blocks if block.startswith(f"cat >> {script}")][-1]


def code(block):
    """Returns the source of a cell that does the same as a block of commands."""
    command = block.partition("\n")[0].removeprefix("python ")
    if command.startswith("step"):
        return code(main_of(command))
    if command.startswith("beyond/"):
        script = command.split()[0]
        show = SHOW_PAGE if script == WRITE_DIGITS else ""
        return f'needs("{script}")\n%run {command}{show}'
    source = STEPS.sub("", python(block)).strip()
    source = re.sub(r"\n\n+import", r"\n\nimport", source)
    return RETURNS.sub(r"\1;", source)


def with_links(text):
    """Returns Markdown whose links to other pages lead to their headings."""
    for name, page in PAGES.items():
        text = text.replace(f"]({page})", f"](#{title(name).replace(' ', '-')})")
    return text


def add_text(cells, text):
    if cells and cells[-1].cell_type == "markdown":
        cells[-1].source += "\n\n" + text
    else:
        cells.append(new_markdown_cell(text))


def last_code(cells):
    """Returns the number of the last cell with code, or None."""
    numbers = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    return numbers[-1] if numbers else None


def is_asked(cells):
    """Returns whether the text before the last cell with code has asked a question.

    It stays open until a cell shows something.
    """
    for cell in reversed(cells[: last_code(cells)]):
        if cell.cell_type == "code":
            if cell.outputs:
                return False
        elif re.search(r"\?|Work out", cell.source.split("\n\n")[-1]):
            return True
    return False


def show(cell, text, folded):
    """Stores what a cell prints; `folded` hides all outputs until it is run."""
    if folded:
        cell.metadata = {"collapsed": True, "jupyter": {"outputs_hidden": True}}
        text = f"\n{text}"  # JupyterLab shows the first line all the same
    cell.outputs.append(new_output("stream", text=text))


def saves(cell, picture):
    """Returns whether a cell has made a picture, by its name."""
    printed = "".join(output.get("text", "") for output in cell.outputs)
    return Path(picture).name in cell.source + printed


def add_picture(cells, text, picture):
    """Adds a paragraph with a picture: to the outputs of the cell that has made it.

    Others are put into the text as data, since there may be no files beside it.
    """
    data = base64.b64encode((LESSON / picture).read_bytes()).decode()
    cell = cells[last_code(cells)] if last_code(cells) else None
    if cell and saves(cell, picture):
        alternative = re.match(r"!\[(.*)\]", text)[1]
        shown = {"image/png": data, "text/plain": alternative}
        cell.outputs.append(new_output("display_data", shown))
    else:
        address = f"data:image/png;base64,{data}"
        add_text(cells, text.replace(f"({picture})", f"({address})"))


def add_page(cells, name):
    """Adds the cells of a page; `main` is not defined, but runs where a script runs."""
    answer, parts = False, sections(name, CHANGES.get(name, {}), SECTIONS)
    for place, (token, text) in enumerate(parts):
        if place == 1 and name in NAMES[2:]:
            cells.append(catch_up(before(name)[1:]))
        if token.info == "sh":
            if "if __name__ ==" not in token.content:
                cells.append(new_code_cell(code(token.content)))
        elif token.info == "text":
            show(cells[last_code(cells)], token.content, answer or is_asked(cells))
        elif pictures(text):
            add_picture(cells, text, *pictures(text))
        else:
            answer = text.startswith("<details>") or answer and text != "</details>"
            add_text(cells, with_links(text))
            if text == SECTIONS[SET_UP]:
                cells.append(first_cell())


def notebook():
    """Returns the lesson as a notebook."""
    cells = []
    for name in NAMES:
        add_page(cells, name)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # by default it is random
    metadata = {
        "kernelspec": {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        },
        "language_info": {"name": "python"},
        "made_by": "lesson/make/render.py, from the pages lesson/*.md: edit those",
    }
    return new_notebook(cells=cells, metadata=metadata)
