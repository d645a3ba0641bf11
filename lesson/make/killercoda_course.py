"""The lesson as a Killercoda course: a scenario for each page, and its own hour."""

import json
import re

from address import ADDRESS, IS_SET
from pages import NAMES, NEEDS_NETWORKS, PAGES, ROOT, SET_UP
from pages import before, minutes, parts, pictures, read, ready, title

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
- **`NameError`, `ImportError`, or everything twice**: a block was skipped, or ran twice. `python check.py` says what is missing. A script that you cannot mend you can delete (`rm step2.py`): then click its `cat >>` blocks again, in order. What pages before this one have made comes back with `python ../lesson/start.py --page {name}`.
- **Lines with `WARNING`, `I0000` or `E0000`** are TensorFlow's own, and no errors.

</details>
"""
CHECK = """\
Now press **Check**. If it does not let you on, this says why: `python check.py {name} {number}`{mark}
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

The next scenario of this course is **{title}**. It begins with what this page makes, on a machine of its own, so take a break first if you like.
"""
PROJECT = f"[project]({ADDRESS})" if IS_SET else "project"
END = f"""\
# Done

You have trained, taken apart and compared LeNet-5. The {PROJECT} has more: the network as it was in 1998, and all results.
"""
LAST = NAMES[-1]
PROGRAMS = ready()
SHORT = 200  # words, of a heading that does not make a step by itself
# What check.py looks at in a part of a page.
CHECKED = re.compile(
    r"(?m)^(cat >> step|cp \.\./step|python check\.py \w+$|Picture saved: |compare\()"
)
TRAINS = re.compile(r"\b(fit|train|train_network|trial|try_out|learn)\(")
SAVES = re.compile(r"save|\bcompare\(")
EXEC, STOP_AND_EXEC = "{{exec}}", "{{exec interrupt}}"
SERVER = "python -m http.server"
SERVE = (
    f"serve it with `{SERVER}`{EXEC}, and "
    "[open it]({{TRAFFIC_HOST1_8000}}/write-digits.html)"
)
# Behind what is to be done on the page that comes with the project.
OPEN_AGAIN = (
    f" (If you have closed it: `{SERVER} -d ~/lenet5/beyond`{EXEC}, and "
    "[open it again]({{TRAFFIC_HOST1_8000}}/write-digits.html).)"
)
CHANGES = {
    "first": {
        "Before anything is installed, open the file [`write-digits.html`](../beyond/write-digits.html) in your browser. (It is in the project's folder `beyond`. On a code host, download it first.)": (
            f"When the terminal says `Ready.`, there is a page for you on this machine. Serve it with `{SERVER} -d ~/lenet5/beyond`{EXEC}, and [open it]({{{{TRAFFIC_HOST1_8000}}}}/write-digits.html)."
        ),
        "Leave this page open:": (
            "Leave this page open (it goes on working when the next block has stopped the server):"
        ),
        "(Paste the block into the terminal, and press Enter.)": (
            "(Click the block: that runs it in the terminal.)"
        ),
        "(Open it in your editor or file manager. Yours has other digits.)": (
            "(Open it in the tab Editor, in the folder `lenet5/work`. Yours has other digits.)"
        ),
        "open the file in your editor (in a terminal,": (
            "open the file in the tab Editor, in the folder `lenet5/work` (or in the terminal,"
        ),
        "In the project's folder, `source .venv/bin/activate && cd work` brings you back.": (
            "`source ~/lenet5/.venv/bin/activate && cd ~/lenet5/work` brings you back."
        ),
        "so `cd work` first": "so `cd ~/lenet5/work` first",
        "Press Ctrl-C, and paste it again.": "Press Ctrl-C, and click the block again.",
    },
    "step4": {
        "If no browser opens, open the file `write-digits.html` yourself. (In a Codespace, download it first.) Write": (
            f"Now {SERVE}. Write"
        ),
        "**On the page**, reload it,": f"Again, {SERVE}. Reload it,",
    },
    "inside": {
        "**On the page** that you made at the end of page 4,": (
            f"Make the page again that you made at the end of page 4 (`python beyond/write_digits.py`{EXEC}), {SERVE}. On it,"
        ),
    },
    "cures": {
        "move that to your folder `work`": (
            "drag that into the folder `lenet5/work` in the tab Editor"
        ),
        "Now open `write-signs.html`:": (f"Now {SERVE.replace('digits', 'signs')}:"),
    },
    "handwriting": {
        "If no browser opens, open the file `write-digits.html` yourself. (In a Codespace, download it first.) You can also send it": (
            f"Now {SERVE}. You can also send the file"
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


def has_commands(blocks):
    return any(token.info == "sh" for token, _ in blocks)


def is_checked(blocks):
    return any(CHECKED.search(text) for _, text in blocks)


def is_whole(blocks):
    """Returns whether some parts of a page are enough for a step."""
    words = sum(len(text.split()) for _, text in blocks)
    return is_checked(blocks) or has_commands(blocks) and words >= SHORT


def steps(name):
    """Returns the steps of a page: the number of the last part in each, and its blocks.

    Every heading begins a new step, unless the step before it has nothing to check, and
    is short or without commands. So a step has one part to check at most, its last.
    """
    found = [(0, [])]
    for number, part in enumerate(parts(name, CHANGES.get(name, {}), {SET_UP: ""}), 1):
        _, begun = found[-1]
        if is_whole(begun):
            found.append((number, part))
        else:
            found[-1] = number, begun + part
    return found


def step_title(blocks):
    """Returns the headings of a step, without the page's own."""
    return " · ".join(text[3:] for token, text in blocks if text and token.tag == "h2")


def goes_on(block):
    """Returns whether a block trains a network that is not kept, and may be stopped."""
    program = PROGRAMS.get(block.removeprefix("python ").strip(), "")
    code = block if block.startswith("python -") else program
    return TRAINS.search(code) and not SAVES.search(code)


def step_texts(name):
    """Returns the steps of a page for Killercoda, with marks behind what is to be run.

    A block stops what runs before it: a server, or a training that is not kept.
    """
    source, mark, made = f"lesson/{PAGES[name]}", EXEC, []
    for number, blocks in steps(name):
        step = [f"<!-- Made by lesson/make/render.py from {source}: edit that one. -->"]
        for token, text in blocks:
            if token.info == "sh":
                step.append(text + mark)
                mark = STOP_AND_EXEC if goes_on(token.content) else EXEC
            elif token.type == "fence":  # without the file's name
                step.append(text.replace(token.info, token.info.split()[0], 1))
            elif text:
                text += OPEN_AGAIN if text.startswith("**On the page**") else ""
                step.append(with_links(text))
                mark = STOP_AND_EXEC if SERVER in text else mark
        if is_checked(blocks):
            step.append(CHECK.format(name=name, number=number, mark=mark))
        if has_commands(blocks):
            step.append(HELP.format(name=name))
        made.append("\n\n".join(step).rstrip() + "\n")
    return made


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
    listed = []
    for i, (_, blocks) in enumerate(steps(name), 1):
        listed.append({"title": step_title(blocks), "text": f"step{i}.md"})
        if is_checked(blocks):
            listed[-1]["verify"] = f"verify{i}.sh"
    scripts = {"background": "setup.sh", "foreground": "wait.sh"}
    return {
        "title": title(name),
        "description": description(name),
        "difficulty": "beginner",
        "time": f"{minutes(name)} minutes",
        "details": {
            "intro": {"text": "intro.md", **scripts},
            "steps": listed,
            "finish": {"text": "finish.md"},
        },
        "backend": {"imageid": "ubuntu-4GB"},
        "interface": {"layout": "ide"},
    }


def verify(name, number):
    """Returns what runs when the learner presses Check."""
    template = (ROOT / "killercoda" / "verify.sh").read_text(encoding="utf-8")
    return template.replace("PAGE PART", f"{name} {number}")


def course():
    """Returns all files of the course: path -> text."""
    wait = (ROOT / "killercoda" / "wait.sh").read_text(encoding="utf-8")
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
            f"{name}/finish.md": finish(name),
            f"{name}/setup.sh": SET_UP_SCRIPT.format(address=ADDRESS, name=name),
            f"{name}/wait.sh": wait,
        }
        for i, text in enumerate(step_texts(name), 1):
            made[f"{name}/step{i}.md"] = text
        for i, (number, blocks) in enumerate(steps(name), 1):
            if is_checked(blocks):
                made[f"{name}/verify{i}.sh"] = verify(name, number)
    return made
