"""Asks the team about every courtyard, holds its answers against the truth, and writes results/latest.json."""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from voice.model import PRICE  # noqa: E402
from waycount.courtyards import read_courtyards  # noqa: E402
from waycount.prompts import read_prompt  # noqa: E402
from waycount.team import Answer, Team, answer  # noqa: E402


def main() -> None:
    """One run. Without REFACTORY_SEED it is a throw of its own."""
    seed = int(os.environ.get("REFACTORY_SEED") or int.from_bytes(os.urandom(4), "big"))
    team = Team(*(read_prompt(ROOT / "prompts" / f"{role}.md") for role in ("scout", "counter", "editor")))
    truth = json.loads((ROOT / "truth" / "answers.json").read_text(encoding="utf-8"))
    answers = {courtyard.name: answer(team, courtyard, seed) for courtyard in read_courtyards(ROOT / "data" / "courtyards.json")}
    instances = [judged(name, given, truth[name]) for name, given in answers.items()]
    solved = sum(instance["passed"] for instance in instances)
    cost = PRICE * sum(given.words for given in answers.values())
    result = {"solve_rate": solved / len(instances), "solved": solved, "cost_usd": round(cost, 6), "instances": instances}
    (ROOT / "results").mkdir(exist_ok=True)
    (ROOT / "results" / "latest.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    print(f"solved {solved} of {len(instances)}")


def judged(name: str, given: Answer, truth: int) -> dict[str, object]:
    """Whether a courtyard was solved; else at which stage it was lost, and how. The truth itself is not told."""
    if given.final == truth:
        return {"id": name, "passed": True}
    if given.final is None:
        return {"id": name, "passed": False, "stage": "scout", "category": "NO_ANSWER"}
    if truth in given.claims:
        return {"id": name, "passed": False, "stage": "editor", "category": "RIGHT_ANSWER_CORRECTED"}
    return {"id": name, "passed": False, "stage": "counter", "category": "MISREAD"}


if __name__ == "__main__":
    main()
