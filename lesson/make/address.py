"""The project's address and version, from `pyproject.toml`, and what documents say."""

import re

from pages import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
ADDRESS = re.search('^Repository = "(.*)"', PROJECT, re.M)[1]
NAME = ADDRESS.removeprefix("https://github.com/")
OWNER, _, REPOSITORY = NAME.partition("/")
SITE = f"https://{OWNER}.github.io/{REPOSITORY}"
VERSION = re.search('^version = "(.*)"', PROJECT, re.M)[1]
IS_RELEASE = VERSION != "0"
REF = f"v{VERSION}" if IS_RELEASE else "HEAD"  # what Binder and Colab open
TESTS = f"{ADDRESS}/actions/workflows/tests.yml"
IS_SET = NAME != "OWNER/REPOSITORY"
CODESPACES = f"[![Open in GitHub Codespaces](https://github.com/codespaces/badge.svg)](https://codespaces.new/{NAME}?quickstart=1)"
BINDER = f"[![Launch Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/{NAME}/{REF}?labpath=lesson/lenet5.ipynb)"
COLAB = f"[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{NAME}/blob/{REF}/lesson/lenet5.ipynb)"
# What stands between a document's marks `<!-- made: ... -->` and `<!-- end -->`, without
# an address and with one.
PARTS = {
    "badges": (
        "",
        f"""\
[![Tests]({TESTS}/badge.svg)]({TESTS})

[**Write a digit**]({SITE}/beyond/write-digits.html) now, or [read the lesson]({SITE}/lesson/README.html) as a site.
""",
    ),
    "browser": (
        "",
        f"""\
In the browser, with nothing to install:

- {CODESPACES} (with a GitHub account): wait a few minutes. The lesson opens beside an editor and a terminal; packages and digits are there.
- {BINDER} has 2 GB and one core, which is enough if you restart the notebook's kernel before pages 5 to 9, as it says there. Download what you want to keep: it forgets everything when you pause.
- {COLAB}
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
cd {REPOSITORY}
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
