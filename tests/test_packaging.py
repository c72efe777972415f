"""What is installed has everything it loads at run time."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent
NOT_RUN = {".mako", ".pyc"}  # the template of new migrations is for developers


def test_a_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    source = tmp_path / "source"  # a copy, so that the build leaves nothing behind
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "chat", "routing", "widget"):
        (source / name).symlink_to(ROOT / name)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([*build, "--no-build-isolation", "--wheel-dir", tmp_path, source], check=True, timeout=100)
    (wheel,) = tmp_path.glob("mayfly-*.whl")
    packed = set(ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(ROOT))
        for package in ("chat", "routing", "widget")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in NOT_RUN
    }
    assert wanted - packed == set()
    assert not any(name.startswith(("tests/", "scripts/", "bench/")) for name in packed)
