"""Which troubles do we expect, and what should the reader of each do next?

Expected trouble is a child of ``PluginError`` that says what, where and what to do.
Only the edges (web, tasks, cli) catch these.
"""

from __future__ import annotations


class PluginError(Exception):
    """Trouble with a text for people, a stable ``code`` for programs and an HTTP ``status``."""

    code = "error"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status


class BodyRefused(PluginError):
    """The request's body as a whole cannot be read (400; 413 when too large)."""

    code = "bad_body"


class EventRefused(PluginError):
    """One event of a batch is not what the contract describes; the others go on."""

    code = "bad_event"


class RuleRefused(PluginError):
    """A rule cannot be read; the message names the leaf and what to write instead."""

    code = "bad_rule"


class DocumentRefused(PluginError):
    """A popup, window, segment or shop setting is not what the contract describes."""

    code = "bad_document"


class NotAllowed(PluginError):
    """No key, or not one that opens this door."""

    code = "not_allowed"
    status = 401


class NotFound(PluginError):
    """There is nothing under this name."""

    code = "not_found"
    status = 404


class NotYet(PluginError):
    """The contract names it, this version does not do it yet."""

    code = "not_yet"
    status = 501


class Busy(PluginError):
    """It cannot be stored now; the same call may be sent again safely."""

    code = "busy"
    status = 503
    retry_after_s = 2


class Undone(Busy):
    """The whole transaction is gone, with everything done in it so far; nothing may be added."""
