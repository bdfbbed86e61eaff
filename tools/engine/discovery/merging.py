"""One discovery out of the surveys of a project's roots: every dimension once, applicable where at least one root measures it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from state.measurement import TIER_WEIGHTS, TIERS, PlannedDimension, Profile
from tools.engine.languages.survey import Discovery, Missing, Survey

NOWHERE = "none of the languages that were seen here yields it"
NO_LANGUAGE = "no language was seen here that this version can measure"


def merged(surveys: Sequence[Survey], more: Sequence[PlannedDimension], commands: Sequence[str]) -> Discovery:
    """The discovery of a project: what its roots measure, and besides them `more` dimensions and `commands`."""
    alone = len(surveys) == 1
    profile = Profile(
        roots=tuple(survey.root for survey in surveys),
        dimensions=tuple(_dimensions(surveys, more)),
        commands=(*(line for survey in surveys for line in _named(survey, survey.commands, alone=alone)), *commands),
    )
    return Discovery(
        profile=profile,
        seen=tuple(line for survey in surveys for line in _named(survey, survey.seen, alone=alone)),
        missing=tuple(each for survey in surveys for each in _missing(survey, alone=alone)),
        test_paths=tuple(path for survey in surveys for path in survey.test_paths),
        kind=next((survey.kind for survey in surveys if survey.kind), ""),
        frameworks=tuple(dict.fromkeys(name for survey in surveys for name in survey.frameworks)),
    )


def _dimensions(surveys: Sequence[Survey], more: Sequence[PlannedDimension]) -> Iterator[PlannedDimension]:
    """Hygiene, growth and project, each dimension of ours once."""
    given = {each.name: each for each in more}
    for tier in TIERS:
        for name in TIER_WEIGHTS.get(tier, {}):
            yield given.pop(name) if name in given else _one(name, surveys)
    yield from given.values()


def _one(name: str, surveys: Sequence[Survey]) -> PlannedDimension:
    """The dimension as the roots plan it together; where none of them measures it, why the first that has code does not."""
    planned = [(survey, each) for survey in surveys for each in survey.dimensions if each.name == name]
    measured = [(survey, each) for survey, each in planned if each.applicable]
    if measured:
        how = "; ".join(_named(survey, (each.how,), alone=len(surveys) == 1)[0] for survey, each in measured)
        return measured[0][1].model_copy(update={"how": how})
    if planned:
        return next((each for survey, each in planned if survey.root.source_paths or survey.test_paths), planned[0][1])
    tier = next(tier for tier in TIERS if name in TIER_WEIGHTS.get(tier, {}))
    return PlannedDimension(name=name, tier=tier, applicable=False, why=NOWHERE if surveys else NO_LANGUAGE)


def _named(survey: Survey, lines: Sequence[str], *, alone: bool) -> list[str]:
    """The lines with the folder that they speak of, where there is more than one."""
    return list(lines) if alone else [f"{survey.root.path or '.'}: {line}" for line in lines]


def _missing(survey: Survey, *, alone: bool) -> Iterator[Missing]:
    for each in survey.missing:
        yield each if alone else replace(each, what=f"{each.what} in {survey.root.path or 'the top folder'} ({survey.root.language})")
