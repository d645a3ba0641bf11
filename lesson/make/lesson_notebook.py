"""The lesson as a notebook: one kernel, and the pages' outputs as stored outputs."""

import ast
import base64
import bz2
import json
import re
from pathlib import Path
from textwrap import indent

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import BEYOND, LESSON, PAGES, ROOT, SET_UP, STUCK
from pages import fences, pictures, read, scripts, sections, title

FIRST_CELL = """\
# @title Run this cell first, and again after a restart.
import base64
import bz2
import json
import os
import shutil
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
tf.get_logger().setLevel("ERROR")

# Exercise 7 makes two devices out of the processor. Later, TensorFlow would refuse.
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])

# A folder for all that the lesson makes. In it are the digits, copied if they are on
# this computer, and the finished scripts, for whoever starts in the middle.
FOLDER = "lenet5-notebook"
SCRIPTS = "{scripts}"
if Path.cwd().name != FOLDER:
    Path(FOLDER, "data").mkdir(parents=True, exist_ok=True)
    if Path("../data/mnist.npz").exists():
        shutil.copy("../data/mnist.npz", f"{{FOLDER}}/data")
    os.chdir(FOLDER)
for name, text in json.loads(bz2.decompress(base64.b85decode(SCRIPTS))).items():
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-8")
try:
    keras.utils.get_file("mnist.npz", "{url}", cache_dir=".", cache_subdir="data")
except Exception:
    raise UsageError(
        "The digits could not be fetched: switch the internet on (on Kaggle it is in "
        "the settings), and run this cell again."
    )

# What only a script has: a file of its own, beside which are the data, and options.
__file__ = "step1.py"
sys.argv = ["step4.py"]
print("Ready.")"""
CATCH_UP = """\
# If you start here, or after a restart: run the notebook's first cell, and then this one.
# It brings what the pages before have made, but not what you have changed in them.
if "{name}" not in globals():
    {runs}"""
TRAIN = """
# On Binder, restart the kernel before you start here.
if not Path("models").exists():  # page 4 trains the networks, in a minute
{block}"""
SHOW_PAGE = """\
%run beyond/page.py
from html import escape

from IPython.display import HTML

document = escape(Path("lenet5.html").read_text(encoding="utf-8"))
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
    "README.md": {
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
    "inside.md": {
        "reads the options of the command line.\n": (
            "reads the options of the command line. (A notebook has none: below, a cell sets one.)\n"
        ),
    },
    "finish.md": {
        "Copy the folder to where your scripts are, if it is not there yet.": (
            "The first cell has brought it."
        ),
        "If no browser opens, open the file `lenet5.html` yourself. (In a Codespace, download it first.) You can also send it": (
            "The page is also a file, `lenet5.html` in the folder `lenet5-notebook`. You can send it"
        ),
        "## 5. Moved digits\n": """\
## 5. Moved digits

(On Binder, restart the kernel, and run the first cell of the notebook, and the first two of this page.)
""",
    },
}
STEPS = re.compile(r"^from (step\d|convolve|exercise) import .*\n", re.M)
GUARD = 'if __name__ == "__main__":'
ARGUMENTS = 'sys.argv = ["step4.py"{}]'
# Below a cell stands what its last line returns, which does not interest here.
RETURNS = re.compile(r"^((\w+\.)?(compare|evaluate|fit|train)\(.*\))\Z", re.M)


def packed():
    """Returns the scripts that the first cell unpacks, as text for a string."""
    texts = scripts()
    del texts["exercise.py"]  # nothing comes after it
    for name in BEYOND:
        texts[f"beyond/{name}"] = (ROOT / "beyond" / name).read_text(encoding="utf-8")
    return base64.b85encode(bz2.compress(json.dumps(texts).encode())).decode()


def catch_up(pages):
    """Returns the source of a cell that runs the scripts of some pages, if need be.

    The last one comes first: it imports from the others what they then define anew, as
    if their cells had been run.
    """
    last = list(scripts(pages[-1:]).values())[-1]
    functions = [node.name for node in ast.parse(last).body if hasattr(node, "name")]
    names = [name for name in functions if name != "main"]
    runs = [f"%run -i -n {script}" for script in reversed(scripts(pages))]
    source = CATCH_UP.format(name=names[-1], runs="\n    ".join(runs))
    if "step4.md" in pages:
        *_, block = (f.content for f in fences("step4.md") if f.info == "sh")
        source += TRAIN.format(block=indent(code(block).rstrip(";"), "    "))
    return source


def code(commands):
    """Returns the source of a cell that does the same as a block of commands."""
    first, _, rest = commands.rstrip().partition("\n")
    if first == "python beyond/page.py":
        return SHOW_PAGE
    if first.startswith("python beyond/"):
        return f"%run {first.removeprefix('python ')}"
    source = STEPS.sub("", rest.removesuffix("PYTHON")).strip()
    source = re.sub(r"\n\n+import", r"\n\nimport", source)
    options = first.removeprefix("python -").removesuffix("<<'PYTHON'").split()
    if first.startswith("python -") and options:
        quoted = "".join(f', "{option}"' for option in options)
        before, after = ARGUMENTS.format(quoted), ARGUMENTS.format("")
        source = f"{before}\ntry:\n{indent(source, '    ')}\nfinally:\n    {after}"
    return RETURNS.sub(r"\1;", source)


def with_links(text):
    """Returns Markdown whose links to other pages lead to their headings."""
    for page in PAGES:
        text = text.replace(f"]({page})", f"](#{title(page).replace(' ', '-')})")
    return text


def add_text(cells, text):
    if cells and cells[-1].cell_type == "markdown":
        cells[-1].source += "\n\n" + text
    else:
        cells.append(new_markdown_cell(text))


def asks(cells):
    """Returns whether the paragraph before the next cell has a question, or a task."""
    *_, paragraph = cells[-1].source.split("\n\n")
    return cells[-1].cell_type == "markdown" and re.search(r"\?|Work out", paragraph)


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


def add_picture(cells, cell, text, picture):
    """Adds a paragraph with a picture: to the outputs of the cell that has made it.

    Others are put into the text as data, since there may be no files beside it.
    """
    data = base64.b64encode((LESSON / picture).read_bytes()).decode()
    if cell and saves(cell, picture):
        alternative = re.match(r"!\[(.*)\]", text)[1]
        shown = {"image/png": data, "text/plain": alternative}
        cell.outputs.append(new_output("display_data", shown))
    else:
        address = f"data:image/png;base64,{data}"
        add_text(cells, text.replace(f"({picture})", f"({address})"))


def first_cell():
    url = re.search(r"https://\S+/mnist\.npz", read("README.md"))[0]
    cell = new_code_cell(FIRST_CELL.format(scripts=packed(), url=url))
    # Folded, with its first line in sight: by Colab, and by JupyterLab.
    cell.metadata = {"cellView": "form", "jupyter": {"source_hidden": True}}
    return cell


def notebook():
    """Returns the lesson as a notebook.

    The code of `main` waits for the command that runs its script: then it runs itself.
    """
    cells, cell, main, asked = [], None, None, False
    for number, page in enumerate(PAGES):
        answer = False
        parts = sections(page, CHANGES.get(page, {}), SECTIONS)
        for place, (token, text) in enumerate(parts):
            if token.info == "sh":
                source = code(token.content)
                if GUARD in source:
                    main = source
                    continue
                if re.match(r"python step\d", token.content):
                    source = main
                # A question stays open until a cell shows something.
                asked = asks(cells) or asked and not cell.outputs
                cell = new_code_cell(source)
                cells.append(cell)
            elif token.info == "text":
                show(cell, token.content, asked or answer)
            elif pictures(text):
                add_picture(cells, cell, text, *pictures(text))
            else:
                answer = text.startswith("<details>") or answer and text != "</details>"
                add_text(cells, with_links(text))
                if text == SECTIONS[SET_UP]:
                    cells.append(first_cell())
                if number > 1 and place == 1:
                    cells.append(new_code_cell(catch_up(PAGES[1:number])))
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
