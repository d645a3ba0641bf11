"""The exercises on the lesson's last page, followed where step 4 ends."""

import shutil

import pytest
from conftest import Home, check_errors, clean, compare
from person import ROOT


@pytest.fixture(scope="module")
def exercised(tmp_path_factory):
    """The folder, and what `follow` returns."""
    home = Home(tmp_path_factory.mktemp("home"))
    shutil.copytree(ROOT / "data", home.folder / "data")
    for script in ROOT.glob("step?.py"):
        shutil.copy(script, home.folder)
    shutil.copytree(ROOT / "beyond", home.folder / "beyond")
    (home.folder / "models").symlink_to("one-pass/models")  # from the first exercise
    return home.folder, *home.follow("finish.md")


def test_output_shown_is_output_seen(exercised):
    for shown, seen in exercised[1]:
        compare(shown, clean(seen))


def test_nothing_failed(exercised):
    check_errors(exercised[2])


def test_they_leave_everything_as_it_was(exercised):
    folder = exercised[0]
    names = {path.name for path in folder.iterdir()} - {"__pycache__"}
    scripts = {"step1.py", "step2.py", "step3.py", "step4.py"}
    given = {"data", "beyond", "models", *scripts}
    assert names == given | {"exercise.py", "one-pass", "photo.png", "figures"}
    for script in scripts:
        assert (folder / script).read_bytes() == (ROOT / script).read_bytes()
