"""Expected failures: each carries a sentence its user can read. All other exceptions are bugs."""

from collections.abc import Mapping


class LianxinError(Exception):
    """An act that cannot be done, told in the user's words; nothing was changed."""

    status = 409
    code = "refused"

    def __init__(self, sentence: str, *, code: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        if code:
            self.code = code


class Refused(LianxinError):
    """A rule of the domain stops the act; `rule` names it."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence, code=rule)
        self.rule = rule


class NotAllowed(Refused):
    """The actor sees the thing but none of its posts may do this to it."""

    status = 403


class NotFound(LianxinError):
    """The thing is not there, or the actor may not know that it is."""

    status = 404
    code = "not_found"


class Stale(LianxinError):
    """The actor saw an older version; `changes` tells what came since, oldest first."""

    code = "stale"

    def __init__(self, sentence: str, *, version: int, changes: list[str]) -> None:
        super().__init__(sentence)
        self.version = version
        self.changes = changes


class Invalid(LianxinError):
    """Input that breaks a rule of its form: a sentence with the remedy for each field."""

    status = 422
    code = "invalid"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("；".join(fields.values()))
        self.fields = dict(fields)
