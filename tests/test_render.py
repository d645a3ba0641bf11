"""render.py: all that is made is as the pages have it, and the address is put in."""

import re
import shutil

import render
from markdown_it import MarkdownIt
from person import ROOT, run_python
from project import bash, set_address

FOLDERS = "beyond", "lesson", "killercoda"
PAGE = "beyond/write-digits.html"  # whose networks come from nowhere else
FILES = "pyproject.toml", "README.md", "CONTRIBUTING.md"


def copy_project(folder):
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)
    for name in *FILES, "data/README.md":
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)


def run_render(folder, *options, **environment):
    return run_python("lesson/make/render.py", *options, cwd=folder, **environment)


def test_render_has_nothing_to_do():
    result = run_render(ROOT, "--check")
    assert (result.returncode, result.stdout) == (0, ""), result.stderr


def test_render_makes_what_is_missing_and_removes_what_is_too_much(tmp_path):
    copy_project(tmp_path)
    made = {name: there for name, there in render.files().items() if name not in FILES}
    for name in made.keys() - {PAGE}:
        (tmp_path / name).unlink(missing_ok=True)
    page = tmp_path / PAGE
    page.write_text(page.read_text("utf-8").replace("<h1>", "<h1>Old: "), "utf-8")
    (tmp_path / "killercoda" / "step1" / "page9.md").write_text("of another time")
    check = run_render(tmp_path, "--check")
    assert check.returncode == 1 and check.stdout.count("\n") == len(made) + 1
    every_encoding = {  # is named, or it is an error
        "PYTHONWARNDEFAULTENCODING": "1",
        "PYTHONWARNINGS": "error::EncodingWarning",
    }
    result = run_render(tmp_path, **every_encoding)
    assert result.returncode == 0, result.stderr
    for name in made:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()
    assert not (tmp_path / "killercoda" / "step1" / "page9.md").exists()


def made_with(folder):
    """Returns the text of all that has an address, without the line that is its home."""
    paths = [folder / "README.md", folder / "CONTRIBUTING.md"]
    paths += [folder / "lesson" / "lenet5.ipynb", *folder.glob("killercoda/*/*")]
    return "\n".join(path.read_text() for path in paths if path.is_file())


def test_publishing_is_one_line_and_one_command(tmp_path):
    copy_project(tmp_path)
    set_address(tmp_path, "OWNER/REPOSITORY")
    assert run_render(tmp_path).returncode == 0
    assert "no address yet" in made_with(tmp_path)
    readme = (tmp_path / "README.md").read_text()
    assert not re.search(r"OWNER|codespaces|mybinder|badge\.svg", readme)
    for name in "ada/lenet5-lesson", "grace/other":
        set_address(tmp_path, name)
        assert run_render(tmp_path).returncode == 0
        owner, repository = name.split("/")
        address, text = f"https://github.com/{name}", made_with(tmp_path)
        readme = (tmp_path / "README.md").read_text()
        for link in (
            f"]({address}/actions/workflows/tests.yml)",
            f"](https://{owner}.github.io/{repository}/beyond/write-digits.html)",
            f"](https://codespaces.new/{name}?quickstart=1)",
            f"](https://mybinder.org/v2/gh/{name}/HEAD?labpath=lesson/lenet5.ipynb)",
            f"](https://colab.research.google.com/github/{name}/blob/HEAD/lesson/lenet5.ipynb)",
            f"git clone {address}.git\ncd {repository}\n",
        ):
            assert link in readme
        assert f"git clone --depth 1 {address} ~/lenet5 && break\n" in text
        assert f"[project]({address})" in text
        assert f"]({address}/blob/HEAD/beyond/README.md" in text
        assert f"The project's address is <{address}>" in text
        assert "OWNER" not in text and "no address yet" not in text
    assert "ada/lenet5" not in made_with(tmp_path)
    assert run_render(tmp_path, "--check").returncode == 0


def test_the_commands_of_a_release(tmp_path):
    """The tag has a notebook that clones the tag, and `main` goes on without a number."""
    folder = tmp_path / "project"
    copy_project(folder)
    set_address(folder, "ada/lesson")
    document = MarkdownIt().parse((folder / "CONTRIBUTING.md").read_text("utf-8"))
    (release,) = [token.content for token in document if "git tag" in token.content]
    number = (
        """sed -i.old 's/^version = "0"/version = "1.0"/' pyproject.toml && rm *.old"""
    )
    begin = "git init -qb main && git add . && git commit -qm all && git init -q --bare ../o"
    show = "git show {0}:lesson/lenet5.ipynb {0}:README.md > ../{0}"
    script = [
        "set -e",
        "python lesson/make/render.py",
        begin,
        "git remote add origin ../o",
    ]
    script += [number, release, "cd ../o", show.format("v1.0"), show.format("main")]
    hands = [
        f"GIT_{who}_{what}"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    ]
    result = bash("\n".join(script), folder, **dict.fromkeys(hands, "a@b"))
    assert result.returncode == 0, result.stderr
    tag, main = ((tmp_path / name).read_text("utf-8") for name in ("v1.0", "main"))
    assert "--branch=v1.0" in tag and "--branch" not in main
    for link in "/lesson/v1.0?labpath", "/ada/lesson/blob/v1.0/lesson/lenet5.ipynb":
        assert link in tag and link.replace("v1.0", "HEAD") in main
