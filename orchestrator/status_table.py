"""A status as a person reads it: a few aligned lines and a table of rows."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from orchestrator.status import AT_WORK, RowStatus, Status

_SILENT_S: Final = 30.0
"""A driver that asks writes every 2 s; this old, a status is no longer how things are."""
_USES: Final = ("useful", "idle", "warming", "lost")
_COLUMNS: Final = ("row", "ready", "loads", "in flight", "ended", "left", "calls/s", "tok/s in", "tok/s out", "cost")


def render(status: Status, now: datetime | None = None) -> str:
    """Return what there is to say of a run, a line each."""
    now = now or datetime.now(UTC)
    lines = [*_head_lines(status, now), "", *_row_lines(status), ""]
    if status.gpu_seconds.get("held"):
        lines.append(_gpu_line(status.gpu_seconds))
    return "\n".join([*lines, *_last_lines(status, now)]).rstrip()


def is_gone(status: Status, now: datetime | None = None) -> bool:
    """Tell whether a run that should be at work has no driver any more, as far as can be told from here."""
    if status.state not in AT_WORK:
        return False
    is_alive = status.driver.is_alive()
    return _is_silent(status, now or datetime.now(UTC)) if is_alive is None else not is_alive


def _is_silent(status: Status, now: datetime) -> bool:
    """Tell whether a driver writes no more; while it analyses it need not."""
    return status.state in ("running", "stopping") and _age_s(status, now) > _SILENT_S


def _head_lines(status: Status, now: datetime) -> Iterable[str]:
    yield f"{status.run}   {_state_words(status, now)}"
    is_now = status.state in AT_WORK and not is_gone(status, now)
    yield _progress_line("answers", status.answers, status.num_answers, status.answers_per_s if is_now else None)
    line = _progress_line("verdicts", status.verdicts, status.num_verdicts, status.verdicts_per_s if is_now else None)
    yield f"{line}   {status.unscored:,} unscored"
    if is_now and status.state != "analysing":
        yield f"{'time left':12}{'unknown' if status.time_left_s is None else _duration(status.time_left_s)}"
    if status.outcomes:
        named = sorted(status.outcomes.items(), key=lambda item: -item[1])
        yield f"{'outcomes':12}" + "   ".join(f"{outcome} {number:,}" for outcome, number in named)


def _state_words(status: Status, now: datetime) -> str:
    driver = f"pid {status.driver.pid} on {status.driver.host}"
    if is_gone(status, now):
        return f"its driver ({driver}) is gone: last heard {_duration(_age_s(status, now))} ago"
    since = _duration(status.elapsed_s)
    if _is_silent(status, now):
        return (
            f"{status.state}, {driver}, but silent for {_duration(_age_s(status, now))}: is it stopped or swapped out?"
        )
    words = f"{status.state}, {driver}, {since}" if status.state in AT_WORK else f"{status.state} after {since}"
    return f"{words}: {status.reason}" if status.reason else words


def _progress_line(name: str, done: int, planned: int, per_s: float | None) -> str:
    share = f"{100 * done / planned:.0f}%" if planned else ""
    rate = "" if not per_s else f"   {per_s:,.1f}/s"
    return f"{name:12}{done:,}/{planned:,}   {share}{rate}"


def _row_lines(status: Status) -> Iterable[str]:
    """Yield the table of rows; a column that says nothing of any row is left out."""
    cells = [_COLUMNS, *(_row_cells(row) for row in status.rows)]
    columns = [column for column in zip(*cells, strict=True) if any(cell != "-" for cell in column[1:])]
    widths = [max(map(len, column)) for column in columns]
    for line in zip(*columns, strict=True):
        first, *rest = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join([first.strip().ljust(widths[0]), *rest])


def _row_cells(row: RowStatus) -> tuple[str, ...]:
    counts = (row.ready, row.starting, row.in_flight, row.calls_ended, row.calls_left)
    return (
        f"{row.group} {row.name}",
        *(f"{count:,}" if count else "-" for count in counts),
        _number(row.calls_per_s, 1),
        _number(row.input_tokens_per_s, 0),
        _number(row.output_tokens_per_s, 0),
        f"${row.cost_usd:,.2f}" if row.cost_usd else "-",
    )


def _number(value: float | None, digits: int) -> str:
    return f"{value:,.{digits}f}" if value else "-"


def _gpu_line(seconds: dict[str, float]) -> str:
    held = seconds["held"]
    shares = "   ".join(f"{use} {seconds[use]:,.0f} ({100 * seconds[use] / held:.0f}%)" for use in _USES)
    return f"{'GPU-seconds':12}{shares}   of {held:,.0f}"


def _last_lines(status: Status, now: datetime) -> Iterable[str]:
    if status.cost_usd or status.max_cost_usd is not None:
        ceiling = "" if status.max_cost_usd is None else f" of at most ${status.max_cost_usd:,.2f}"
        yield f"{'cost':12}${status.cost_usd:,.2f}{ceiling}, for this command"
    if status.leaderboard is not None:
        yield f"{'leaderboard':12}{status.leaderboard}"
    elif status.state in ("stopped", "failed") or is_gone(status, now):
        where = "" if Path(status.folder) == Path.cwd() else f", in {status.folder}"
        yield f"go on with{where}:\n  {status.command}"


def _age_s(status: Status, now: datetime) -> float:
    return max((now - datetime.fromisoformat(status.updated_at)).total_seconds(), 0.0)


def _duration(seconds: float) -> str:
    """Return `0:42`, `3:12:05`, or `2 days 3:12:05`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours}:{minutes:02d}:{rest:02d}" if hours or days else f"{minutes}:{rest:02d}"
    return f"{days} day{'s' * (days > 1)} {clock}" if days else clock
