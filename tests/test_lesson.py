"""The lesson's pages: how they read and render, and what is made from them."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import course
import pytest
import render
from conftest import FETCH, hold_out_few, save_few_digits
from markdown_it import MarkdownIt
from pages import LESSON, PAGES, fences, scripts
from pages import sections as page_sections
from person import ENVIRONMENT, ROOT, run_python
from step1 import URL

DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / folder / "README.md" for folder in ("beyond", "data", "results")),
    *(LESSON / page for page in PAGES),
]


def parse(document):
    return MarkdownIt().enable("table").parse(document.read_text())


def inline(document):
    """Returns what stands in the text of a document: words, links, pictures."""
    return [part for token in parse(document) for part in token.children or []]


def sections(document):
    """Returns the names by which a code host links to the headings of a document."""
    tokens = parse(document)
    titles = [after.content for t, after in zip(tokens, tokens[1:]) if t.tag == "h2"]
    return {title.lower().replace(" ", "-").replace(",", "") for title in titles}


# The pages


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_rightly(page):
    lines = (LESSON / page).read_text().splitlines()
    tokens = parse(LESSON / page)
    assert not [t for t in tokens if t.type == "code_block"]
    html = "".join(token.content for token in tokens if token.type == "html_block")
    fold = r"<details>\n<summary>[\w ]+</summary>\n</details>\n"
    assert re.fullmatch(f"({fold})*", html)
    for fence in fences(page):
        first, last = fence.map[0], fence.map[1] - 1
        assert lines[first] == f"```{fence.info}" and fence.info in ("sh", "text")
        assert lines[last] == "```"
    assert "{{" not in "\n".join(lines)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_links_and_pictures_are_there(document):
    for part in inline(document):
        address = part.attrs.get("src") or part.attrs.get("href") or "https://"
        if not address.startswith(("https://", "../../codespaces")):  # the host's
            name, _, section = address.partition("#")
            target = document.parent / name if name else document
            assert target.exists()
            assert not section or section in sections(target)


def test_no_picture_is_left_over():
    shown = {
        Path(part.attrs["src"]).name
        for document in DOCUMENTS
        for part in inline(document)
        if "src" in part.attrs
    }
    files = {path for path in LESSON.glob("assets/*") if path.suffix != ".py"}
    assert shown == {path.name for path in files}


def links(page):
    parts = inline(LESSON / page)
    return [part.attrs["href"] for part in parts if "href" in part.attrs]


def test_every_page_ends_with_links_to_its_neighbours_and_the_index():
    index = "README.md#the-pages"
    for page, before, after in zip(PAGES[1:], PAGES, [*PAGES[2:], "../README.md"]):
        assert links(page)[-3:] == [before, index, after]
    assert links(PAGES[0])[-1] == PAGES[1]
    assert [link for link in links(PAGES[0]) if link in PAGES] == [*PAGES[1:], PAGES[1]]


@pytest.mark.parametrize("page", PAGES)
def test_something_to_see_soon(page):
    lines = 0
    for fence in fences(page):
        if fence.content.startswith("cat >"):
            lines += fence.content.count("\n") - 2
        else:
            lines = 0
        assert lines <= 25


def minutes(page, known):
    """Returns how long a page takes, by the rule in CONTRIBUTING.md."""
    tokens = parse(LESSON / page)
    seconds = 0
    for i, token in enumerate(tokens):
        if token.type == "inline":
            words = [part.content for part in token.children if part.type == "text"]
            seconds += 0.3 * len(" ".join(words).split())
        elif token.info == "sh":
            code = re.sub('""".*?"""', "", token.content, flags=re.S).splitlines()
            new = {line.strip() for line in code if re.search(r"\w", line)} - known
            known |= new
            new = [
                line
                for line in new
                if not re.match("import|from|#|PYTHON|cat|python", line)
            ]
            folded = any("The lines" in after.content for after in tokens[i : i + 5])
            seconds += (10 if folded or page == PAGES[0] else 20) * len(new)
    return seconds / 60


def test_minutes():
    known, total = set(), 0
    index = tables(LESSON / PAGES[0]).splitlines()
    for page in PAGES[:-1]:
        counted = minutes(page, known)
        named = course.minutes(page)
        assert abs(named - counted) < 2.5, counted
        assert page == PAGES[0] or str(named) in index
        total += named
    assert total <= 120


def tables(document):
    """Returns the cells of a document's tables, as one text."""
    tokens = parse(document)
    cells = (after for t, after in zip(tokens, tokens[1:]) if t.type == "td_open")
    return "\n".join(cell.content for cell in cells)


def percentages(text):
    return set(re.findall(r"\d[\d.]*(?= ?%)", text))


@pytest.mark.parametrize("document", [ROOT / "README.md", *map(LESSON.joinpath, PAGES)])
def test_percentages_come_from_a_table_or_an_output(document):
    shown = "\n".join(fence.content for page in PAGES for fence in fences(page))
    known = percentages(tables(ROOT / "results" / "README.md") + shown.replace("~", ""))
    known |= {"4.5", "0.8"}  # the paper's
    text = "\n".join(p.content for p in inline(document) if p.type == "text")
    assert percentages(text) <= known


@pytest.mark.parametrize("script", ["step1.py", "step2.py", "step3.py", "step4.py"])
def test_our_scripts_are_the_pages(script):
    assert (ROOT / script).read_text() == scripts()[script]


def test_on_ones_own_computer(tmp_path):
    """The set-up, and what brings one back; pip finds the packages of these tests."""
    set_up, come_back, train, *_ = (
        f.content for f in fences(PAGES[0]) if f.info == "sh"
    )
    data = tmp_path / "few.npz"
    save_few_digits(data)
    packages = f"{ENVIRONMENT['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    own = {"HOME": str(tmp_path), "PYTHONPATH": packages}
    assert f"{FETCH}\n" in set_up
    for commands in set_up.replace(URL, data.as_uri()), come_back + hold_out_few(train):
        result = subprocess.run(
            ["bash", "-e"],
            input=commands,
            cwd=tmp_path,
            env={**ENVIRONMENT, **own, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stderr
    assert (tmp_path / "lesson" / "first.keras").exists()


# What is made from the pages


def test_render_has_nothing_to_do():
    result = run_python("lesson/make/render.py", "--check", cwd=ROOT)
    assert (result.returncode, result.stdout) == (0, "")


def test_render_makes_what_is_missing_and_removes_what_is_too_much(tmp_path):
    for folder in "lesson", "killercoda", "beyond":
        shutil.copytree(ROOT / folder, tmp_path / folder, symlinks=True)
    made = render.files()
    for name in made:
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "killercoda" / "step1" / "page9.md").write_text("of another time")
    check = run_python("lesson/make/render.py", "--check", cwd=tmp_path)
    assert check.returncode == 1 and check.stdout.count("\n") == len(made) + 1
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert run_python("lesson/make/render.py", cwd=tmp_path, **ascii_only).returncode == 0
    for name in made:
        new, ours = tmp_path / name, ROOT / name
        assert new.is_symlink() == ours.is_symlink()
        if new.is_symlink():
            assert new.readlink() == ours.readlink()
        else:
            assert new.read_bytes() == ours.read_bytes()
    assert not (tmp_path / "killercoda" / "step1" / "page9.md").exists()


def test_other_words_need_words_that_a_page_has():
    with pytest.raises(ValueError, match="step1.md does not say: no such words"):
        page_sections("step1.md", {"no such words": ""}, {})
