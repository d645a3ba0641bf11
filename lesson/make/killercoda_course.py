"""The lesson as a Killercoda course: one scenario a page, each with its own hour."""

import json
import re
from pathlib import Path

from pages import BEYOND, PAGES, SET_UP, pictures, read, sections, title

# Where the links of the sandbox lead. Whoever publishes the project puts its address here.
REPOSITORY = "https://github.com/OWNER/REPOSITORY"
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
Now press **Check**. If it does not let you on, this says why: `bash ~/.lesson/verify.sh`{{exec}}
"""
NEXT = """\
# Done

The next scenario of this course is **{title}**. It begins with what you have made here, on a machine of its own, so take a break first if you like.
"""
END = f"""\
# Done

You have trained, taken apart and compared LeNet-5. The [project]({REPOSITORY}) has more: the network as it was in 1998, and all results.
"""
CHANGES = {
    "README.md": {
        "(Paste the block into the terminal, and press Enter.)": (
            "(Click the block: that runs it in the terminal.)"
        ),
        "(Open it in your editor or file manager. Yours has other digits.)": (
            "(Open it in the tab Editor, in the folder `lesson`. Yours has other digits.)"
        ),
        "Delete that script (`rm step1.py`), and run all of its `cat >>` blocks again, in order. (Those of `step4.py` are on pages 4 and 5.)": (
            "Check, at the end of the page, says what to type."
        ),
    },
    "finish.md": {
        "Copy the folder to where your scripts are, if it is not there yet.": (
            "It is on this machine already."
        ),
        "If no browser opens, open the file `lenet5.html` yourself. (In a Codespace, download it first.) You can also send it": (
            "Serve it with `python -m http.server`{{exec}}, [open it]({{TRAFFIC_HOST1_8000}}/lenet5.html), and press Ctrl-C in the terminal when you have had enough. You can also send the file"
        ),
    },
}


def name(page):
    """Returns the name of a page's scenario, which is its folder."""
    return "first" if page == "README.md" else page.removesuffix(".md")


def is_checked(page):
    """Returns whether a page has a check at its end: the exercises have none."""
    return page != PAGES[-1]


def minutes(page):
    return int(re.search(r"(\d+) minutes", read(page))[1])


def with_links(text):
    """Returns Markdown for the sandbox, which has no files beside the page.

    Pictures are found in the repository, its other files at its address; other pages
    are scenarios of the course, and have no address that is known here.
    """
    for picture in pictures(text):
        text = text.replace(f"]({picture})", f"](../../lesson/{picture})")
    for page in PAGES:
        text = re.sub(rf"\[([^]]*)\]\({re.escape(page)}[^)]*\)", r"\1", text)
    return re.sub(r"\]\(\.\./(?!\.\./lesson)", f"]({REPOSITORY}/blob/HEAD/", text)


def description(page):
    """Returns what a page says of itself in its first two sentences."""
    if page == PAGES[0]:
        return DESCRIPTION
    _, _, paragraph, *_ = read(page).splitlines()
    return ". ".join(paragraph.replace("`", "").split(". ")[:2]).rstrip(".") + "."


def page_text(page):
    """Returns a page for Killercoda, with marks behind the blocks that are to be run."""
    parts = [f"<!-- Made by lesson/make/render.py from lesson/{page}: edit that one. -->"]
    for token, text in sections(page, CHANGES.get(page, {}), {SET_UP: ""}):
        if token.info == "sh":
            parts.append(text + "{{exec}}")
        elif token.type == "fence":
            parts.append(text)
        elif text:
            parts.append(with_links(text))
    if is_checked(page) and page != PAGES[0]:
        parts.append(HELP)
    if is_checked(page):
        parts.append(CHECK)
    return "\n\n".join(parts).rstrip() + "\n"


def intro(page):
    what, wait = "Python, TensorFlow and the digits", "a minute or two"
    if page != PAGES[0]:
        what += ", and with what the pages before have made, so you can begin here"
    if PAGES.index(page) > PAGES.index("step4.md"):
        wait = "a few minutes, since it also trains the networks that this page needs"
    return INTRO.format(title=title(page), minutes=minutes(page), what=what, wait=wait)


def finish(page):
    if page == PAGES[-1]:
        return END
    return NEXT.format(title=title(PAGES[PAGES.index(page) + 1]))


def index(page):
    """Returns a scenario's `index.json`, as Python has it."""
    step = {"title": title(page), "text": "page.md"}
    assets = [{"file": "*", "target": "~/.lesson"}]
    if is_checked(page):
        step["verify"] = "verify.sh"
    else:
        assets += [{"file": file, "target": "~/lesson/beyond"} for file in BEYOND]
    return {
        "title": title(page),
        "description": description(page),
        "difficulty": "beginner",
        "time": f"{minutes(page)} minutes",
        "details": {
            "intro": {
                "text": "intro.md",
                "background": "setup.sh",
                "foreground": "wait.sh",
            },
            "steps": [step],
            "finish": {"text": "finish.md"},
            "assets": {"host01": assets},
        },
        "backend": {"imageid": "ubuntu-4GB"},
        "interface": {"layout": "ide"},
    }


def links(page):
    """Returns what a scenario has from elsewhere: path in its folder -> target."""
    number = PAGES.index(page)
    found = {
        "setup.sh": "../setup.sh",
        "wait.sh": "../wait.sh",
        "assets/scripts.sh": "../../scripts.sh",
        "assets/requirements.txt": "../../../requirements.txt",
    }
    for i, earlier in enumerate(PAGES[: number + 1]):
        found[f"assets/{i}-{earlier}"] = f"../../../lesson/{earlier}"
    if is_checked(page):
        found["verify.sh"] = "../verify.sh"
        found["assets/verify.sh"] = "../../verify.sh"
        found["assets/check.py"] = "../../check.py"
    else:
        found |= {f"assets/{file}": f"../../../beyond/{file}" for file in BEYOND}
    return found


def course():
    """Returns all files of the course: path -> text, or Path for a link's target."""
    items = [{"path": name(page)} for page in PAGES]
    structure = {"title": TITLE, "description": DESCRIPTION, "items": items}
    made = {"structure.json": json.dumps(structure, indent=2) + "\n"}
    for page in PAGES:
        made |= {
            f"{name(page)}/index.json": json.dumps(index(page), indent=2) + "\n",
            f"{name(page)}/intro.md": intro(page),
            f"{name(page)}/page.md": page_text(page),
            f"{name(page)}/finish.md": finish(page),
        }
        made |= {f"{name(page)}/{path}": Path(to) for path, to in links(page).items()}
    return made
