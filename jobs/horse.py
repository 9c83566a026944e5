"""The RQ worker of one queue, with a horse that is already standing by.

RQ forks a *work horse* for each ring. Ours is forked ahead of time and waits with Django loaded and its
connections open, so that a job starts in milliseconds. Everything that RQ itself would lose jobs by (retries, its own
scheduler, callbacks) stays unused: the row is the truth, a ring only wakes (docs/adr/0001).
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
from types import FrameType
from typing import Any

import redis
from django.db import DatabaseError
from rq import Queue, Worker
from rq.exceptions import NoSuchJobError
from rq.executions import Execution
from rq.job import Job as Ring

from jobs import lifecycle, needs, rings, worker
from jobs.tools import process

logger = logging.getLogger(__name__)

MONITOR_SECONDS = 5
CONNECTION_WAIT_SECONDS = 2
WORKER_TTL_SECONDS = 30


# What the parent writes to the horse: this, and then which ring and execution the books call it.
BEGIN = b"begin\n"


class StandbyWorker(Worker):
    """An RQ worker of one queue whose next horse is forked before it is needed."""

    max_connection_wait_time = CONNECTION_WAIT_SECONDS

    def __init__(self, queue: str) -> None:
        super().__init__(
            [Queue(queue, connection=rings.connect(timeout=None))],
            name=f"{worker.worker_name()}:{queue}",
            connection=rings.connect(timeout=None),
            job_monitoring_interval=MONITOR_SECONDS,
            worker_ttl=WORKER_TTL_SECONDS,
            log_job_description=False,
        )
        self._standby: tuple[int, int] | None = None

    # --- the parent ---
    def dequeue_job_and_maintain_ttl(self, *args: Any, **options: Any) -> Any:
        """Wait for a ring with a horse standing by; it begins at once, while RQ still keeps its books."""
        _, pipe = self._stand_by()
        ring = super().dequeue_job_and_maintain_ttl(*args, **options)
        if ring:
            with contextlib.suppress(BrokenPipeError):  # told when the order is sent
                os.write(pipe, BEGIN)
        return ring

    def fork_work_horse(self, job: Ring, queue: Queue) -> None:
        """Send the ring to the horse that stands by."""
        pid, pipe = self._stand_by()
        self._standby = None
        self._horse_pid = pid
        execution = next(iter(self.executions.values()))
        try:
            os.write(pipe, f"{job.id} {execution.id}\n".encode())
        except BrokenPipeError:
            logger.warning("the horse standing by had died; its ring will be rung again")
        finally:
            os.close(pipe)

    def _stand_by(self) -> tuple[int, int]:
        """The horse that stands by and the pipe to it, forked if there is none."""
        if self._standby is None:
            reading, writing = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(writing)
                self._wait_in_harness(reading)
            os.close(reading)
            self._standby = pid, writing
        return self._standby

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Tell RQ that the worker lives, and the studio what this host can do."""
        super().heartbeat(timeout, pipeline)
        needs.announce(self.name)

    def maintain_heartbeats(self, job: Ring, execution: Any) -> None:
        """As RQ's, but a missing Redis does not end the worker while its horse goes on working."""
        try:
            super().maintain_heartbeats(job, execution)
        except redis.RedisError as error:
            logger.warning("Redis is away while a job runs on: %s", type(error).__name__)

    def handle_warm_shutdown_request(self) -> None:
        """Shutting down: the running attempt is asked to hand its job back."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGTERM)

    def teardown(self) -> None:
        """Leave nobody waiting in the harness, and let a missing Redis not spoil the goodbye."""
        if self._standby is not None and not self._is_horse:
            pid, pipe = self._standby
            self._standby = None
            os.close(pipe)
            os.waitpid(pid, 0)
        try:
            super().teardown()  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            logger.warning("Redis is away at shutdown: %s", type(error).__name__)

    # --- the horse ---
    def _wait_in_harness(self, reading: int) -> None:
        """The forked horse: get ready, wait for the ring, run it. Never returns."""
        try:
            os.setpgrp()
            process.die_with_parent()
            self.setup_work_horse_signals()
            gc.freeze()
            self._rehearse()
            with os.fdopen(reading, "rb") as pipe:
                if pipe.readline() != BEGIN:
                    os._exit(0)
                worker.begin(self.queues[0].name)
                order = pipe.readline().decode().split()
            if order:
                self._gallop(*order)
            # RQ's books are out of reach; the job that was claimed is not.
            worker.answer(self.queues[0].name)
        except BaseException:
            logger.exception("the horse could not get ready")
            os._exit(1)
        os._exit(0)

    def _rehearse(self) -> None:
        """Do once what every job begins with: connections open, and memory shared with the parent becomes our own."""
        try:
            self.connection.ping()
            rings.client().ping()
            Ring.exists("rehearsal", connection=self.connection)
            lifecycle.rehearse(self.queues[0].name)
        except (redis.RedisError, DatabaseError) as error:
            logger.warning("this horse stands by without having rehearsed: %s", type(error).__name__)

    def _gallop(self, ring_id: str, execution_id: str) -> None:
        """Run the ring as RQ's horses do, which ends this process. Returns only when Redis does not know it."""
        try:
            ring = Ring.fetch(ring_id, connection=self.connection, serializer=self.serializer)
            self.execution = Execution.fetch(execution_id, ring_id, connection=self.connection)
        except (redis.RedisError, NoSuchJobError, ValueError) as error:  # RQ's word for a missing execution
            logger.warning("a ring is missing from RQ's books: %s", type(error).__name__)
            return
        self.main_work_horse(ring, self.queues[0])

    def setup_work_horse_signals(self) -> None:
        """Ctrl-C is the parent's business; SIGTERM asks the attempt to hand its job back."""

        def hand_back(signum: int, frame: FrameType | None) -> None:
            worker.shutting_down.set()

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, hand_back)
