"""Whoever runs the ``mayfly`` command."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SHOP = """
[calendars.office]
time_zone = "Europe/Berlin"
open = ["mon-fri 09:00-18:00"]
[plans.vip]
priority = 80
first_response = "2h-4h"
channels = ["chat", "form"]
[teams.sales]
calendar = "office"
[teams.on-call]
[sites.shop]
title = "Shop"
origins = []
identity_secrets = ["ssssssssssssssssssssssssssssssss"]
team = "sales"
time_zone = "Europe/Berlin"
locales = ["en", "ru"]
topics = ["Money"] # and yet the form does not ask for one
eligible.when = [{ signed_in = false }, { role = "buyer" }]
eligible.otherwise = { en = "Please call us." }
[[sites.shop.routes]]
when = { plan = "vip" }
to = ["agent:{manager}", "team:sales", "team:on-call"]
"""
"""A shop with a calendar, a plan, two teams and a route."""


@dataclass(frozen=True)
class Operator:
    """Someone in a folder of their own, with only what they set in the environment."""

    folder: Path

    def runs(self, *words: str, says: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run ``mayfly`` to its end; ``says`` is typed on stdin."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
        return subprocess.run(
            [sys.executable, "-c", "from chat.cli import app; app(prog_name='mayfly')", *words],
            cwd=self.folder,
            env={**clean, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
            input=says,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def writes(self, toml: str) -> None:
        (self.folder / "mayfly.toml").write_text(toml, "utf-8")
