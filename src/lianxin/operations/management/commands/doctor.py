"""`lianxin doctor`: say what is wrong with this installation and how to mend it."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from lianxin.operations.doctor.examination import examine
from lianxin.operations.doctor.finding import Finding, Level

SIGNS = {Level.FINE: "✓", Level.CARE: "!", Level.WRONG: "✗"}


class Command(BaseCommand):
    """Print each finding; end with 1 when something must be mended."""

    help = "Say in plain words what is wrong with this installation, and how to mend it."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="one JSON list, for machines")

    def handle(self, *_: Any, **options: Any) -> None:
        """Examine and report."""
        findings: list[Finding] = []
        for finding in examine():
            findings.append(finding)
            if not options["json"]:
                self._say(finding)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
        else:
            self._conclude(findings)
        if any(finding.level is Level.WRONG for finding in findings):
            sys.exit(1)

    def _say(self, finding: Finding) -> None:
        self.stdout.write(f"{SIGNS[finding.level]} {finding.subject}:{finding.sentence}")
        if finding.remedy:
            self.stdout.write(f"    → {finding.remedy}")

    def _conclude(self, findings: list[Finding]) -> None:
        count = {level: sum(finding.level is level for finding in findings) for level in Level}
        wrong, care = count[Level.WRONG], count[Level.CARE]
        self.stdout.write(f"\n需要处理 {wrong} 项,建议留意 {care} 项。" if wrong or care else "\n一切正常。")
