"""RQ's pages below /admin/rq/: with Redis, without it, and for whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ["", "queues/0/", "queues/0/failed/", "queues/0/finished/", "queues/0/started/", "workers/0/"]


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(factories.admin())
    return client


@pytest.mark.parametrize("page", PAGES)
def test_without_redis_a_page_says_so(root: Client, page: str) -> None:
    answer = root.get(f"/admin/rq/{page}")
    assert answer.status_code == 503
    assert "Redis is away" in answer.content.decode()


@pytest.mark.redis
@pytest.mark.parametrize("page", PAGES)
def test_with_redis_they_work_and_their_own_scripts_may_run(
    root: Client, redis_server: str, page: str, settings: Any
) -> None:
    settings.RQ_QUEUES = {name: {**queue, "URL": redis_server} for name, queue in settings.RQ_QUEUES.items()}
    answer = root.get(f"/admin/rq/{page}")
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-inline'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy


def test_no_other_page_may_run_inline_scripts(root: Client) -> None:
    for page in ("/admin/", "/sign-in/"):
        assert "unsafe-inline" not in root.get(page, follow=True)["Content-Security-Policy"]


def test_they_are_for_admins(client: Client) -> None:
    client.force_login(factories.editor())
    assert client.get("/admin/rq/").status_code == 302
