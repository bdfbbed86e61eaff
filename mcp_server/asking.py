"""Reaching the person behind a host: a form that counts only when accepted, in both eras of the protocol."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any, Final

import anyio.from_thread
from mcp import MCPError
from mcp.server import ServerRequestContext
from mcp.types import CallToolRequestParams, ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult

from tools.engine.session import Question, Reply

KEY: Final = "approval"
log = logging.getLogger("refactory")
MODERN: Final = "2026-07-28"  # from here on questions travel in the call's own result
# No top-level title or description: one host cancels forms that have them, unseen.
FORM: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "answer": {"type": "string", "enum": ["approve", "changes", "reject"], "description": "Your answer"},
        "comment": {"type": "string", "description": "What to change, or why (optional)"},
    },
    "required": ["answer"],
}


class InputNeeded(Exception):  # noqa: N818 - not a failure: the call is to be made again with the person's answer
    """The question has to travel to the client before the tool can go on."""

    def __init__(self, result: InputRequiredResult) -> None:
        super().__init__("the person is asked")
        self.result = result


@dataclass(frozen=True)
class Asking:
    """One call's way to the person."""

    context: ServerRequestContext[Any]
    params: CallToolRequestParams

    def ask(self, question: Question) -> Reply | None:
        """What the person answered, from a worker thread; None where there is nobody, or where they declined or cancelled.

        Raises InputNeeded where the client has to ask first.
        """
        if not self.can_ask():
            return None
        if self.context.protocol_version < MODERN:
            return anyio.from_thread.run(self._elicit, question)
        answers, state = self.params.input_responses or {}, digest(question)
        if KEY in answers and self.params.request_state == state:
            return read_reply(answers[KEY])
        request = ElicitRequest(params=ElicitRequestFormParams(message=question.message, requested_schema=FORM))
        raise InputNeeded(InputRequiredResult(input_requests={KEY: request}, request_state=state))

    async def _elicit(self, question: Question) -> Reply | None:
        try:
            return read_reply(await self.context.session.elicit_form(question.message, FORM, self.context.request_id))
        except MCPError as error:
            log.warning("the host could not ask: %s", error)
            return None

    def can_ask(self) -> bool:
        """Whether the client said that it shows forms. An empty capability is the older way to say so."""
        capabilities = self.context.session.client_capabilities
        elicitation = capabilities.elicitation if capabilities else None
        return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def read_reply(result: object) -> Reply | None:
    """Only an accepted form with an answer counts: hosts decline and cancel unseen."""
    if not isinstance(result, ElicitResult) or result.action != "accept" or not result.content:
        return None
    answer, comment = result.content.get("answer"), result.content.get("comment")
    match answer:
        case "approve" | "changes" | "reject":
            return Reply(answer, str(comment or "")[:2000])
        case _:
            return None


def digest(question: Question) -> str:
    """What an answer is bound to: exactly the words shown."""
    return hashlib.sha256(question.message.encode()).hexdigest()
