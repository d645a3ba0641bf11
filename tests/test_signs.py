"""signs.py and train_signs.py: files of strokes, four trainings, a page with names."""

import json
import shutil

import numpy as np
import pytest
from as_mnist import BOX
from person import ROOT, pictures, run_python, sentence
from assemble import data_of

from signs import as_image, load_signs
from train_signs import hold_back, interval, make_copies

SHOW, TRAIN = ROOT / "beyond" / "signs.py", ROOT / "beyond" / "train_signs.py"
READY = ROOT / "data" / "signs.json"
BAR = [[[500, 200], [500, 800]]]
CROSS = [[[100, 100], [500, 500]], [[500, 100], [100, 500]]]


def save(path, **drawings):
    signs = [{"name": name, "drawings": some} for name, some in drawings.items()]
    path.write_text(json.dumps({"signs": signs}), encoding="utf-8")
    return path


# Images


def test_strokes_become_an_image():
    image = as_image(BAR)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    # a line, 8 of 88 pixels wide: 2 of 20, in the middle
    rows, columns = np.nonzero(image > 127)
    assert np.ptp(rows) + 1 == BOX and np.ptp(columns) + 1 == 2
    assert rows.mean() == pytest.approx(14, abs=0.5)


def test_size_and_place_do_not_matter():
    small = [[[x / 10 + 700, y / 10 + 30] for x, y in stroke] for stroke in CROSS]
    assert np.abs(as_image(small) - as_image(CROSS).astype(int)).max() <= 2


def test_a_dot_is_an_image_too():
    assert as_image([[[5, 5]]]).any()


def test_files_are_joined_by_names(tmp_path):
    one = save(tmp_path / "one.json", bar=[BAR], cross=[CROSS, CROSS], empty=[])
    other = save(tmp_path / "other.json", cross=[CROSS], dot=[[[[5, 5]]]])
    text = other.read_text().replace('"dot"', '"cross"')  # a sign that was renamed
    twice = tmp_path / "twice.json"
    twice.write_text(text)
    assert load_signs([one, twice])[1].tolist() == [0, 1, 1, 1, 1]
    images, labels, names = load_signs([one, other])
    assert names == ["bar", "cross", "dot"]
    assert labels.tolist() == [0, 1, 1, 1, 2]
    assert images.shape == (5, 28, 28)
    assert np.array_equal(images[3], as_image(CROSS))


def test_the_collection_that_is_here(tmp_path):
    result = run_python(SHOW, READY, cwd=tmp_path)
    assert result.stdout.splitlines()[:3] == [
        "(120, 28, 28) uint8",
        "(120,)",
        "heart                  15",
    ]
    assert pictures(tmp_path) == ["signs.png"]
    assert "no hand has written them" in json.loads(READY.read_text())["about"]


# Files that are no collection


@pytest.mark.parametrize(
    "text, said",
    [
        (None, "No such file or directory"),
        ("heart", "line 1: not JSON"),
        ('{"signs": [\n]', "line 2: not JSON"),
        ("[]", "not a collection that the page has saved"),
        ('{"signs": [{"name": "a"}]}', "not a collection that the page has saved"),
        (
            '{"signs": [{"name": "a", "drawings": [[[1]]]}]}',
            "not a collection that the page has saved",
        ),
        ('{"signs": [{"name": "a", "drawings": [[]]}]}', "not a collection that the"),
    ],
)
def test_no_collection(text, said, tmp_path):
    path = tmp_path / "signs.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SystemExit, match=said):
        load_signs([path])


@pytest.mark.parametrize("count", [0, 1, 41])
def test_too_few_or_too_many_signs(count, tmp_path):
    path = save(tmp_path / "a.json", **{f"sign {i}": [BAR] for i in range(count)})
    with pytest.raises(SystemExit, match=f"^signs needed: 2 to 40, found: {count}$"):
        load_signs([path])


def test_too_few_drawings(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "models")
    save(tmp_path / "few.json", bar=[BAR] * 5, cross=[CROSS] * 4)
    result = run_python(TRAIN, "few.json", cwd=tmp_path)
    assert result.returncode == 1
    assert sentence(result.stderr) == "cross: drawings needed: 5, found: 4"


# Training


def test_a_fifth_of_every_sign_is_held_back():
    labels = np.repeat([0, 1, 2], [5, 10, 19])
    held = hold_back(labels)
    assert np.bincount(labels[held]).tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    "wrong, count, expected", [(0, 20, (0, 16.1)), (2, 20, (2.8, 30.1))]
)
def test_how_sure_one_can_be(wrong, count, expected):
    """Wilson's interval, as tables have it."""
    assert interval(wrong, count) == pytest.approx(expected, abs=0.05)


def test_copies_differ_and_stay_inside():
    image = np.zeros((1, 32, 32, 1), "float32")
    image[0, 10:22, 14:18] = 1
    copies = [np.array(make_copies()(image, training=True)) for _ in range(2)]
    assert not np.array_equal(*copies)
    for copy in copies:
        assert 0 <= copy.min() and copy.max() <= 1
        assert copy.sum() == pytest.approx(image.sum(), rel=0.3)


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    """A folder in which LeNet-5 was trained on two signs, one with a dangerous name."""
    folder = tmp_path_factory.mktemp("signs")
    shutil.copytree(trained, folder / "models")
    lean = [[[[500 + lean, 200], [500 - lean, 800]]] for lean in range(-60, 60, 10)]
    rings = [
        [[[9 * i * np.cos(a / 3), 9 * i * np.sin(a / 3)] for a in range(20)]]
        for i in range(3, 9)
    ]
    save(folder / "signs.json", **{"ring": rings, "</script> ᚠ": lean})
    result = run_python(TRAIN, "signs.json", cwd=folder)
    assert result.returncode == 0, result.stderr
    (folder / "output.txt").write_text(result.stdout)
    return folder


@pytest.mark.slow
def test_four_ways_and_their_errors(folder):
    head, *rows, network, page, _ = (folder / "output.txt").read_text().splitlines()
    assert head.split() == "of 3 held back wrong error 19 times in 20, between".split()
    assert network == "Network saved: models/signs.keras (from the digits, copies)"
    assert len(rows) == 5 and page == "Page saved: write-signs.html"
    for row in rows:
        wrong, error = int(row[25:30]), float(row[30:36])
        assert error == pytest.approx(100 * wrong / 3, abs=0.05)
        low, high = interval(wrong, 3)
        assert row.endswith(f"{low:.1f} and {high:.1f} %")
    assert rows[3].startswith("from the digits, copies      0")
    assert (folder / "models" / "signs.keras").exists()


@pytest.mark.slow
def test_the_page_has_the_names(folder):
    page = (folder / "write-signs.html").read_text(encoding="utf-8")
    data = data_of(page)
    assert (data["thing"], data["names"]) == ("sign", ["ring", "</script> ᚠ"])
    assert page.count("</script>") == 2
    assert "LeNet-5 reads your sign" in page
    assert len(data["lenet5"]["layers"][-1]["kernels"]) == 2
    assert {example["label"] for example in data["examples"]} == {0, 1}
