"""Lock files carry versions and hashes, and never say where from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-ocr.lock"]
ADDRESS = re.compile(r"https?://|--index-url|--extra-index-url|--find-links")


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_no_address_and_a_hash_for_each_package(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    pinned = [block for block in blocks if re.match(r"[a-z0-9._-]+(\[[^]]*])?==", block)]

    assert not ADDRESS.search(text)
    assert len(pinned) > 20
    assert [block.split("==")[0] for block in pinned if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize(
    ("name", "extra"), [("requirements.lock", ""), ("requirements-dev.lock", "dev"), ("requirements-ocr.lock", "ocr")]
)
def test_every_declared_dependency_is_locked(name: str, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"][extra] if extra else [])
    names = {re.split(r"[\[<>=!~ ]", one)[0].lower().replace("_", "-") for one in wanted}
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*])?==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))

    assert names - locked == set()


def test_the_browser_assets_are_locked_without_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}

    assert packages
    assert [name for name, one in packages.items() if "resolved" in one or "integrity" not in one] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8").splitlines()
