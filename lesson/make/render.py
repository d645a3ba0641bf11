"""Make everything that is made from the lesson's pages, and put the address in.

    python lesson/make/render.py            writes what has changed
    python lesson/make/render.py --check    says what is out of date, and writes nothing

The pages are the one place of the lesson's text and of the four scripts. Made from them
are `step1.py` to `step4.py`, the notebook `lesson/lenet5.ipynb`, and the folders of the
Killercoda course. The project's address goes from `pyproject.toml` into these, and into
README.md and CONTRIBUTING.md. The page `beyond/write-digits.html` is made from its parts
and the networks in it, which `draw_writing.py` renews. It needs the packages of
tests/requirements.txt.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where pages.py is
sys.path.append(str(Path(__file__).resolve().parents[2] / "beyond"))

import nbformat
from address import with_address
from assemble import assemble, data_of
from killercoda_course import course
from lesson_notebook import notebook
from pages import ROOT, scripts


def files():
    """Returns all that is made: path in the repository -> text."""
    made = {name: text for name, text in scripts().items() if name.startswith("step")}
    made["lesson/lenet5.ipynb"] = nbformat.writes(notebook()) + "\n"
    for name in "README.md", "CONTRIBUTING.md":
        made[name] = with_address((ROOT / name).read_text(encoding="utf-8"))
    page = "beyond/write-digits.html"
    made[page] = assemble(data_of((ROOT / page).read_text(encoding="utf-8")))
    return made | {f"killercoda/{path}": there for path, there in course().items()}


def is_as_made(path, made):
    return path.is_file() and path.read_text(encoding="utf-8") == made


def write(path, made):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made, encoding="utf-8", newline="\n")


def main():
    parser = argparse.ArgumentParser(description="Makes files from the lesson's pages.")
    parser.add_argument("--check", action="store_true", help="only say what is to do")
    options = parser.parse_args()
    made = files()
    changed = [name for name in made if not is_as_made(ROOT / name, made[name])]
    found = [path for path in ROOT.glob("killercoda/*/**/*") if not path.is_dir()]
    found = {path.relative_to(ROOT).as_posix() for path in found}
    no_longer_made = sorted(found - set(made))
    if options.check:
        for name in changed + no_longer_made:
            print(f"{name} is out of date: run python lesson/make/render.py")
        sys.exit(bool(changed + no_longer_made))
    for name in changed:
        write(ROOT / name, made[name])
    for name in no_longer_made:
        (ROOT / name).unlink()


if __name__ == "__main__":
    main()
