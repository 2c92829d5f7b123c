"""Building the app: once for each change of its source, and with the reason kept when it fails."""

import shutil

import pytest

from funnel import uibuild


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """The source in a folder of its own, with the packages that are installed already."""
    ui = tmp_path / "funnel" / "ui"
    shutil.copytree(uibuild.UI, ui, ignore=shutil.ignore_patterns("node_modules"))
    (ui / "node_modules").symlink_to(uibuild.UI / "node_modules")
    monkeypatch.setattr(uibuild, "UI", ui)
    monkeypatch.setattr(uibuild, "OUT", ui.parent / "static" / "app")
    monkeypatch.setattr(uibuild, "LOG", ui / "build.log")
    return ui


def test_nothing_is_built_while_nothing_changed(monkeypatch):
    monkeypatch.setattr(uibuild, "_wheel", lambda: pytest.fail("Node was started"))

    assert uibuild.main() == 0


def test_a_changed_source_is_built_and_an_unchanged_one_is_not(copy, monkeypatch):
    assert uibuild.main() == 0
    first = (uibuild.OUT / ".digest").read_text()
    assert (uibuild.OUT / "index.html").exists()
    (copy / "src" / "main.tsx").write_text((copy / "src" / "main.tsx").read_text() + "\nconsole.debug('more');\n")

    assert uibuild.main() == 0

    assert (uibuild.OUT / ".digest").read_text() != first
    assert any("more" in path.read_text() for path in (uibuild.OUT / "assets").glob("*.js"))


def test_a_failed_build_keeps_its_reason_and_serves_nothing_old(copy, capsys):
    assert uibuild.main() == 0
    (copy / "src" / "main.tsx").write_text("const half = ;")

    assert uibuild.main() == 1

    assert not uibuild.OUT.exists()
    assert "main.tsx" in uibuild.LOG.read_text()
    assert "\x1b" not in uibuild.LOG.read_text()
    assert "main.tsx" in capsys.readouterr().err
    (copy / "src" / "main.tsx").write_text("document.title = 'mended';")
    assert uibuild.main() == 0
    assert not uibuild.LOG.exists()
