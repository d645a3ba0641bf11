"""The lesson's pages, and other documents: how they read, render and link."""

import ast
import re
from pathlib import Path

import checking
import pytest
from markdown_it import MarkdownIt
from pages import LESSON, NAMES, PAGES, STUCK, fences, gaps, minutes, python, read
from pages import ready, scripts, sections, tasks
from person import ROOT

DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / folder / "README.md" for folder in ("beyond", "data", "results")),
    *(LESSON / page for page in PAGES.values()),
]


def parse(document):
    return MarkdownIt().enable("table").parse(document.read_text())


def inline(document):
    """Returns what stands in the text of a document: words, links, pictures."""
    tokens = parse(document)
    return [part for token in tokens for part in token.children or []]


def headings(document):
    """Returns the names by which a code host links to the headings of a document."""
    tokens = parse(document)
    titles = [after.content for t, after in zip(tokens, tokens[1:]) if t.tag == "h2"]
    return {title.lower().replace(" ", "-").replace(",", "") for title in titles}


@pytest.mark.parametrize("page", PAGES.values())
def test_page_renders_rightly(page):
    lines = (LESSON / page).read_text().splitlines()
    tokens = parse(LESSON / page)
    assert not [t for t in tokens if t.type == "code_block"]
    html = "".join(token.content for token in tokens if token.type == "html_block")
    fold = r"<details>\n<summary>[\w ]+</summary>\n</details>\n"
    assert re.fullmatch(f"({fold})*", html)
    for fence in (token for token in tokens if token.type == "fence"):
        first, last = fence.map[0], fence.map[1] - 1
        assert lines[first] == f"```{fence.info}"
        assert re.fullmatch(r"sh|text|python( \w+\.py)?", fence.info)
        assert lines[last] == "```"
    assert "{{" not in "\n".join(lines)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_links_and_pictures_are_there(document):
    for part in inline(document):
        address = part.attrs.get("src") or part.attrs.get("href") or "https://"
        if not address.startswith("https://"):
            name, _, section = address.partition("#")
            target = document.parent / name if name else document
            assert target.exists(), address
            assert not section or section in headings(target), address


def test_no_picture_is_left_over():
    sources = [part.attrs.get("src", "") for doc in DOCUMENTS for part in inline(doc)]
    shown = {Path(source).name for source in sources if "assets/" in source}
    files = [*LESSON.glob("assets/*")]
    assert shown == {path.name for path in files}
    assert len({path.read_bytes() for path in files}) == len(files)  # no placeholder


def links(name):
    parts = inline(LESSON / PAGES[name])
    return [part.attrs["href"] for part in parts if "href" in part.attrs]


def test_every_page_ends_with_links_to_its_neighbours_and_the_index():
    first, *others = PAGES.values()
    after = [*others[1:], "../README.md"]
    index, stuck = "README.md#the-pages", "README.md#when-you-are-stuck"
    for place, name in enumerate(NAMES[1:], start=1):
        assert f"\nPage {place} of {len(others)}, " in read(name)
    for name, before, next_page in zip(NAMES[1:], [first, *others], after):
        assert links(name)[-4:] == [before, index, stuck, next_page]
    assert [link for link in links(NAMES[0]) if link in others] == [*others, others[0]]


@pytest.mark.parametrize("name", NAMES)
def test_something_to_see_soon(name):
    lines = 0
    for block in fences(name, "sh"):
        new = [line for line in block.splitlines()[1:-1] if line]
        is_task = block.startswith("cat >") and gaps(ast.parse(python(block)))
        lines = lines + len(new) if block.startswith("cat >") and not is_task else 0
        assert lines <= 25, block


def estimate(name, known):
    """Returns how many minutes a page takes, by the rule in CONTRIBUTING.md."""
    tokens = parse(LESSON / PAGES[name])
    answers = [task.answer for task in tasks([name]).values()]
    seconds = 0
    for i, token in enumerate(tokens):
        if token.type == "inline":
            words = [part.content for part in token.children if part.type == "text"]
            seconds += 0.4 * len(" ".join(words).split())
        elif token.info == "sh" or token.content in answers:
            new = set(lines_of(token.content)) - known
            known |= new
            folded = any("The lines" in after.content for after in tokens[i : i + 5])
            each = 60 if token.content in answers else 15 if folded else 25
            seconds += (10 if name == NAMES[0] else each) * len(new)
    return seconds / 60


def lines_of(block):
    """Returns the lines of a block that one reads: no imports, no docstrings."""
    code = re.sub('""".*?"""', "", block, flags=re.S).splitlines()
    unread = r"import|from|#|PYTHON|cat|cp|python|\.\.\."
    lines = [line.strip() for line in code if re.search(r"\w", line)]
    return [line for line in lines if not re.match(unread, line)]


def written():
    """Returns the lines that a learner writes, by task: our answer's, but for the gap's."""
    found = {}
    for name, task in tasks().items():
        begins = f">> {task.file} "
        given = [b for b in fences(task.page, "sh") if begins in b and "..." in b]
        given = [line for block in given for line in lines_of(block)]
        found[name] = [line for line in lines_of(task.answer) if line not in given]
    return found


def test_how_much_one_writes_and_how_much_one_pastes():
    lines = written()
    assert 18 <= len(lines) <= 21 and sum(map(len, lines.values())) >= 90
    pasted = {
        line for name in NAMES for b in fences(name, "sh") for line in lines_of(b)
    }
    assert len(pasted) <= 300


# Minutes of waiting for a page's programs, on two quiet cores, of guessing what they
# will show, and of looking at it.
WAITING = dict(zip(NAMES, (1, 0, 1, 1, 4, 5, 7, 9, 8, 10)))


def test_minutes():
    known = set()
    index = cells(LESSON / PAGES[NAMES[0]]).splitlines()
    for name in NAMES:
        needed = estimate(name, known) + WAITING[name]
        assert abs(minutes(name) - needed) < 2.5, (name, needed)
        assert name == NAMES[0] or str(minutes(name)) in index
        assert minutes(name) <= 50


def cells(document):
    """Returns the cells of a document's tables, as one text."""
    tokens = parse(document)
    found = (after for t, after in zip(tokens, tokens[1:]) if t.type == "td_open")
    return "\n".join(cell.content for cell in found)


def percentages(text):
    return set(re.findall(r"\d[\d.]*(?= ?%)", text))


@pytest.mark.parametrize(
    "path", ["README.md", *(f"lesson/{p}" for p in PAGES.values())]
)
def test_percentages_come_from_a_table_or_an_output(path):
    shown = "\n".join(block for name in NAMES for block in fences(name))
    known = percentages(cells(ROOT / "results" / "README.md"))
    known |= set(re.findall(r"\d+\.\d+", shown))
    known |= {"4.5", "0.8"}  # the paper's
    known |= {"97"}  # what a task asks for
    text = "\n".join(p.content for p in inline(ROOT / path) if p.type == "text")
    assert percentages(text) <= known


def test_other_words_need_words_that_a_page_has():
    with pytest.raises(ValueError, match="step1.md does not say: no such words"):
        sections("step1", {"no such words": ""})


def test_a_section_that_is_replaced_stays_even_at_the_end():
    *_, (token, text) = sections("first", replaced={STUCK: "x"})
    assert text == "x"
    *_, (token, text) = sections("first")
    assert text.startswith("- **Nothing happens at all**")


@pytest.mark.parametrize("script", ["step1.py", "step2.py", "step3.py", "step4.py"])
def test_our_scripts_are_the_pages(script):
    assert (ROOT / script).read_text() == scripts()[script]


def modules(code, files):
    """Returns what a program imports, in order, and what the files among it import."""
    found = []
    for node in ast.parse(code).body:
        names = [alias.name for alias in getattr(node, "names", [])]
        for name in [node.module] if isinstance(node, ast.ImportFrom) else names:
            found += [name, *modules(files.get(f"{name}.py", ""), files)]
    return found


def test_step3_sets_tensorflow_up_before_keras_is_imported():
    """Or a training takes up to three times as long."""
    files = ready() | scripts(NAMES)
    blocks = [block for name in NAMES for block in fences(name, "sh")]
    pasted = [python(block) for block in blocks if block.startswith("python - <<")]
    for program in [*files.values(), *pasted]:
        imported = modules(program, files)
        if "step3" in imported and "keras" in imported:
            assert imported.index("step3") < imported.index("keras"), program


def test_files_that_need_keras_say_so():
    """So check.py imports it before it looks at its watch."""
    files = ready() | scripts(NAMES)
    for file in {task.file for task in tasks().values()}:
        if "keras" in modules(files[file], files):
            assert re.search(checking.NEED_KERAS, files[file]), file
