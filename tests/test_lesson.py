"""The lesson: what a learner who follows it gets, and that all of it is there."""

import json
import os
import re
import shutil
import subprocess

import pytest
from learner import LESSON, PAGES, STEPS, Sandbox, blocks_to_run, outputs, shows
from person import ENVIRONMENT, ROOT


@pytest.mark.parametrize("page", PAGES)
def test_output_shown_is_output_seen(page, followed):
    for output in outputs((LESSON / page).read_text()):
        assert shows(followed.shown[page], output), output


@pytest.mark.parametrize("page", PAGES)
def test_every_mark_stands_behind_a_block(page):
    text = (LESSON / page).read_text()
    assert text.count("{{") == len(blocks_to_run(text))
    assert text.count("```") == 2 * len(blocks_to_run(text) + outputs(text))


def test_nothing_failed(followed):
    assert "Traceback" not in followed.stderr
    assert "No such file" not in followed.stderr
    assert "event not found" not in followed.stderr


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_script_that_grew_is_ours(number, followed):
    assert followed.scripts[number] == (ROOT / f"step{number}.py").read_bytes()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_check_stops_before_the_page_and_lets_on_after_it(number, followed):
    assert followed.checks[number] == (False, True)


WRONG = {
    "changed": lambda page: page.replace("28, 28", "28, 82", 1),
    "left out": lambda page: page.replace(page_blocks(page)[3], "", 1),
    "in another order": lambda page: swap(page, *page_blocks(page)[3:5]),
}


def page_blocks(page):
    return [f"```sh\n{block}```{{{{exec}}}}" for block in blocks_to_run(page)]


def swap(page, one, other):
    return page.replace(one, "\0").replace(other, one).replace("\0", other)


@pytest.mark.parametrize("wrong", [None, *WRONG])
def test_a_wrong_page_is_noticed(wrong, tmp_path):
    page = (LESSON / "step1.md").read_text()
    followed = WRONG[wrong](page) if wrong else page
    assert (followed == page) == (wrong is None)
    sandbox = Sandbox(tmp_path)
    sandbox.follow(followed)
    same = sandbox.script(1) == (ROOT / "step1.py").read_bytes()
    sandbox.close()
    assert same == (wrong is None)


@pytest.mark.parametrize(
    "output, there",
    [
        ("one 1\n", True),
        ("two   2\n", True),
        ("one 1\ntwo 2\n", True),
        ("one 1\n...\nfour ~3 %\n", True),
        ("three ~9 s\n", True),
        ("one 2\n", False),
        ("two 2\none 1\n", False),
        ("one 1\nthree ~9 s\n", False),
        ("four ~9 %\n", False),
        ("four ~900 %\n", True),
    ],
)
def test_shows(output, there):
    assert (
        shows("zero\none 1\ntwo 2\nthree 300 s\nfour 4 %\nfour 1,000 %\n", output)
        == there
    )


@pytest.mark.parametrize(
    "step, right, wrong",
    [
        (1, "return (x_train, y_train), (x_test, y_test)", "return (x_test, y_test)"),
        (2, "BACKGROUND = -0.1", "BACKGROUND = 0"),
        (3, "layers.Conv2D(16, 5,", "layers.Conv2D(16, 3,"),
        (4, None, None),
    ],
)
def test_check_stops_a_wrong_solution(step, right, wrong, trained, tmp_path):
    sandbox = Sandbox(tmp_path)
    for number in 1, 2, 3, 4:
        code = (ROOT / f"step{number}.py").read_text()
        if number == step and right:
            assert right in code
            code = code.replace(right, wrong)
        (sandbox.folder / f"step{number}.py").write_text(code)
    shutil.copytree(trained[0], sandbox.folder, dirs_exist_ok=True)
    if step == 4:  # a network that has learned nothing
        new = "import step3; step3.build_lenet5().save('models/lenet5-1998.keras')"
        sandbox.run(f'source .venv/bin/activate\npython -c "{new}"')
    assert not sandbox.check(STEPS[step - 1]["verify"])
    sandbox.close()


def test_every_file_is_named_and_there():
    index = (LESSON / "index.json").read_text()
    named = {"index.json", *re.findall(r'": "([\w-]+\.(?:md|sh))"', index)}
    pages = [*(LESSON / page for page in PAGES), ROOT / "README.md"]
    for page in pages:
        for picture in re.findall(
            r"\]\((?:\./|lesson/)(assets/.*?)\)", page.read_text()
        ):
            named.add(picture)
    files = {str(p.relative_to(LESSON)) for p in LESSON.rglob("*") if p.is_file()}
    assert files == named


def test_set_up_installs_what_the_requirements_say():
    requirements = (ROOT / "requirements.txt").read_text().splitlines()
    packages = [line for line in requirements if not line.startswith("pytest")]
    install = re.search(r"pip install (.*)", (LESSON / "setup.sh").read_text())[1]
    assert install.replace("'", "").split(" ") == packages


def run_script(name, home, **environment):
    return subprocess.run(
        ["bash", LESSON / name],
        env={**ENVIRONMENT, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_set_up_that_fails_is_said_plainly(tmp_path):
    (tmp_path / "apt-get").write_text("#!/bin/sh\necho no package for you\nexit 1\n")
    (tmp_path / "apt-get").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert run_script("setup.sh", tmp_path, PATH=path).returncode != 0
    shown = run_script("wait.sh", tmp_path).stdout
    assert "The set-up failed." in shown
    assert "no package for you" in shown


def test_set_up_that_succeeds(tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in "apt-get", "pip", "python":  # what they fetch is not for a test
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@"\n')
        (tools / tool).chmod(0o755)
    (tools / "python3").write_text(
        "#!/bin/sh\nmkdir -p .venv/bin\necho 'echo active' > .venv/bin/activate\n"
    )
    (tools / "python3").chmod(0o755)
    (tmp_path / ".keras" / "datasets").mkdir(parents=True)
    (tmp_path / ".keras" / "datasets" / "mnist.npz").write_bytes(b"digits")
    path = f"{tools}:{os.environ['PATH']}"
    result = run_script("setup.sh", tmp_path, PATH=path)
    assert result.returncode == 0, (tmp_path / ".lesson-setup.log").read_text()
    assert (tmp_path / "lesson" / "data" / "mnist.npz").read_bytes() == b"digits"
    shown = run_script("wait.sh", tmp_path).stdout
    assert shown.endswith("active\nReady.\n")


def test_index_is_what_the_sandbox_reads():
    index = json.loads((LESSON / "index.json").read_text())
    assert index["backend"] == {"imageid": "ubuntu"}
    assert index["interface"] == {"layout": "ide"}
    assert set(index["details"]) == {"intro", "steps", "finish"}
