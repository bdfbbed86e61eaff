"""What an approved evaluation leaves out and could be measured by now: a project outgrows what was drafted for it."""

from tools.engine.contract import Standing
from tools.engine.discovery.discover import leaves_out, measurable_now, places
from tools.engine.experiment.history import decided
from tools.engine.languages.survey import Project
from tools.engine.repository.blobs import files_through_one_git
from tools.engine.scope.files import files_of
from tools.engine.session import Session


def measurable_by_now(session: Session, where: Standing) -> list[str]:
    """The dimensions that the approved profile leaves out and the target's files would yield. Runs nothing; empty where nothing is approved."""
    profile = where.approval.profile if where.approval is not None else None
    if profile is None or where.configuration is None or not leaves_out(profile):
        return []
    repository = session.repository
    with files_through_one_git(repository, where.tip) as read:
        project = Project(repository.root, files_of(repository, where.tip).paths, read)
        return [each.name for each in measurable_now(project, profile, decided(session))]


def is_bare(session: Session, where: Standing) -> bool:
    """Whether no toolchain of any language was seen on the target: nothing is there that a draft could name."""
    repository = session.repository
    with files_through_one_git(repository, where.tip) as read:
        return not places(Project(repository.root, files_of(repository, where.tip).paths, read))
