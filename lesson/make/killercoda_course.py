"""The lesson as a Killercoda course: one scenario a page, each with its own hour."""

import json
import re
from pathlib import Path

from address import ADDRESS, IS_SET
from pages import NAMES, NEEDS_NETWORKS, PAGES, SET_UP
from pages import before, minutes, pictures, read, sections, title

TITLE = "LeNet-5, step by step"
DESCRIPTION = (
    "Train your first convolutional network on MNIST, "
    "and compare it with the paper of 1998."
)
INTRO = """\
# {title}

{minutes} minutes.

The terminal sets up a machine with {what}. That takes {wait}. When the terminal says `Ready.`, start: you have an hour for this page.
"""
# What the first page says at its end, as far as it can happen on the others.
HELP = """\
<details>
<summary>When you are stuck</summary>

- **A bare `>`**: the end of a block is missing. Press Ctrl-C, and click the block again.
- **`NameError`, `ImportError`, or everything twice**: a block was skipped, or ran twice. Check says what to type.
- **Lines with `WARNING`, `I0000` or `E0000`** are TensorFlow's own, and no errors.

</details>
"""
CHECK = """\
Now press **Check**. If it does not let you on, this says why: `bash ~/lenet5/killercoda/verify.sh`{{exec}}
"""
SET_UP_SCRIPT = """\
#!/bin/bash
# Runs unseen when the page opens. Made by lesson/make/render.py.
mkdir -p ~/.lesson
exec > ~/.lesson/log 2>&1
trap 'touch ~/.lesson/ended' EXIT
for pause in 0 10 30; do  # a second and a third try, if need be
  sleep $pause
  git clone --depth 1 {address} ~/lenet5 && break
done
bash ~/lenet5/killercoda/setup.sh {name}
"""
NEXT = """\
# Done

The next scenario of this course is **{title}**. It begins with what you have made here, on a machine of its own, so take a break first if you like.
"""
PROJECT = f"[project]({ADDRESS})" if IS_SET else "project"
END = f"""\
# Done

You have trained, taken apart and compared LeNet-5. The {PROJECT} has more: the network as it was in 1998, and all results.
"""
LAST = NAMES[-1]  # the exercises, which have no check at their end
CHANGES = {
    "first": {
        "(Paste the block into the terminal, and press Enter.)": (
            "(Click the block: that runs it in the terminal.)"
        ),
        "(Open it in your editor or file manager. Yours has other digits.)": (
            "(Open it in the tab Editor, in the folder `work`. Yours has other digits.)"
        ),
        "Delete that script (`rm step1.py`), and run all of its `cat >>` blocks again, in order. (Those of `step4.py` are on pages 4 and 5.) If you are on a later page, there is a shorter way: delete it, and `python ../lesson/start.py --page step2` brings all that is missing at the beginning of page 2, whose own blocks you then run again.": (
            "Check, at the end of the page, says what to type."
        ),
    },
    "finish": {
        "If no browser opens, open the file `write-digits.html` yourself. (In a Codespace, download it first.) You can also send it": (
            "Serve it with `python -m http.server`{{exec}}, [open it]({{TRAFFIC_HOST1_8000}}/write-digits.html), and press Ctrl-C in the terminal when you have had enough. You can also send the file"
        ),
    },
}


def with_links(text):
    """Returns Markdown for the sandbox, which has no files beside the page.

    Pictures are found in the repository, its other files at its address, if it has one;
    other pages are scenarios of the course, and have no address that is known here.
    """
    for picture in pictures(text):
        text = text.replace(f"]({picture})", f"](../../lesson/{picture})")
    for page in PAGES.values():
        text = re.sub(rf"\[([^]]*)\]\({re.escape(page)}[^)]*\)", r"\1", text)
    elsewhere = r"\[([^]]*)\]\(\.\./(?!\.\./lesson)([^)]*)\)"
    linked = rf"[\1]({ADDRESS}/blob/HEAD/\2)" if IS_SET else r"\1"
    return re.sub(elsewhere, linked, text)


def description(name):
    """Returns what a page says of itself in its first two sentences."""
    if name == NAMES[0]:
        return DESCRIPTION
    _, _, paragraph, *_ = read(name).splitlines()
    return ". ".join(paragraph.replace("`", "").split(". ")[:2]).rstrip(".") + "."


def page_text(name):
    """Returns a page for Killercoda, with marks behind the blocks that are to be run."""
    source = f"lesson/{PAGES[name]}"
    parts = [f"<!-- Made by lesson/make/render.py from {source}: edit that one. -->"]
    for token, text in sections(name, CHANGES.get(name, {}), {SET_UP: ""}):
        if token.info == "sh":
            parts.append(text + "{{exec}}")
        elif token.type == "fence":
            parts.append(text)
        elif text:
            parts.append(with_links(text))
    if name not in (NAMES[0], LAST):
        parts.append(HELP)
    if name != LAST:
        parts.append(CHECK)
    return "\n\n".join(parts).rstrip() + "\n"


def intro(name):
    what, wait = "Python, TensorFlow and the digits", "a minute or two"
    if name != NAMES[0]:
        what += ", and with what the pages before have made, so you can begin here"
    if NEEDS_NETWORKS in [*before(name), name]:
        wait = "a few minutes, since it also trains the networks that this page needs"
    return INTRO.format(title=title(name), minutes=minutes(name), what=what, wait=wait)


def finish(name):
    if name == LAST:
        return END
    return NEXT.format(title=title(NAMES[NAMES.index(name) + 1]))


def index(name):
    """Returns a scenario's `index.json`, as Python has it."""
    step = {"title": title(name), "text": "page.md"}
    if name != LAST:
        step["verify"] = "verify.sh"
    scripts = {"background": "setup.sh", "foreground": "wait.sh"}
    return {
        "title": title(name),
        "description": description(name),
        "difficulty": "beginner",
        "time": f"{minutes(name)} minutes",
        "details": {
            "intro": {"text": "intro.md", **scripts},
            "steps": [step],
            "finish": {"text": "finish.md"},
        },
        "backend": {"imageid": "ubuntu-4GB"},
        "interface": {"layout": "ide"},
    }


def course():
    """Returns all files of the course: path -> text, or Path for a link's target."""
    structure = {
        "title": TITLE,
        "description": DESCRIPTION,
        "items": [{"path": name} for name in NAMES],
    }
    made = {"structure.json": json.dumps(structure, indent=2) + "\n"}
    for name in NAMES:
        made |= {
            f"{name}/index.json": json.dumps(index(name), indent=2) + "\n",
            f"{name}/intro.md": intro(name),
            f"{name}/page.md": page_text(name),
            f"{name}/finish.md": finish(name),
            f"{name}/setup.sh": SET_UP_SCRIPT.format(address=ADDRESS, name=name),
            f"{name}/wait.sh": Path("../wait.sh"),
        }
        if name != LAST:
            made[f"{name}/verify.sh"] = Path("../verify.sh")
    return made
