"""What happens on the clock, and how did it go?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.shop import DAY, SECOND
from plugin.storage import jobs as runs
from plugin.storage import segments
from plugin.storage.engine import Row
from plugin.tasks.jobs import Job, jobs
from plugin.web.admin.words import job_words
from plugin.web.frame import framed, page, shop_now, store_now
from plugin.web.here import here

PATIENCE = 3  # periods without a start before a job counts as late


@dataclass(frozen=True)
class JobState:
    """One job and how its last run went. ``state``: well, failed, late, never."""

    job: Job
    does: str
    run: Row | None
    state: str


@framed
def job_list() -> Any:
    """Each job of the clock with its last run, and how many visitors wait to be looked at."""
    shop_now()
    now = here().now()
    with store_now().read() as tx:
        last = runs.last_runs(tx)
        dirty, due = segments.backlog(tx, now)
    found = [_state(job, last.get(job.name), now) for job in jobs(here().house.settings)]
    return page("jobs.html", found=found, dirty=dirty, due=due)


def _state(job: Job, run: Row | None, now: int) -> JobState:
    does = job_words(job.name, job.does)
    if run is None:
        return JobState(job, does, None, "never")
    period = DAY if job.every_s is None else job.every_s * SECOND
    if not run["ok"]:
        return JobState(job, does, run, "failed")
    late = now - run["started_at"] > PATIENCE * period
    return JobState(job, does, run, "late" if late else "well")
