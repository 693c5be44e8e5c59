"""Drills: something breaks at random moments under load, and the record is held against what was acknowledged.

    python -m tests.drills.run [--times N] [--seed N] [--log FILE] [NAME@DATABASE…]

Without names all drills run on both databases. Each begins with an empty home, breaks N times (20), lets the city
recover each time, and ends with the audit. A line for each is printed and added to FILE. Exit 1 when anything
was wrong.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.drills.city import City
from tests.drills.faults import DRILLS
from tests.drills.server import Server


def run_one(name: str, database: str, times: int, seed: int, folder: Path) -> dict[str, object]:
    """One drill on one database; what happened."""
    drill = DRILLS[name]
    small = name == "disk-full"
    if small:
        size = "size=400m" if database == "postgresql" else "size=60m"
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"{size},mode=755", "tmpfs", str(folder)], check=True)
    server = Server(folder / "server") if database == "postgresql" else None
    city = City(folder, server, random.Random(seed), rehearsal=drill.rehearsal)  # noqa: S311 - any moment will do
    try:
        return {"drill": name, "database": database, "seed": seed, **drill.run(city, times)}
    finally:
        city.close()
        if server:
            server.stop()
        if small:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--log", type=Path)
    asked = parser.parse_args()
    chosen = asked.names or [f"{name}@{one}" for name, drill in DRILLS.items() for one in drill.databases]
    bad = 0
    for each in chosen:
        name, _at, database = each.partition("@")
        folder = Path(tempfile.mkdtemp(prefix="huiyin-drill-"))
        folder.chmod(0o755)
        told = run_one(name, database or "sqlite", asked.times, asked.seed, folder)
        line = json.dumps(told, ensure_ascii=False)
        print(line, flush=True)
        if asked.log:
            with asked.log.open("a", encoding="utf-8") as out:
                out.write(line + "\n")
        if told["wrong"]:
            bad += 1
            print(f"what its processes said is in {folder / 'log'}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
