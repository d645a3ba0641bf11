"""The site: made of the documents, with an address and without one, and whole."""

import re
import shutil
import subprocess
import sys
import sysconfig
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from outputs import save_few_digits
from pages import PAGES
from person import ENVIRONMENT, ROOT, run_python
from project import bash, set_address
from test_pages import DOCUMENTS

WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "site.yml").read_text())
STEPS = WORKFLOW["jobs"]["build"]["steps"]
COMMANDS = [step["run"] for step in STEPS if "run" in step]
PAGE = "beyond/write-digits.html"
SPHINX = {"genindex.html", "search.html", "index.html"}


def copy_project(folder, name):
    """Makes a copy of the project with the address of `name`, but without its digits."""
    made = "__pycache__", "*.npz", "work", "models", "figures", "site"
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", *made))
    set_address(folder, name)
    result = run_python("lesson/make/render.py", cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder


@pytest.fixture(scope="module", params=["ada/lesson", "OWNER/REPOSITORY"])
def site(request, tmp_path_factory):
    """The folder of the site, without warnings, of a project with that address or none."""
    folder = tmp_path_factory.mktemp("a") / request.param
    copy_project(folder, request.param)
    program, *arguments = COMMANDS[-1].split()
    assert program == "sphinx-build"
    result = run_python("-m", "sphinx", *arguments, cwd=folder)
    assert result.returncode == 0, result.stderr
    return folder / "site"


def parsed(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


def test_every_document_is_there(site):
    documents = {path.relative_to(ROOT).with_suffix(".html") for path in DOCUMENTS}
    documents = {path.as_posix() for path in documents}
    made = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert made == {*documents, *SPHINX, PAGE}
    assert (site / PAGE).read_bytes() == (ROOT / PAGE).read_bytes()


def test_the_pages_are_in_their_order(site):
    links = parsed(site / "index.html").select(".sidebar-tree a")
    lesson = [f"lesson/{page}".replace(".md", ".html") for page in PAGES.values()]
    assert [link["href"] for link in links][: len(lesson)] == lesson


def test_links_and_pictures_lead_somewhere(site):
    pages = {page: parsed(page) for page in site.rglob("*.html")}
    ids = {
        page: {tag["id"] for tag in html.select("[id]")} for page, html in pages.items()
    }
    opened = 0
    for page, html in pages.items():
        for tag in html.select("[href], [src]"):
            address = urlsplit(tag.get("href") or tag.get("src"))
            if not address.scheme:
                target = (page.parent / unquote(address.path)).resolve()
                target = target if address.path else page
                assert target.is_file(), (page, address)
                assert address.fragment in {"", *ids.get(target, ())}, (page, address)
                opened += target == site / PAGE
    assert opened >= 4  # from the first page, its copy, the lesson's and beyond/


def test_files_of_the_project_are_shown_at_its_address(site):
    pages = [parsed(page) for page in site.rglob("*.html") if page != site / PAGE]
    links = {link["href"] for page in pages for link in page.select("a[href]")}
    shown = {
        found[1] for link in links if (found := re.match(r".*/blob/HEAD/(.*)", link))
    }
    if site.parent.name == "REPOSITORY":
        assert not [link for link in links if "OWNER" in link]
    else:
        assert {"step1.py", "LICENSE", "lesson/lenet5.ipynb", "beyond/html"} <= shown
        assert all((ROOT / name).exists() for name in shown)


@pytest.mark.slow
def test_the_workflow_s_steps(tmp_path):
    """In a fresh environment, with few digits, and then another page to write on."""
    folder = copy_project(tmp_path / "project", "ada/lesson")
    save_few_digits(folder / "data" / "mnist.npz")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    # pip finds the packages of these tests, and has nothing to fetch
    packages = f"{ENVIRONMENT['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    for command in COMMANDS:
        path = f'export PATH="{venv}/bin:$PATH"\n'
        result = bash(path + command, folder, PYTHONPATH=packages)
        assert result.returncode == 0, result.stderr
    (artifact,) = [step["with"] for step in STEPS if "artifact" in step.get("uses", "")]
    page = (folder / artifact["path"] / PAGE).read_bytes()
    assert page != (ROOT / PAGE).read_bytes()
