"""The lesson as a notebook: one kernel, and the pages' outputs as stored outputs."""

import base64
import functools
import re
from pathlib import Path
from textwrap import indent

from address import ADDRESS, BINDER, CODESPACES, COLAB, IS_RELEASE, IS_SET, NAME, REF
from address import SITE
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import BLOCKS, CHECK, LESSON, NAMES, NEEDS_NETWORKS, PAGES, ROOT, SET_UP
from pages import STUCK, before, defined, file_of, on_pages, pictures, programs, python
from pages import read, ready, scripts, sections, tasks, title, training

FIRST_CELL = """\
# @title Run this cell first, and again after a restart.
import contextlib
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

# The last cell makes two devices out of the processor. Later, TensorFlow would refuse.
cpu = tf.config.list_physical_devices("CPU")[0]
half = tf.config.LogicalDeviceConfiguration()
try:
    tf.config.set_logical_device_configuration(cpu, [half, half])
except RuntimeError:
    raise UsageError("Another cell was first: restart the kernel, and run this one.")


# On Kaggle, what has been added to a notebook is in a folder of its own.
ADDED = Path("/kaggle/input")


def find_project():
    here = Path.cwd()
    found = [here / "lenet5", here, *here.parents, *ADDED.glob("*")]
    return [folder for folder in found if (folder / "lesson/start.py").exists()]


# In the project, the lesson has a folder with the digits, and with all scripts for
# whoever starts in the middle. A notebook alone needs at least the digits.
if not find_project() and "{address}":
    options = ["-q", "-c", "advice.detachedHead=false", "--depth=1"{branch}]
    if subprocess.run(["git", "clone", *options, "{address}", "lenet5"]).returncode:
        print("The project could not be fetched: what needs its files will say so.")
if find_project():
    sys.path.append(str(find_project()[0] / "lesson"))
    import start

    # Where the project is must not be written, the folder is beside the notebook.
    work = start.WORK if os.access(start.ROOT, os.W_OK) else Path("work").resolve()
    start.bring_files(work / "notebook", "{last}")
    os.chdir(work / "notebook")
    import checking
else:
    found = [path.as_uri() for path in ADDED.rglob("mnist.npz")]
    digits = (found or ["{url}"])[0]
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


def check(task):
    said = "The checks are a part of the project, which is not here."
    if find_project():
        said = checking.sentence(checking.check_task, task, globals())
    print(said)
    return said == "Right."


# Whether what you have written can stay: otherwise our answer is needed.
def is_right(task):
    with contextlib.redirect_stdout(None):
        right = check(task)
    ours = "From here on, ours is used: open this cell to see it."
    print("Yours is right, and stays." if right else ours)
    return right


# What only a script has: a file of its own, beside which are the data, and options.
__file__ = "step1.py"
sys.argv = ["step4.py"]
print("Ready.")"""
FIRST = """\
if "needs" not in globals():
    from IPython.core.error import UsageError

    raise UsageError("Run the notebook's first cell, and then this one.")"""
CATCH_UP = """\
# If you start here, or after a restart: run the notebook's first cell, and then this one.
# It brings what the pages before have made, but not what you have changed in them.
{first}
if "{name}" not in globals():
    needs("{script}")
    {runs}"""
TRAIN = """
# On Binder, restart the kernel before you start here.
if not Path("models").exists():  # page 4 trains the networks, in a minute
{block}"""
WRITE_DIGITS = "beyond/write_digits.py"
WRITE_ON = "write-digits.html"
SHOW_PAGE = """
from html import escape

from IPython.display import HTML

document = escape(Path("write-digits.html").read_text(encoding="utf-8"))
HTML(f'<div><iframe srcdoc="{document}" width="100%" height="900"></iframe></div>')"""
TOP = """\
# LeNet-5, step by step

Train your first convolutional network: the LeNet-5 of 1998, on the handwritten digits of MNIST.

You write the parts that matter yourself, and are told what is wrong until it is right. Then you look inside, find out where such networks fail, cure them, and go on to pictures of your own.

It needs no graphics card: each training takes seconds or minutes on two cores.

{project}

{picture}"""
TOP_PICTURE = "assets/write-digits.png"
PART_OF = "The notebook is a part of [a project]({}), from which its first cell brings what it needs."
PART_OF_THIS = "The notebook is a part of [this project](../README.md)."
SECTIONS = {
    SET_UP: """\
The first cell makes all ready. Run it now (press Shift and Enter): after some ten seconds, it says `Ready.` Run it again whenever the kernel has been restarted.""",
    BLOCKS: """\
## Cells and tasks

Change something in a cell and run it again: all that you run after it has the change. Below a cell stands what you should see (in a fold, to open, where the text asks you first). In what is shown there, three dots stand for what is left out, and a number after a `~` will be a little different for you. When you run the cell, your own output takes their place. Wherever the page asks you something, make a guess before you open the answer: that is when one learns.

**A task** is three cells. The first has `...` in it: write your lines in their place, and run it. The second checks it, and says "Right.", or what is wrong. It looks at what your lines do, not at how you write them, so there are many right answers. The third has our answer, folded. Run it in any case: if yours is right, it stays; if not, the notebook goes on with ours.""",
    STUCK: """\
## When you are stuck

- **To stop a training**, interrupt the kernel (the square above).
- **After a restart, and on the next day**, run the first cell of the notebook, and then go on with the first cell of any page. (Cells that you have changed, run again.)
- **`NameError`**: a cell was left out, or the kernel has been restarted. Do the same.
- **`NoneType`** or **`ellipsis`** in an error: a task that is needed here is not written yet. Run the cell with its answer.
- **The kernel has died**: it had too little memory. On Binder, which has 2 GB, restart it before pages 5 to 9.""",
}
CHANGES = {
    "first": {
        "Before anything is installed, open the file": "Before anything else, open the file",
        "(It is in the project's folder `beyond`. On a code host, download it first.)": (
            "(It is in the project's folder `beyond`. From a sandbox or a code host, download it first.)"
        ),
        "(Paste the block into the terminal, and press Enter.)": (
            "(A cell runs when you press Shift and Enter.)"
        ),
        "(Open it in your editor or file manager. Yours has other digits.)": (
            "(Yours has other digits.)"
        ),
        " TensorFlow's own lines, with words like `WARNING`, `I0000` or `E0000`, are not errors.)": ")",
        "On these pages four scripts grow, `step1.py` to `step4.py`. Part of them you paste, and the parts that matter you write yourself": (
            "The lesson makes four scripts, `step1.py` to `step4.py`. Here they are cells. Part of them is there, and the parts that matter you write yourself"
        ),
    },
    "step1": {"This puts it into your file:\n": ""},
    "step4": {
        "so you need not paste it.": "so it is there already, in folded cells.",
        " This copies the finished script over yours (all that you have pasted is in it):": "",
        "If no browser opens, open the file `write-digits.html` yourself. (In a Codespace, download it first.) Write a 3.": (
            "The page is also a file, `write-digits.html` in the folder `work/notebook`: open that in a tab of its own if the cell is too narrow for its three columns. Write a 3."
        ),
        "**On the page**, reload it, and write the same 3.": (
            "**On the page**, write the same 3."
        ),
    },
    "inside": {
        "`plot_mistakes` came with `step4.py`.": "`plot_mistakes` is on page 4."
    },
    "apart": {
        "which lie ready in `exercise.py`.": "in the next cell, which is folded.",
        "change `PASSES` in that file.": "change `PASSES` in that cell.",
    },
    "cures": {
        "`moved.py`, which lies ready, prints": "`print_moved`, in the next cell, prints",
        "`curves.py` lies ready: `learn` trains": "In the next cell, `learn` trains",
        "move that to your folder `work`.": "move that to the folder `work/notebook`.",
        "## 5. Moved digits\n": """\
## 5. Moved digits

(On Binder, restart the kernel, and run the first cell of the notebook, and the first one of this page.)
""",
    },
    "shapes": {
        'Then write `FOLDER = "photos"` in `folders.py`.': (
            'Then write `FOLDER = "photos"` in the cell `folders.py`, and run it. (The folder is beside the notebook\'s others, in `work/notebook`.)'
        ),
    },
    "handwriting": {
        "Now close all pages, and begin with an empty file.": (
            "Now begin with an empty cell, and do not look up."
        ),
        "Write `memory.py`: load the digits": "Load the digits",
        "If no browser opens, open the file `write-digits.html` yourself. (In a Codespace, download it first.) You can also send it": (
            "The page is also a file, `write-digits.html` in the folder `work/notebook`. You can send it"
        ),
    },
}
MODULES = "|".join(name.removesuffix(".py") for name in scripts())
STEPS = re.compile(rf"^(from ({MODULES}) import|import ({MODULES})\b) .*\n", re.M)
# Below a cell stands what its last line returns, which does not interest here.
RETURNS = re.compile(
    r"^((\w+\.)?(compare|evaluate|fit|train|train_network|trial)\(.*\))\Z", re.M
)
# Where a page asks a question, and has no fold for what is seen.
FOLD = "<details>\n<summary>What you should see</summary>"
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}  # Colab, JupyterLab


def first_cell():
    about = (ROOT / "data" / "README.md").read_text("utf-8")
    url = re.search(r"https://\S+/mnist\.npz", about)[0]
    address = ADDRESS if IS_SET else ""
    branch = f', "--branch={REF}"' if IS_RELEASE else ""
    cell = new_code_cell(
        FIRST_CELL.format(address=address, branch=branch, url=url, last=NAMES[-1])
    )
    cell.metadata = FOLDED
    return cell


def catch_up(names):
    """Returns a cell that runs the scripts of some pages, if need be.

    The last one comes first: it imports from the others what they then define anew, as
    if their cells had been run.
    """
    if not names:
        return new_code_cell(FIRST)
    texts = {name: text for name, text in scripts(names).items() if defined(text)}
    made = [script for script in texts if script not in programs()][::-1]
    *_, known = [name for name in defined(texts[made[0]]) if name != "main"]
    runs = "\n    ".join(f"%run -i -n {script}" for script in made)
    source = CATCH_UP.format(first=FIRST, name=known, script=made[0], runs=runs)
    if before(NEEDS_NETWORKS)[-1] in names:
        source += TRAIN.format(block=indent(code(training()).rstrip(";"), "    "))
    return new_code_cell(source)


def main_of(script):
    """Returns the lines of a page that end a script: its `main`, and what calls it."""
    blocks = [block for _, *block in on_pages(NAMES) if file_of(*block) == script]
    info, text = blocks[-1]
    return python(text) if info == "sh" else text


def code(block):
    """Returns the source of a cell that does the same as a block of commands, or ""."""
    first_line = block.partition("\n")[0]
    command = first_line.removeprefix("python ")
    script = command.split()[0]
    if first_line.startswith(CHECK):
        return "" if "--answer" in block else f'check("{command.split()[1]}");'
    if first_line.startswith("cp ") or script == "memory.py":
        return ""
    if script in programs():
        return RETURNS.sub(r"\1;", without_imports(ready()[script]))
    if command.startswith("step"):
        return without_imports(main_of(command))
    if command.startswith("beyond/"):
        show = SHOW_PAGE if script == WRITE_DIGITS else ""
        return f'needs("{script}")\n%run {command}{show}'
    return RETURNS.sub(r"\1;", without_imports(python(block)))


def without_imports(source):
    """Returns Python that does not import what other cells have."""
    source = STEPS.sub("", source).strip()
    return re.sub(r"\n\n+import", r"\n\nimport", source)


def answer_cell(name, answer):
    """Returns the cell with our answer to a task, which takes over if need be."""
    source = f'# @title Our answer\nif not is_right("{name}"):\n'
    cell = new_code_cell(source + indent(without_imports(answer), "    "))
    cell.metadata = FOLDED
    return cell


def task_in_a_cell(begins):
    return f"**Task.** {begins[1].upper()}"


@functools.cache
def places():
    """Returns where in the notebook other pages are, and their headings, by address."""
    found = {}
    for name, page in PAGES.items():
        found[page] = title(name).replace(" ", "-")
        for heading in re.findall("(?m)^## (.*)$", read(name)):
            place = heading.replace(" ", "-")
            found[f"{page}#{place.lower()}"] = place
    return found


def in_cells(text):
    """Returns Markdown that speaks of cells, and whose links lead to headings here."""
    text = re.sub(r"\*\*Task\.\*\* In `\w+\.py`, (\w)", task_in_a_cell, text)
    text = text.replace("first block", "first training")
    text = re.sub(r"\bblock(s?)\b", r"cell\1", text)
    for address, place in places().items():
        text = text.replace(f"]({address})", f"](#{place})")
    if not IS_SET:
        return text
    text = text.replace(f"](../beyond/{WRITE_ON}", f"]({SITE}/beyond/{WRITE_ON}")
    return text.replace("](../", f"]({ADDRESS}/blob/{REF}/")


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
        elif "</details>" in cell.source:
            return False
    return False


def saves(cell, picture):
    """Returns whether a cell has made a picture, by its name."""
    printed = "".join(output.get("text", "") for output in cell.outputs)
    return Path(picture).name in cell.source + printed


def encoded(picture):
    return base64.b64encode((LESSON / picture).read_bytes()).decode()


def with_data(text):
    """Returns Markdown with its pictures as data: there may be no files beside it."""
    for picture in pictures(text):
        text = text.replace(
            f"({picture})", f"(data:image/png;base64,{encoded(picture)})"
        )
    return text


def add_picture(cells, text, picture):
    """Adds a paragraph with a picture: to the outputs of the cell that has made it."""
    cell = cells[last_code(cells)] if last_code(cells) else None
    if cell and saves(cell, picture):
        alternative = re.match(r"!\[(.*)\]", text)[1]
        shown = {"image/png": encoded(picture), "text/plain": alternative}
        alt = {"image/png": {"alt": alternative}}
        cell.outputs.append(new_output("display_data", shown, metadata=alt))
    else:
        add_text(cells, with_data(text))


def add_fold(cells, texts):
    """Adds what stands in a fold, but for its code, which has cells of its own."""
    summary, *texts = texts
    if any(texts):
        add_text(cells, "\n\n".join([summary, *filter(None, texts), "</details>"]))


def add_code(cells, name, token):
    """Adds the cell of a block of commands, or of a block of Python."""
    script = file_of(token.info, token.content)
    if "if __name__ ==" in token.content:
        return  # where the script runs
    if token.info == "python":
        (task,) = [n for n, t in tasks([name]).items() if t.answer == token.content]
        cells.append(answer_cell(task, token.content))
    elif token.info == "sh" and code(token.content):
        cells.append(new_code_cell(code(token.content)))
    elif token.info != "sh" and script not in programs():
        source = f"# @title {script}\n{without_imports(token.content)}"
        cells.append(new_code_cell(source, metadata=FOLDED))


def add_page(cells, name):
    """Adds the cells of a page; `main` is not defined, but runs where a script runs."""
    fold, parts = None, sections(name, CHANGES.get(name, {}), SECTIONS)
    for place, (token, text) in enumerate(parts):
        if place == 1 and name != NAMES[0]:
            cells.append(catch_up(before(name)[1:]))
        if token.info == "sh" or token.info.startswith("python"):
            add_code(cells, name, token)
            if token.info == "python":
                fold[0] = fold[0].replace("Answer", "About our answer")
        elif token.info == "text" or pictures(text):
            if fold:
                fold.append(with_data(text))
            elif is_asked(cells):
                add_fold(cells, [FOLD, with_data(text)])
            elif pictures(text):
                add_picture(cells, text, *pictures(text))
            else:
                output = new_output("stream", text=token.content)
                cells[last_code(cells)].outputs.append(output)
        elif text.startswith("<details>"):
            fold = [text]
        elif text == "</details>":
            add_fold(cells, fold)
            fold = None
        elif fold:
            fold.append(in_cells(text))
        else:
            add_text(cells, in_cells(text))
            if text == SECTIONS[SET_UP]:
                cells.append(first_cell())


def top():
    """Returns what is seen before anything is run."""
    (picture,) = [text for _, text in sections("handwriting") if TOP_PICTURE in text]
    project = PART_OF_THIS
    if IS_SET:
        project = f"{COLAB}\n{CODESPACES}\n{BINDER}\n\n{PART_OF.format(ADDRESS)}"
        raw = f"https://raw.githubusercontent.com/{NAME}/{REF}/lesson/{TOP_PICTURE}"
        picture = picture.replace(TOP_PICTURE, raw)
    return TOP.format(project=project, picture=picture)


def notebook():
    """Returns the lesson as a notebook."""
    cells = [new_markdown_cell(top())]
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
        "colab": {"provenance": [], "toc_visible": True},
        "made_by": "lesson/make/render.py, from the pages lesson/*.md: edit those",
    }
    return new_notebook(cells=cells, metadata=metadata)
