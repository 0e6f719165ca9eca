"""The statements of one report, as a script for pgbench. Run as a child on a bench's database; prints the script.

What one request sent is taken down word for word; ids, number and client key become variables, so that
pgbench can send the same again and again.
"""

import json
import re
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402 - after setup
from django.test import Client  # noqa: E402

from bench.told import bodies  # noqa: E402
from lianxin.work.cases.models import Assignment, Case  # noqa: E402

TRIES = 200
_UUID = re.compile(r"'[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}'(::uuid)?")


def main() -> None:
    """Report until one is dispatched by the platform, and print what that took."""
    client = Client()
    for body in bodies(TRIES):
        connection.force_debug_cursor = True
        connection.queries_log.clear()
        answer = client.post(
            "/api/v1/reports", body, content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
        )
        sent = [query["sql"] for query in connection.queries]
        connection.force_debug_cursor = False
        told = answer.json()
        if answer.status_code == 201 and told["stage"] == "dispatched":
            print(json.dumps({"statements": len(sent), "script": _script(sent, told["number"])}))
            return
    raise SystemExit("No report was sure enough to be dispatched.")


def _script(sent: list[str], number: str) -> str:
    case = Case.objects.get(number=number)
    ids = {case.pk, *Assignment.objects.filter(case=case).values_list("pk", flat=True)}
    lines = [f"\\set id{place} random(1000000000, 9000000000000)" for place, _pk in enumerate(sorted(ids))]
    lines.append("\\set digits random(1000000000000, 9999999999999)")
    for statement in sent:
        changed = _UUID.sub("gen_random_uuid()", statement.replace(number, f"{number[:7]}:digits"))
        for place, pk in enumerate(sorted(ids)):
            changed = re.sub(rf"(?<![\d.:-]){pk}(?![\d.:-])", f":id{place}", changed)
        # Ids drawn at random are larger than those that the driver saw.
        changed = changed.replace("::int4", "::int8")
        # One line: pgbench ends a statement at a semicolon, and texts hold none that would split it.
        lines.append(changed.replace("\n", " ").rstrip("; ") + ";")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
