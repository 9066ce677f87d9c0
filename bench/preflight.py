"""How long `irsa preflight` takes for a fleet of hundreds, each cluster answered by the embedded world's API servers.

Run: `python -m bench.preflight [CLUSTERS]`. The command is the real process; 20 ms on every AWS and Kubernetes call.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import yaml

from bench.diagnosis import child

CLUSTERS = 400
LATENCY = 0.02


def fleet_of(clusters: int, fleet: str, folder: Path) -> Path:
    """The world's fleet file, with further clusters in it that are its own by other names."""
    file = yaml.safe_load(Path(fleet).read_text(encoding="utf-8"))
    own = [entry for entry in file["clusters"] if entry["region"].startswith("eu-")]
    for number in range(clusters - len(file["clusters"])):
        entry = own[number % len(own)]
        named = {"name": f"{entry['name']}-{number}", "eks_name": entry.get("eks_name", "")}
        file["clusters"].append({**entry, **{key: said for key, said in named.items() if said}})
    written = folder / "fleet.yaml"
    written.write_text(yaml.safe_dump(file, sort_keys=False), encoding="utf-8")
    return written


def main() -> None:
    """Print the places, the checks by what they came to, and the time."""
    clusters = int(sys.argv[1]) if len(sys.argv) > 1 else CLUSTERS
    with (
        child("bench.far.world", str(LATENCY)) as world,
        tempfile.TemporaryDirectory(prefix="irsa-bench-") as folder,
    ):
        way = json.loads(world.first)
        fleet = fleet_of(clusters, way["fleet"], Path(folder))
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "bot", "preflight", "--fleet", str(fleet), "--format", "json"],
            env={**os.environ, **way["environ"]}, check=False, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        seconds = time.perf_counter() - start
    places = json.loads(done.stdout)["places"]
    states = Counter(check["state"] for place in places for check in place["checks"])
    print(f"{len(places)} places in {seconds:.1f} s: {dict(states)}")


if __name__ == "__main__":
    main()
