"""How work is prepared, rationed and handed over: the setup of a fresh tree, the budget of hypotheses, and pull requests without extras."""

from typing import Literal

from state.configuration.quantities import Count, Seconds, YesOrNo
from state.configuration.values import Command, PatternList, Variables
from state.model import Model


class HypothesisBudget(Model):
    """How many hypotheses of a cycle at least aim at growth, and how many new items at most the backlog gains."""

    min_growth: Count = 2
    max_new: Count = 2


class CleanPullRequest(Model):
    """Whether pull requests leave out what serves the factory alone; the fields have the names that factory.md gives them.

    With `clean_pr_include` only files that it matches stay in; what `clean_pr_exclude` matches goes out, whatever the other says. `land_by` a pull
    request: what is kept does not land on the target here, but where the forge takes it.
    """

    clean_pr: YesOrNo = False
    clean_pr_include: PatternList = ()
    clean_pr_exclude: PatternList = ()
    land_by: Literal["pull_request"] | None = None


class Setup(Model):
    """How a fresh tree becomes runnable, and what its commands get.

    `command` prepares it, within `timeout` seconds, and may use the network; `network` opens it to the candidate's code too. `env` are variables
    handed on by name, `link` ignored paths of the main checkout, read-only. With `parallel` several trees of the project may be under test at
    a time; factory.md may say the opposite of it, as `exclusive`.
    """

    command: Command | None = None
    env: Variables = ()
    network: YesOrNo = False
    link: PatternList = ()
    parallel: YesOrNo = False
    timeout: Seconds = 1800.0
