"""No input makes a 500, and no error tells what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.wording import AUDIENCES
from tests.running import make_app
from web.form import PREFIX

WORDS = ["gevaar", "rol", "sector", "omgeving", "signalen", "leeftijd", "gemeente", "onderwerp", "wens", "gender"]
VALUES = ["ja", "nee", "weet_niet", "geen", "professional", "slachtoffer", "GM0599", "GM0501", "buiten_regio", "orgaan"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(WORDS + VALUES),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {},
    optional={
        "language": st.sampled_from(["nl", "en", "xx", ""]) | JSON,
        "audience": st.sampled_from([*AUDIENCES, "all"]) | JSON,
        "ticket": st.text(max_size=60) | JSON,
        "answers": st.dictionaries(st.sampled_from(WORDS), st.lists(st.sampled_from(VALUES), max_size=3)) | JSON,
    },
)
FIELDS = st.lists(
    st.tuples(
        st.sampled_from([*(PREFIX + word for word in WORDS), "actie", "vraag", "taal", "voor", "kaartje", "geteld"])
        | st.text(max_size=8),
        st.sampled_from(
            [
                *VALUES,
                *WORDS,
                "verder",
                "terug",
                "overslaan",
                "opnieuw",
                "doorgaan-gevaar",
                "wijzig-rol",
                "taal-en",
                "nl",
            ]
        )
        | st.text(max_size=12),
    ),
    max_size=16,
)
PATIENT = settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """One app for all tries."""
    app, service = make_app(Path(tmp_path_factory.mktemp("fuzz")))
    yield app.test_client(use_cookies=False)
    service.counter.close()


@PATIENT
@given(body=NEARLY | JSON)
def test_any_json_gets_a_turn_or_a_problem(client: FlaskClient, body: Any) -> None:
    """200 with a question or a referral, or 400 with a reason: nothing else."""
    answer = client.post("/api/v1/turns", json=body)
    assert answer.status_code in (200, 400), answer.text
    found = json.loads(answer.text)
    if answer.status_code == 200:
        assert (found["question"] is None) != (found["referral"] is None)
    else:
        assert found["detail"]


@PATIENT
@given(
    data=st.binary(max_size=300), kind=st.sampled_from(["application/json", "text/plain", "", "multipart/form-data"])
)
def test_any_bytes_get_a_turn_or_a_problem(client: FlaskClient, data: bytes, kind: str) -> None:
    """What is not JSON at all is refused as such."""
    assert client.post("/api/v1/turns", data=data, content_type=kind).status_code in (200, 400)


@PATIENT
@given(fields=FIELDS)
def test_any_form_gets_a_page(client: FlaskClient, fields: list[tuple[str, str]]) -> None:
    """A question, a referral, or a page that says to begin again."""
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    answer = client.post("/", data=data)
    assert answer.status_code in (200, 400), answer.text
    assert "<h1" in answer.text or "<h2" in answer.text


@PATIENT
@given(query=st.dictionaries(st.sampled_from(["taal", "voor", "rol", "x"]), st.text(max_size=20)))
def test_any_address_of_the_first_page_gets_it(client: FlaskClient, query: dict[str, str]) -> None:
    """Whatever stands in the address, the first page is the first page."""
    assert client.get("/", query_string=query).status_code == 200
