"""GET /api/v1/agencies: the directory of agencies, for other directories and assistants. docs/agencies.md"""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, request

from locales import SOURCE_LANGUAGE, words
from web.api import VERSION, one_of
from web.hsds import directory
from web.running import service

agencies = Blueprint("agencies", __name__)

KEEP = "public, max-age=300"
"""A number that changed must not be called for long."""


@agencies.get("/api/v1/agencies")
def all_agencies() -> Response:
    """Every agency of the card in the asked language. It is the same for everybody, and nothing is counted."""
    running = service()
    language = one_of(request.args, "language", running.settings.languages, SOURCE_LANGUAGE)
    today, kept = running.settings.now().date(), running.kept_json
    key = ("agencies", language, today)
    if (text := kept.get(key)) is None:
        made = directory(running.content.card, words(language), today)
        text = kept[key] = json.dumps(made, ensure_ascii=False)
    answer = Response(text, content_type="application/json", headers={**VERSION, "Cache-Control": KEEP})
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest())
    answer.make_conditional(request)
    return answer
