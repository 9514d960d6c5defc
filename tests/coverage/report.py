# SPDX-License-Identifier: MIT
"""Adds up what the tests have run, and prints it:

    report.py BUILD MIN

BUILD is where the objects lie, built with counters, and the directory guest
with what came out of the guests (guest.h). Printed are the lines of each file
of init/ and host/, the one with the smallest part first, and of all; what is
not run stands in BUILD/html. The exit code is 1 where all together have less
than MIN percent.
"""

import glob
import json
import os
import shutil
import subprocess
import sys


def parse_dump(data):
    """The last whole dump of a guest: .gcda bytes by path, or None."""
    found, files, at = None, None, 0
    while (end := data.find(b"\n", at)) >= 0:
        words, at = data[at:end].split(b" ", 2), end + 1
        if words == [b"dump"]:
            files = {}
        elif words == [b"done"]:
            found = files
        elif words[0] == b"gcda" and files is not None:
            size = int(words[1])
            files[words[2].decode()] = data[at:at + size]
            at += size
        else:
            break  # it was ended in the middle
    return found


def merge_guests(build):
    """Put the sum of all guests' counters beside init's objects."""
    one, both, last = (f"{build}/guest.{n}" for n in ("one", "sum", "last"))
    said, silent = 0, 0
    shutil.rmtree(last, ignore_errors=True)
    for path in glob.glob(f"{build}/guest/*"):
        with open(path, "rb") as f:
            files = parse_dump(f.read())
        if not files:
            silent += 1
            continue
        said += 1
        shutil.rmtree(one, ignore_errors=True)
        for name, data in files.items():
            to = f"{one}/{os.path.basename(name)}"
            os.makedirs(one, exist_ok=True)
            with open(to, "wb") as f:
                f.write(data)
        if said == 1:
            os.rename(one, last)
            continue
        subprocess.run(["gcov-tool", "merge", "-o", both, last, one],
                       check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(last)
        os.rename(both, last)
    print(f"coverage: {said} guests told their counters, {silent} did not")
    if not said:
        sys.exit("coverage: nothing came out of any guest, see guest.h")
    for path in glob.glob(f"{last}/*.gcda"):
        shutil.copy(path, f"{build}/obj/init/")


def main():
    build, least = sys.argv[1], float(sys.argv[2])
    summary = f"{build}/coverage.json"
    merge_guests(build)
    os.makedirs(f"{build}/html", exist_ok=True)
    subprocess.run(["gcovr", "-r", ".", "-f", "init/", "-f", "host/",
                    "--object-directory", build, "-j", str(os.cpu_count()),
                    "--json-summary", summary,
                    "--html-details", f"{build}/html/index.html",
                    f"{build}/obj", f"{build}/unit"], check=True)
    with open(summary) as f:
        files = json.load(f)["files"]
    total = {"init": [0, 0], "host": [0, 0], "all": [0, 0]}
    rows = []
    for f in files:
        name, run, lines = f["filename"], f["line_covered"], f["line_total"]
        rows.append((run / max(lines, 1), name, run, lines))
        for key in (name.split("/")[0], "all"):
            total[key][0] += run
            total[key][1] += lines
    for part, name, run, lines in sorted(rows):
        print(f"{name:28} {run:6} of {lines:6}  {100 * part:5.1f} %")
    for name, (run, lines) in total.items():
        part = 100 * run / max(lines, 1)
        print(f"{name:28} {run:6} of {lines:6}  {part:5.1f} %")
    if part < least:
        sys.exit(f"coverage: below {least:g} % of lines; "
                 f"see {build}/html/index.html")


main()
