"""When does each job run, and what is kept of how it went?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from apscheduler.schedulers.background import BackgroundScheduler

from plugin.errors import PluginError
from plugin.storage import jobs as runs
from plugin.storage.house import House
from plugin.tasks.jobs import Job, jobs
from plugin.tasks.writer import Writer

log = logging.getLogger("regulars.clock")
FIRST_RUN_AFTER_S = 2
# What runs seldom takes long, and a start has enough to do with the visits that waited for it.
SELDOM_S, FIRST_SELDOM_RUN_AFTER_S = 300, 30


def make_clock(
    house: House, now: Callable[[], int], writer: Writer | None = None
) -> BackgroundScheduler:
    """A scheduler with every job, not started yet. One process of an installation may run it.

    writer: who does the passes over visitors; None: this process, by itself.

    A run that was missed is made up for once, whenever that is; a job never overlaps itself.
    """
    clock = BackgroundScheduler(
        timezone=timezone.utc,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    began = datetime.now(timezone.utc)
    for job in jobs(house.settings, writer):
        if job.every_s is not None:
            wait_s = FIRST_RUN_AFTER_S if job.every_s < SELDOM_S else FIRST_SELDOM_RUN_AFTER_S
            soon = began + timedelta(seconds=wait_s)
            timing = {"trigger": "interval", "seconds": job.every_s, "next_run_time": soon}
        else:
            timing = {"trigger": "cron", "hour": job.at_hour, "minute": 10}
        clock.add_job(run_for_all, args=(house, job, now), id=job.name, **timing)
    return clock


def run_for_all(house: House, job: Job, now: Callable[[], int]) -> None:
    """Run ``job`` for every shop; what goes wrong in one shop does not stop the next."""
    for name in house.shops():
        try:
            run(house, job, name, now)
        except Exception:
            log.exception("job %s of shop %s could not be recorded", job.name, name)


def run(house: House, job: Job, name: str, now: Callable[[], int]) -> bool:
    """Run ``job`` for one shop and keep how it went; whether it went well."""
    store, shop, began = house.store(name), house.shop(name), now()
    try:
        said, ok = job.run(store, shop, began), True
    except PluginError as trouble:
        said, ok = trouble.message, False
    except Exception as trouble:
        log.exception("job %s of shop %s failed", job.name, name)
        said, ok = f"failed: {type(trouble).__name__}; see the log", False
    with store.write() as tx:
        runs.ran(tx, job.name, began, now(), ok=ok, said=said)
    return ok
