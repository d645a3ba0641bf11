"""start.py: what the learner's folder has in it, for each page, and what stays."""

import sysconfig
from pathlib import Path

import pytest
import start
import step4
from outputs import hold_out_few
from pages import LAST_NETWORK, NAMES, PAGES, before, fences, ready, scripts
from person import ENVIRONMENT, ROOT, run_python, sentence, windows_lacks
from project import Project, blocks


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy in a folder with a name that shells and addresses have trouble with."""
    return Project(tmp_path_factory.mktemp("a") / "Übung #1", few=True)


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}


@pytest.mark.parametrize("name", NAMES[:5])
def test_a_page_begins_with_what_the_pages_before_have_made(name, project):
    result = project.start("--page", name)
    assert (result.returncode, result.stderr) == (0, "")
    page = f"lesson/{PAGES[name]}"
    assert result.stdout == f"Now type `cd work`, and go on with {page}.\n"
    made = scripts(before(name))
    beyond = {path for path in files(ROOT) if path.startswith("beyond/")}
    beyond = {path for path in beyond if "__pycache__" not in path}
    data = {"data/README.md", "data/mnist.npz", "data/signs.json"}
    assert files(project.work) == {*data, *beyond, *made, *ready(), "check.py"}
    for script, text in made.items():
        assert (project.work / script).read_text() == hold_out_few(text)


def test_what_is_there_stays_and_what_is_missing_comes(project):
    (project.work / "step1.py").write_text("mine")
    (project.work / "beyond" / "as_mnist.py").write_text("mine, too")
    (project.work / "data" / "mnist.npz").unlink()
    half, _, _ = scripts()["step2.py"].partition("def pad")
    (project.work / "step2.py").write_text(half)
    assert project.start("--page", "step3").returncode == 0
    assert (project.work / "step1.py").read_text() == "mine"
    assert (project.work / "step2.py").read_text() == scripts()["step2.py"]
    assert (project.work / "beyond" / "as_mnist.py").read_text() == "mine, too"
    assert (project.work / "data" / "mnist.npz").exists()
    (project.work / "step1.py").unlink()


def test_a_task_that_is_not_written_gets_our_answer_and_others_stay(tmp_path):
    mine = scripts()["loss.py"].replace("powers", "mine")
    half = mine.replace("return -np.log(probabilities[label])", "...")
    only_one = mine.partition("\n\n\ndef cross")[0] + "\n"
    for begun in half, only_one:
        (tmp_path / "loss.py").write_text(begun)
        start.bring_files(tmp_path, "inside")
        assert (tmp_path / "loss.py").read_text() == mine
    (tmp_path / "loss.py").write_text("def softmax(")
    start.bring_files(tmp_path, "inside")
    assert (tmp_path / "loss.py").read_text() == "def softmax("


def test_what_programs_leave_is_not_brought(tmp_path, monkeypatch):
    """Such as a page's folder when somebody has opened it in JupyterLab."""
    monkeypatch.setattr(start, "ROOT", tmp_path / "project")
    for name in "beyond/html/page.js", "beyond/LICENSE", "data/mnist.npz":
        for folder in "", ".ipynb_checkpoints", "__pycache__":
            path = tmp_path / "project" / Path(name).parent / folder / Path(name).name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("something")
    start.bring_files(tmp_path / "work", "first")
    brought = {path for path in files(tmp_path / "work") if "/" in path}
    assert brought == {"beyond/html/page.js", "data/mnist.npz"}
    assert (tmp_path / "work" / "beyond" / "LICENSE").exists()


def test_from_another_folder(project):
    windows_lacks("bash")
    other = project.folder.parent
    result = run_python(project.folder / "lesson" / "start.py", cwd=other)
    assert result.stdout.startswith("Now type `cd 'Übung #1/work'`, and go on")
    command = result.stdout.split("`")[1]
    folder = project.bash(f"{command} && pwd", cwd=other).stdout.rstrip("\n")
    assert Path(folder).samefile(project.work)
    result = run_python("../lesson/start.py", cwd=project.work)
    assert result.stdout == "Now go on with lesson/README.md.\n"


def test_a_project_without_digits(tmp_path):
    project = Project(tmp_path / "project", few=True)
    (project.folder / "data" / "mnist.npz").unlink()
    result = project.start()
    assert result.returncode == 1 and sentence(result.stderr) == (
        "The digits are missing: data/README.md says how to get them."
    )


def test_another_page(project):
    result = project.start("--page", "step9")
    assert result.returncode == 2
    assert "argument --page: invalid choice: 'step9'" in result.stderr


@pytest.mark.slow
def test_the_last_pages_find_networks(project):
    """They are trained once, by the page before, and pages 5 and 6 look into them."""
    assert project.start("--page", "inside").returncode == 0
    network, *_ = project.work.glob("models/*.keras")
    time = network.stat().st_mtime
    assert project.start("--page", "shapes").returncode == 0
    assert network.stat().st_mtime == time
    names = {path.stem for path in project.work.glob("models/*.keras")}
    assert names == {*step4.NETWORKS}
    assert LAST_NETWORK == f"models/{[*step4.NETWORKS][-1]}.keras"
    look = [block for block in blocks("inside") if "import plot_" in block]
    assert "Picture saved" in project.bash(look[0].replace("10000", "300")).stdout


@pytest.mark.slow
def test_on_ones_own_computer(tmp_path):
    """The set-up of the first page, and what brings one back, with few images."""
    set_up, come_back, train, *_ = fences("first", "sh")
    project = Project(tmp_path / "the project", few=True)
    packages = f"{ENVIRONMENT['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    own = {"PYTHONPATH": packages, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    for commands in set_up, come_back + hold_out_few(train):
        result = project.bash(f"set -e\n{commands}", project.folder, **own)
        assert result.returncode == 0, result.stderr
    assert (project.work / "first.keras").exists()
