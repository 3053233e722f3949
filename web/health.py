"""Is the process alive, and can it count? For a load balancer or systemd; nothing about any visitor."""

from __future__ import annotations

import json

from flask import Blueprint, Response

from web.running import service

health = Blueprint("health", __name__)


@health.get("/healthz")
def healthz() -> Response:
    """200 while the process answers: the route can be given even when the store is away."""
    return Response('{"status": "ok"}', content_type="application/json")


@health.get("/readyz")
def readyz() -> Response:
    """200 while the store can be written to, 503 while it cannot: the same whether or not anybody came.

    `counting` is the setting: an installation that counts nothing looks ready otherwise.
    """
    ready = service().counter.ready(service().settings.now().date())
    counting = "on" if service().settings.counting else "off"
    body = json.dumps({"status": "ready" if ready else "the store is away", "counting": counting})
    return Response(body, 200 if ready else 503, content_type="application/json")
