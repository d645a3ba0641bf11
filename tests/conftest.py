"""What the tests share: the steps' folder on the path, and one walk through the lesson."""

import sys
from types import SimpleNamespace

import pytest
from learner import LESSON, PAGES, STEPS, Sandbox
from person import ROOT

sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def followed(tmp_path_factory):
    """The lesson, followed from the first page to the last.

    `shown` is what the terminal shows for each page; `scripts` and `checks` are
    each step's script, and its check's result before and after the page;
    `trained` is the folder as it was after step 4.
    """
    sandbox = Sandbox(tmp_path_factory.mktemp("home"))
    result = SimpleNamespace(shown={}, scripts={}, checks={})
    verify = {step["text"]: step["verify"] for step in STEPS}
    for page in PAGES:
        before = page in verify and sandbox.check(verify[page])
        result.shown[page] = sandbox.follow((LESSON / page).read_text())
        if page in verify:
            number = list(verify).index(page) + 1
            result.checks[number] = before, sandbox.check(verify[page])
            result.scripts[number] = sandbox.script(number)
            result.trained = tmp_path_factory.mktemp(f"after-step{number}")
            sandbox.copy_results(result.trained)
    result.stderr = sandbox.close()
    return result


@pytest.fixture(scope="session")
def trained(followed):
    """The training of the lesson's step 4: the folder, and what it printed."""
    return followed.trained, followed.shown["step4.md"]
