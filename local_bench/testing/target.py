"""What a group of tests runs against: a throw-away bench, or an existing official one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from local_bench.bench import CHECKOUT, Bench
from local_bench.processes import passthrough, run

START = Path(__file__).parent / "start.py"


@dataclass(frozen=True)
class Target:
    """Enough to run tests and programs against one site."""

    python: Path
    sites: Path
    site: str
    app: Path
    """The folder `apps/social_crm` whose package tests run."""
    environment: dict[str, str]
    url: str = ""
    tools: str = ""
    """Folders with pytest and its kin, where the bench's Python has none."""

    def command(self, module: str, *words: str | Path) -> list[str]:
        """The command line of a module in the bench's Python, with our folders at the end of its path."""
        folders = ":".join(part for part in (self.tools, str(CHECKOUT)) if part)
        return [str(self.python), str(START), folders, module, *map(str, words)]

    def variables(self, **extra: str) -> dict[str, str]:
        ours = {"FRAPPE_SITE": self.site, "FRAPPE_TEST_SITES": str(self.sites), "SOCIAL_CRM_URL": self.url}
        return {**self.environment, **ours, "SOCIAL_CRM_APP": str(self.app), **extra}

    def pytest(self, folder: Path, junit: Path, words: list[str], **extra: str) -> int:
        """Run pytest on the terminal; returns its exit code."""
        fixed = ["-c", CHECKOUT / "pyproject.toml", "--rootdir", CHECKOUT, "-p", "no:cacheprovider"]
        fixed += [
            "-q",
            "--import-mode=importlib",
            f"--junitxml={junit}",
            "--durations=5",
            "--durations-min=3",
            "--disable-warnings",
        ]
        command = self.command("pytest", *fixed, *words, folder)
        return passthrough(command, cwd=self.sites, env=self.variables(**extra))

    def people(self, action: str, file: Path) -> None:
        """Make or remove the test users."""
        command = self.command("local_bench.testing.people", action, file)
        run(command, cwd=self.sites, env=self.variables(), what=f"Test users ({action})")


def of_bench(bench: Bench) -> Target:
    """A bench of ours as a target."""
    return Target(
        python=bench.python,
        sites=bench.sites,
        site=bench.site,
        app=CHECKOUT,
        environment=bench.environment(SOCIAL_CRM_BENCH_ROOT=str(bench.root)),
        url=bench.url if "web" in bench.ports else "",
    )
