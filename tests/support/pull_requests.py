"""A forge that takes pull requests: a bare repository as remote, and a gh and a glab that keep what they are told, in the form of the real ones."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.forges import REMOTE
from tests.support.repositories import git

GITLAB_REMOTE = "https://gitlab.com/group/sub/slug.git"
PROGRAM = '''#!{python} -IS
"""The calls of gh and glab that the server makes, answered as GitHub and GitLab answer them."""
import json, os, re, sys
here = os.path.dirname(os.path.abspath(__file__))
name, words = os.path.basename(sys.argv[0]), sys.argv[1:]

def read(file, otherwise):
    path = os.path.join(here, file)
    return json.load(open(path, encoding="utf-8")) if os.path.exists(path) else otherwise

def end(value):
    json.dump(pulls, open(os.path.join(here, "pulls.json"), "w", encoding="utf-8"))
    sys.stdout.write(json.dumps(value))
    sys.exit(0)

with open(os.path.join(here, "asked.jsonl"), "a", encoding="utf-8") as log:
    log.write(json.dumps([name, *words]) + "\\n")
for pattern, code, said in read("failing.json", []):
    if re.search(pattern, " ".join(words)):
        sys.stderr.write(said)
        sys.exit(code)
pulls, place = read("pulls.json", []), words[1]
fields = dict(words[i + 1].split("=", 1) for i, word in enumerate(words) if word in ("-f", "-F"))
if place == "graphql":
    (found,) = [each for each in pulls if each["node_id"] == fields["id"]]
    found["draft"] = False
    end({{"data": {{}}}})
if name == "gh":
    if listed := re.search(r"/pulls\\?head=([^&]+)&", place):
        end([each for each in pulls if each["head"] == listed[1]])
    if place.endswith("/pulls"):
        number = len(pulls) + 7
        url = "https://github.com/pat/slug/pull/%d" % number
        made = {{**fields, "number": number, "html_url": url, "state": "open", "draft": True, "merged_at": None, "node_id": "PR_%d" % number}}
        pulls.append(made)
        end(made)
    if place.endswith("/comments"):
        end({{}})
    (found,) = [each for each in pulls if place.endswith("/pulls/%d" % each["number"])]
    found.update(fields)
    end(found)
if listed := re.search(r"/merge_requests\\?source_branch=([^&]+)&", place):
    end([each for each in pulls if each["source_branch"] == listed[1]])
if place.endswith("/merge_requests"):
    number = len(pulls) + 7
    url = "https://gitlab.com/group/sub/slug/-/merge_requests/%d" % number
    pulls.append({{**fields, "iid": number, "web_url": url, "state": "opened", "draft": fields["title"].startswith("Draft: ")}})
    end(pulls[-1])
if place.endswith("/notes"):
    end({{}})
if "/merge_requests/" not in place:
    end({{"id": 44}})
(found,) = [each for each in pulls if place.endswith("/merge_requests/%d" % each["iid"])]
found.update({{"state": "closed"}} if fields.get("state_event") == "close" else {{**fields, "draft": fields["title"].startswith("Draft: ")}})
end(found)
'''


@dataclass
class Upstream:
    """The remote as a bare repository, and the programs in `folder` that speak for its forge."""

    remote: Path
    folder: Path

    @property
    def pulls(self) -> list[dict[str, Any]]:
        """The pull requests that are there, the oldest first."""
        file = self.folder / "pulls.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else []

    def become(self, **changed: Any) -> None:
        """Somebody does something to the newest pull request, there."""
        *before, newest = self.pulls
        (self.folder / "pulls.json").write_text(json.dumps([*before, {**newest, **changed}]), encoding="utf-8")

    def fails(self, *failing: tuple[str, int, str]) -> None:
        """What the programs do not do from now on: a pattern of the call, how they end, and what they say."""
        (self.folder / "failing.json").write_text(json.dumps(failing), encoding="utf-8")

    @property
    def asked(self) -> list[str]:
        """Every call so far."""
        log = self.folder / "asked.jsonl"
        return [" ".join(json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []

    @property
    def branches(self) -> dict[str, str]:
        """The branches of the remote with their commits."""
        lines = git(self.remote, "for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").splitlines()
        return dict(line.split(" ", 1) for line in lines)


def make_upstream(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Upstream:
    """The programs first in the PATH of the server, and an empty remote."""
    programs, remote = folder / "programs", folder / "remote.git"
    programs.mkdir(parents=True)
    for name in ("gh", "glab"):
        (programs / name).write_text(PROGRAM.format(python=sys.executable), encoding="utf-8")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    git(folder, "init", "-q", "--bare", "-b", "main", str(remote))
    return Upstream(remote, programs)


def connect(project: Path, upstream: Upstream, commit: str, address: str = REMOTE) -> None:
    """The project as a clone of what upstream had at `commit`; whatever is pushed to the address goes to the bare repository."""
    git(project, "push", "-q", str(upstream.remote), f"{commit}:refs/heads/main")
    git(project, "remote", "add", "origin", address)
    git(project, "update-ref", "refs/remotes/origin/main", commit)
    settings = f'[user]\n\tname = Pat\n\temail = pat@example.org\n[url "file://{upstream.remote}"]\n\tpushInsteadOf = {address}\n'
    (Path(os.environ["HOME"]) / ".gitconfig").write_text(settings, encoding="utf-8")
