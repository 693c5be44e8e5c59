"""A city at work: its server, its workers, and the people who use it."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

from with_postgres import free_port

from tests.backup.homes import ROOT, Home
from tests.drills.client import Citizens
from tests.drills.server import Server, children, command_of, send

OUTAGES = ("503 database", "503 disk_full")
"""What may be answered while something is broken."""
READY = 240
"""Seconds in which the city must answer again."""


class City:
    """Started empty, in a folder of its own."""

    def __init__(self, folder: Path, server: Server | None, dice: Random, *, rehearsal: bool = False) -> None:
        self.folder, self.server, self.dice, self.port = folder, server, dice, free_port()
        self.home = Home(folder / "home", server.url if server else "")
        self.log = (folder / "log").open("w", encoding="utf-8")
        self.serving: subprocess.Popen[bytes] | None = None
        self.workers: list[subprocess.Popen[bytes]] = []
        (folder / "out").mkdir()
        if rehearsal:
            make = "from huiyin.kernel import home; home.create(rehearsal=True)"
            subprocess.run([sys.executable, "-c", make], cwd=ROOT, env=self.home.env, check=True)
        made = self.home.run("tests.parity.play", "1", "0", str(folder / "out"))
        assert made.returncode == 0, made.stderr
        token = self.home.huiyin("token", "issue", "operator")
        assert token.returncode == 0, token.stderr
        self.citizens = Citizens(self.port, token.stdout.strip())

    def start(self, *arguments: str, **env: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "huiyin.cli", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env={**self.home.env, **env}, stdout=self.log, stderr=self.log)

    def serve(self) -> None:
        """Start the server (again, as a supervisor of services would) and wait until it answers."""
        self.serving = self.start("serve", "--port", str(self.port), "--no-worker")
        self.wait_until_well()

    def keep_serving(self) -> bool:
        """Start it again if it ended; whether it had."""
        assert self.serving is not None
        if self.serving.poll() is None:
            return False
        self.serve()
        return True

    def work(self, count: int) -> None:
        """Workers that sweep and send every second."""
        self.workers += [self.start("worker", "--every", "1") for _ in range(count)]

    def web_processes(self) -> tuple[list[int], list[int]]:
        """The server's parent process, and the ones that answer."""
        assert self.serving is not None
        head = [pid for pid in children(self.serving.pid) if "granian" in command_of(pid)][:1]
        return head, [pid for one in head for pid in children(one) if "resource_tracker" not in command_of(pid)]

    def wait_until_well(self) -> float:
        """Seconds until a page that needs the database answers 200."""
        began = time.monotonic()
        while time.monotonic() < began + READY:
            assert self.serving is not None
            if self.serving.poll() is not None:
                self.serving = self.start("serve", "--port", str(self.port), "--no-worker")
            elif self.web_processes()[1] and self._answers():
                return time.monotonic() - began
            time.sleep(0.2)
        raise AssertionError(f"no answer within {READY} s: {(self.folder / 'log').read_text()[-3000:]}")

    def _answers(self) -> bool:
        page = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            page.request("GET", "/api/v1/categories")
            return page.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            page.close()

    def finish(self) -> dict[str, object]:
        """Let wishes end, send what is owed, stop everything, and audit."""
        self.wait_until_well()
        self.citizens.stop()
        self._end_processes()
        sent = self.home.huiyin("worker", "--once")
        assert sent.returncode == 0, sent.stderr
        file = self.folder / "told.json"
        self.citizens.write(file)
        audited = self.home.run("tests.drills.audit", str(file))
        assert audited.returncode == 0, audited.stderr
        found: dict[str, object] = json.loads(audited.stdout)
        odd = {str(s): n for s, n in sorted(self.citizens.statuses.items())}
        faults = [f"{words}: {n} times" for words, n in self.citizens.words.items() if not words.startswith(OUTAGES)]
        assert isinstance(found["wrong"], list)
        return {**found, "wrong": found["wrong"] + faults, "refused": len(self.citizens.refused), "answers": odd}

    def _end_processes(self) -> None:
        for process in (*self.workers, *filter(None, [self.serving])):
            below = children(process.pid)
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
            for pid in below:
                send(pid, signal.SIGKILL)
        self.workers, self.serving = [], None

    def close(self) -> None:
        self._end_processes()
        self.log.close()
        os.sync()
