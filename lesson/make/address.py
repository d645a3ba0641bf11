"""The project's address, from `pyproject.toml`, and what documents say with it."""

import re

from pages import NAMES, ROOT

ADDRESS = re.search(
    r'^Repository = "(.*)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.M
)[1]
NAME = ADDRESS.removeprefix("https://github.com/")
IS_SET = NAME != "OWNER/REPOSITORY"
CODESPACES = f"https://codespaces.new/{NAME}?quickstart=1"
BINDER = f"https://mybinder.org/v2/gh/{NAME}/HEAD?labpath=lesson/lenet5.ipynb"
COLAB = f"https://colab.research.google.com/github/{NAME}/blob/HEAD/lesson/lenet5.ipynb"
BUTTONS = f"""\
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]({COLAB})
[![Open in GitHub Codespaces](https://github.com/codespaces/badge.svg)]({CODESPACES})
[![Open in Binder](https://mybinder.org/badge_logo.svg)]({BINDER})"""
# What stands between a document's marks `<!-- made: ... -->` and `<!-- end -->`, without
# an address and with one.
PARTS = {
    "browser": (
        """\
The lesson also runs in a browser, with nothing to install: in a Codespace, on Binder, in Colab and on Killercoda. The links will stand here when the project has [an address](CONTRIBUTING.md#publishing).
""",
        f"""\
In the browser, with nothing to install:

- [Codespaces]({CODESPACES}) (with a GitHub account): wait a few minutes. The lesson opens beside an editor and a terminal; packages and digits are there.
- [Binder]({BINDER}). It has 2 GB and one core, which is enough if you restart the notebook's kernel before pages 5 to 8, as it says there. Download what you want to keep: it forgets everything when you pause.
- [Colab]({COLAB}).
- Killercoda: a course of {len(NAMES)} scenarios, an hour each, when somebody has [published it](CONTRIBUTING.md#publishing).
""",
    ),
    "clone": (
        """\
Download the project as a ZIP file and unpack it, or clone it with git. The digits are included. In a terminal, go to its folder.
""",
        f"""\
Clone the project, or download it as a ZIP file and unpack it. The digits are included. Then go to its folder:

```sh
git clone {ADDRESS}.git
cd {NAME.partition("/")[2]}
```
""",
    ),
    "publishing": (
        "The project has no address yet.\n",
        f"The project's address is <{ADDRESS}>.\n",
    ),
}


def with_address(document):
    """Returns a document with the parts between its marks as they should be."""
    return re.sub(
        r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)",
        lambda mark: mark[1] + PARTS[mark[2]][IS_SET] + mark[3],
        document,
        flags=re.S,
    )
