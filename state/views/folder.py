"""What stands in `.factory` from the first event on: what git leaves out, and what a person should know of the folder."""

from typing import Final

IGNORED: Final = b"*\n"  # .gitignore: nothing of the folder is the project's
README: Final = b"""\
# .factory

What re:factory knows of this project, written for people and other tools. It is a copy: the truth lies in `.git/refactory`, and nothing here is read
for a decision. An edit changes nothing and is lost when the file is written again, but for `draft/factory.md`: approval is asked for it as you edited
it. Deleting the folder loses nothing but edits of open experiments in `worktrees/`.

- `results.tsv`: one line for each experiment that ended, in that order. `experiments/NNN/`: what was tried, measured and decided.
- `strategy/`: the cycle at work, what its baseline showed, what is still to do, what was learned. `reviews/`: what the roles said last.
- `archive/`: a note for each experiment, each ended cycle, what was cited, patterns. `performance_report.json`: the counts.
- `config.json`, `eval_profile.json`: factory.md and the way of measuring, as approved last. `draft/`: the newest draft of factory.md.
- `events.jsonl`: every event. With it, `refactory doctor --rebuild` restores a lost store.
- `agents/ROLE.md` is yours: words of your own for a role. Nothing else writes there.

`refactory doctor` compares this folder with the store, `refactory doctor --repair` writes again what differs.
"""
