"""Every exception that crosses a room.

    DiffspotError
    ├── UserError           the user can fix it: one message, exit status 2
    │   ├── ConfigError     an unknown or contradictory setting
    │   ├── DatasetError    a dataset that can't be read or breaks its contract
    │   └── PromptError     a prompt file that is absent or malformed
    ├── StoreError          a row could not be kept (disk full, damaged folder)
    └── CallError           one call failed: it becomes a row with its `error_type`
        ├── ConnectionFailed    refused, reset, name not resolved
        ├── CallTimeout         no reply before the deadline
        ├── RateLimited         HTTP 429
        ├── ServerFailed        HTTP 408, 409 or 5xx
        ├── BadReply            a reply that breaks its protocol (cut JSON, no choices)
        ├── AuthFailed          HTTP 401 or 403
        ├── RequestRejected     any other HTTP 4xx: the same request can only fail again
        ├── WorkerDied          the process that held the call is gone
        ├── EngineStartFailed   the row's engine did not start; `error_type` is start_<reason>
        └── MissingPrediction   an imported file has no line for the pair

A message says what happened, to which id, and what to do.
"""

from typing import ClassVar


class DiffspotError(Exception):
    """Root of the tree."""


class UserError(DiffspotError):
    """The user can fix this; printed as one message without a traceback."""


class ConfigError(UserError):
    """A setting is unknown, absent or contradicts another."""


class DatasetError(UserError):
    """A dataset can't be read or breaks its contract."""


class PromptError(UserError):
    """A prompt file is absent or malformed."""


class LockError(UserError):
    """Another process holds what this one needs."""


class StoreError(DiffspotError):
    """A row could not be written to, or read from, the store or a run's folder."""


class CallError(DiffspotError):
    """One call failed. `retry_after_s`, if set, is the server's own wish."""

    error_type: str = "internal"
    is_retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ConnectionFailed(CallError):
    """Refused, reset, or the name did not resolve."""

    error_type = "connection"
    is_retryable = True


class CallTimeout(CallError):
    """No reply before the deadline."""

    error_type = "timeout"
    is_retryable = True


class RateLimited(CallError):
    """HTTP 429."""

    error_type = "rate_limited"
    is_retryable = True


class ServerFailed(CallError):
    """HTTP 408, 409 or 5xx."""

    error_type = "server_error"
    is_retryable = True


class BadReply(CallError):
    """The reply breaks its protocol: cut JSON, no choices, an HTML page."""

    error_type = "bad_reply"
    is_retryable = True


class AuthFailed(CallError):
    """HTTP 401 or 403."""

    error_type = "auth"


class RequestRejected(CallError):
    """Any other HTTP 4xx: the same request can only fail again."""

    error_type = "rejected"


class WorkerDied(CallError):
    """The process that held the call is gone."""

    error_type = "worker_died"
    is_retryable = True


class EngineStartFailed(CallError):
    """The engine of a row did not start; `reason` is a word such as `out_of_memory`, and ends `error_type`."""

    def __init__(self, message: str, *, reason: str = "failed", retry_after_s: float | None = None) -> None:
        super().__init__(message, retry_after_s=retry_after_s)
        self.error_type = f"start_{reason}"


class MissingPrediction(CallError):
    """An imported file holds no line for the pair."""

    error_type = "missing_prediction"
