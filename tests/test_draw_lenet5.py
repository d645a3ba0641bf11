"""draw_lenet5.py and draw_fields.py: the lesson's pictures of the network."""

import pytest
from person import ROOT, pictures, run_python


@pytest.mark.slow
@pytest.mark.parametrize("name", ["lenet5", "fields"])
def test_the_drawing(name, tmp_path):
    result = run_python(ROOT / "lesson" / "make" / f"draw_{name}.py", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert pictures(tmp_path) == [f"{name}.png"]
