"""What `check.py` says of tasks, scripts and pages."""

import argparse
import ast
import builtins
import contextlib
import ctypes
import difflib
import inspect
import io
import os
import re
import runpy
import symtable
import sys
import threading
import time
import traceback
from pathlib import Path
from textwrap import dedent

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"

from pages import CHECK, LESSON, NAMES, ROOT, before, defined, fenced, file_of, gaps
from pages import parts, put, python, ready, scripts, tasks, title
from PIL import Image
from tasks import CHECKS, SCRIPTS, USE_KERAS, Wrong, check_lenet5_file, check_network
from tasks import load_keras

SECONDS = 5  # of the processor's time, for what a learner has written
LONGEST = 60  # seconds by the clock: others may use the processor, too
NEED_KERAS = "keras|step[34]"  # which takes longer to import
CELL = "the cell"  # in a notebook, in place of a file
TASKS = tasks()
MEANINGS = {  # of what Keras says
    "(of type <class 'list'>)": "a list stands among the layers: a star unpacks it",
    "(of type <class 'type'>)": "a layer has no brackets behind its name",
    "of input shape to have value": (
        "a layer was made for another size: make a new one each time, and leave none out"
    ),
}


class Loop(BaseException):
    """What is raised where a learner's code does not end."""


@contextlib.contextmanager
def limit():
    """Raises Loop if what is done within takes too long."""
    done, late = threading.Event(), threading.Event()
    busy, start = time.process_time(), time.monotonic()
    thread = ctypes.c_ulong(threading.get_ident())
    raise_here = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def watch():
        while not done.wait(0.1):
            used, gone = time.process_time() - busy, time.monotonic() - start
            if used > SECONDS or gone > LONGEST:
                late.set()
                raise_here(thread, ctypes.py_object(Loop))
                return

    threading.Thread(target=watch, daemon=True).start()
    try:
        yield
    except BaseException:  # Keras makes other errors of what interrupts it
        if not late.is_set():
            raise
        raise Loop
    finally:
        done.set()


def place_of(error, file):
    """Returns where in the learner's files an error was raised, in words."""
    frames = traceback.extract_tb(error.__traceback__)
    if file == CELL:
        places = [(f.lineno, CELL) for f in frames if "ipykernel" in f.filename]
    else:
        paths = [(f.lineno, Path(f.filename).absolute()) for f in frames]
        mine = set(Path.cwd().glob("*.py")) - {Path("check.py").absolute()}
        places = [(number, path.name) for number, path in paths if path in mine]
    return "line {} of {}: ".format(*places[-1]) if places else ""


def words_of(error):
    """Returns what an error says, in one line; Keras has the cause in its second."""
    for part, meaning in MEANINGS.items():
        if part in str(error):
            return meaning
    lines = re.sub("\x1b\\[[0-9;]*m", "", str(error)).split("\n")
    lines = [line.strip() for line in lines if line.strip()] or [""]
    said = lines[1] if lines[0].startswith("Exception enc") and lines[1:] else lines[0]
    return f"{type(error).__name__}: {said}".rstrip(".: ")


@contextlib.contextmanager
def in_a_sentence(what, file):
    """Turns all that can happen to a learner's code into Wrong, and keeps it quiet."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), limit():
            yield
    except Wrong as wrong:
        if "returns nothing" in str(wrong) and printed.getvalue():
            raise Wrong(f"{what} prints its result: it has to return it.")
        raise
    except SyntaxError as error:
        place = f"line {error.lineno} of {Path(error.filename or file).name}"
        raise Wrong(f"{place} is not Python: {error.msg.rstrip('?')}.")
    except Loop:
        raise Wrong(f"{what} does not end: is there a loop for ever?")
    except SystemExit:
        raise Wrong(f"{file} ends the program: leave out what does that.")
    except Exception as error:
        raise Wrong(f"{place_of(error, file) or f'{what}: '}{words_of(error)}.")


def read(file):
    """Returns a learner's file, which has to be Python, with every function once."""
    if not Path(file).exists():
        raise Wrong(f"{file} is missing: run its blocks on the page again, in order.")
    text = Path(file).read_text(encoding="utf-8", errors="replace")
    with in_a_sentence(file, file):
        ast.parse(text, file)
    check_names(file, text)
    return text


def check_names(file, text):
    """Checks that a file has every function once, though a block may have run twice."""
    names = re.findall(r"(?m)^def (\w+)\(", text)
    for name in names:
        if names.count(name) > 1:
            raise Wrong(f"{name} stands in {file} {names.count(name)} times: keep one.")


def run(file, text):
    """Returns what a learner's file defines, by name."""
    if re.search(NEED_KERAS, text):
        load_keras()
    with in_a_sentence(file, file):
        return runpy.run_path(file, run_name=file.removesuffix(".py"))


def check_task(name, found=None):
    """Checks a task: in its file, or among what is `found` in a notebook.

    Raises Wrong if it is not right.
    """
    functions, check = CHECKS[name]
    file = TASKS[name].file if found is None else CELL
    if not functions:
        return check()
    if found is None:
        text = read(file)
    else:
        mine = [found[f] for f in functions if inspect.isfunction(found.get(f))]
        text = "\n".join(dedent(inspect.getsource(function)) for function in mine)
        for function in mine:
            check_has_run(function, found.get("In", []))
    for function, node in defined(text).items():
        if function in functions and gaps(node):
            raise Wrong(f"{function} is not written yet: put your lines where ... is.")
    found = run(file, text) if found is None else found
    for function in functions:
        if function not in found:
            raise Wrong(f"{file} has no `{function}` yet.")
    if name in USE_KERAS:
        load_keras()
    with in_a_sentence(name, file):
        check(*[found[function] for function in functions])


def check_has_run(function, cells):
    """Checks that a notebook's function is what the last cell with its name defines.

    `cells` are all that were run: one with a slip in it has not defined anything. The
    last one is that which checks.
    """
    name, source = function.__name__, inspect.getsource(function).strip()
    written = [cell for cell in cells[:-1] if f"def {name}(" in cell]
    if written and source not in written[-1] and source not in cells[-1]:
        raise Wrong(
            f"The last cell with {name} in it has not run: mend its error first."
        )


def beginning(name):
    """Returns a task's file as its page begins it, with our answers to tasks before."""
    task = TASKS[name]
    text = scripts(before(task.page)).get(task.file, "")
    for info, block in fenced(task.page):
        if block.strip() == CHECK + name:
            break
        if info == "sh" and file_of(info, block) == task.file:
            text += python(block)
    for other in list(TASKS)[: list(TASKS).index(name)]:
        if TASKS[other].file == task.file:
            text = put(TASKS[other].answer, text)
    return text


def written(name, text):
    """Returns what a file has for a task: its functions, or all of it."""
    functions = defined(TASKS[name].answer)
    if not functions:
        return {text}
    mine = defined(text)
    return {ast.unparse(mine[f]) for f in functions if f in mine}


def answer(name):
    """Puts our answer to a task into its file, and keeps a copy of what was written."""
    task = TASKS[name]
    path = Path(task.file)
    begun = beginning(name)
    mine = path.read_text("utf-8", errors="replace") if path.exists() else begun
    check_names(task.file, mine)
    try:
        is_mine = written(name, mine) - written(name, begun)
        text = put(task.answer, mine)
    except SyntaxError:
        is_mine = True
        text = put(task.answer, begun)
    if is_mine and text != mine:
        kept = path.with_suffix(".mine")
        kept.write_text(mine, encoding="utf-8")
        print(f"What you have written is kept in {kept}.")
    path.write_text(text, encoding="utf-8", newline="\n")


def names_of(text):
    """Returns the names that a script gives to functions and constants, in order."""
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign):
            found += [target.id for target in node.targets if hasattr(target, "id")]
    return found


def count_calls(text):
    """Returns how often a script calls `main` outside of its functions."""
    outside = [n for n in ast.parse(text).body if not isinstance(n, ast.FunctionDef)]
    calls = [n for part in outside for n in ast.walk(part) if isinstance(n, ast.Call)]
    return sum(getattr(call.func, "id", None) == "main" for call in calls)


def tables_in(table):
    """Returns a table of symbols, and those of all functions in it."""
    return [table, *(t for child in table.get_children() for t in tables_in(child))]


def check_names_used(file, text, found):
    """Checks that functions use no name that a script does not have, as after a slip."""
    tables = tables_in(symtable.symtable(text, file, "exec"))
    symbols = [s for t in tables for s in t.get_symbols() if s.is_global()]
    assigned = {s.get_name() for s in symbols if s.is_assigned()}
    names = {s.get_name() for s in symbols}
    unknown = names - assigned - found.keys() - vars(builtins).keys()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.id in unknown:
            raise Wrong(f"line {node.lineno} of {file}: there is no `{node.id}`.")


def check_script(file, ours):
    """Checks that a script has what ours has, and that it does the same."""
    text = read(file)
    found = run(file, text)
    for name in names_of(ours):
        if name not in found:
            raise Wrong(f"{file} has no `{name}` yet: run the block that appends it.")
    check_names_used(file, text, found)
    if count_calls(text) > 1:
        again = f"{file} calls `main` {count_calls(text)} times"
        raise Wrong(f"{again}: keep its last two lines once.")
    if count_calls(text) < count_calls(ours):
        raise Wrong(f"{file} does not call `main` yet: its last two lines do.")
    for name in SCRIPTS.keys() & set(names_of(ours)):
        with in_a_sentence(name, file):
            SCRIPTS[name](found[name])


def check_picture(path):
    again = "run the block that saves it"
    try:
        darkest, lightest = Image.open(path).convert("L").getextrema()
    except FileNotFoundError:
        raise Wrong(f"The picture {path} is missing: {again}.")
    except OSError:
        raise Wrong(f"{path} is not a picture: {again} again.")
    if darkest == lightest:
        raise Wrong(f"The picture {path} is empty: {again} again.")


def check_networks(seen):
    """Checks those that step 4 has trained, on images that they have not seen.

    `seen` says whether they have been trained on the validation images, too.
    """
    from step1 import load_mnist
    from step2 import prepare
    from step4 import NETWORKS

    (images, labels), test = load_mnist()
    images, labels = images[-10000:], labels[-10000:]
    at_least = 0.97
    if seen:
        (images, labels), at_least = test, 0.98
    for name, build in NETWORKS.items():
        path = f"models/{name}.keras"
        check_network(path, prepare(images), labels, build(), at_least)


def check_data():
    if not Path("data/mnist.npz").exists():
        raise Wrong("data/mnist.npz is missing: python ../lesson/start.py brings it.")


def check_page(page, number=None):
    """Checks what a page asks for, or one of its parts, as in the sandbox.

    Scripts are checked as they are at its end, by what they do.
    """
    check_data()
    ours = scripts([*before(page), page], number)
    for file, script in ours.items():
        if file.startswith("step"):
            check_script(file, script)
    shown = parts(page) if number is None else [parts(page)[number - 1]]
    text = "\n".join(words for part in shown for _, words in part)
    for name in re.findall(f"(?m)^{CHECK}(\\w+)$", text):
        check_task(name)
    if 'model.save("first.keras")' in text:
        check_lenet5_file("first.keras", 0.9)
    for path in re.findall(r"Picture saved: (\S+\.png)", text):
        check_picture(path)
    if "\ncompare(" in text:
        check_networks(seen=False)
    elif "```sh\npython step4.py\n" in text:
        check_networks(seen=True)


def sentence(check, *arguments):
    """Returns what a check says, "Right." or a sentence."""
    try:
        check(*arguments)
    except Wrong as wrong:
        return str(wrong)
    return "Right."


def say_how_far():
    """Prints for every page whether it is done, or what is missing.

    Raises Wrong where the digits are not.
    """
    check_data()
    made = {page: scripts([page]).keys() - ready([page]).keys() for page in NAMES}
    made[NAMES[0]] = {"first.keras"}
    for page in filter(made.get, NAMES):  # one has nothing to check
        begun = any(Path(file).exists() for file in made[page])
        said = sentence(check_page, page) if begun else "not begun"
        print(f"{title(page)}: {'done' if said == 'Right.' else said}")
    right = [name for name in TASKS if sentence(check_task, name) == "Right."]
    print(f"Tasks: {len(right)} of {len(TASKS)} are right.")


def main():
    parser = argparse.ArgumentParser(
        "check.py", description='Says "Right.", or what is wrong.'
    )
    names = [*TASKS, *NAMES]
    parser.add_argument("name", nargs="?", metavar="NAME", help="a task, or a page")
    parser.add_argument("part", nargs="?", type=int, help="of the page")
    parser.add_argument(
        "--answer", action="store_true", help="put our answer to the task into its file"
    )
    options = parser.parse_args()
    if options.name not in [None, *names]:
        near = difflib.get_close_matches(options.name, names, 1) or [", ".join(names)]
        parser.error(f"there is no {options.name}: do you mean {near[0]}?")
    if Path.cwd() in (ROOT, LESSON) or Path("../check.py").exists():
        sys.exit("This is not the folder work: cd there first.")
    sys.path.insert(0, "")  # the learner's scripts
    if options.name is None:
        said = sentence(say_how_far)
        return said == "Right." or sys.exit(said)
    if options.answer:
        if options.name not in TASKS:
            parser.error("--answer is for tasks, not for pages.")
        said = sentence(answer, options.name)
        return said == "Right." or sys.exit(said)
    if options.name in TASKS:
        said = sentence(check_task, options.name)
    else:
        if options.part not in (None, *range(1, len(parts(options.name)) + 1)):
            parser.error(f"{options.name} has {len(parts(options.name))} parts.")
        said = sentence(check_page, options.name, options.part)
    print(said)
    if said != "Right.":
        sys.exit(3)
