"""What people write about the place, and what the log may hold."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.log import configure
from diagnostics.fleet import Hints, WorkloadRef
from handlers.paste.words import Misused, parse
from handlers.slack_trouble import is_response_url

if TYPE_CHECKING:
    from collections.abc import Iterator

CLUSTERS = ("prod-eu", "prod-us")
API = Hints(namespace="payments", service_account="api")
ARN = "arn:aws:iam::111122223333:role/api"


@pytest.mark.parametrize(
    ("text", "hints", "workload"),
    [
        ("payments/api", API, None),
        ("payments/api please", API, None),
        ("is `payments/api` broken?", API, None),
        ("-n payments --service-account api", API, None),
        ("--namespace=payments --service-account=api", API, None),
        ("prod-eu", Hints(cluster="prod-eu"), None),
        ("--cluster staging", Hints(cluster="staging"), None),
        (f"--role {ARN}", Hints(role_arn=ARN), None),
        ("deployment/api", Hints(workload=WorkloadRef(kind="Deployment", name="api")), None),
        ("--workload sts/db", Hints(workload=WorkloadRef(kind="StatefulSet", name="db")), None),
        (
            "why can't external-dns in prod-eu assume its role?",
            Hints(cluster="prod-eu"),
            "external-dns",
        ),
        ("--namespace payments 'quoted", Hints(namespace="payments"), None),
        ("and/or read/write", Hints(), None),
        ("it is broken", Hints(), None),
        ("", Hints(), None),
    ],
)
def test_a_question_is_taken_apart(text: str, hints: Hints, workload: str | None) -> None:
    asked = parse(text, clusters=CLUSTERS)

    assert (asked.hints, asked.workload) == (hints, workload)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("--cluster", "--cluster needs a value, such as --cluster prod-eu."),
        ("--cluster --namespace x", "--cluster needs a value"),
        ("--role nonsense", "nonsense is not the ARN of an IAM role"),
        ("--workload api", "write KIND/NAME, such as deployment/api"),
        ("--namespace Payments", "Payments can't be the value of --namespace"),
        ("--nonsense", "I do not know the option --nonsense"),
    ],
)
def test_a_misused_option_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Misused, match=re.escape(words)):
        parse(text, clusters=CLUSTERS)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_a_question(text: str) -> None:
    with suppress(Misused):
        assert len(parse(text, clusters=CLUSTERS).rest) <= len(text)


def test_a_long_text_is_read_within_the_time_limit_of_a_test() -> None:
    """Quadratic reading of either would take hours."""
    assert parse("a-" * 500_000, clusters=CLUSTERS).rest
    assert parse("--cluster '" * 100_000, clusters=CLUSTERS).rest


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://hooks.slack.com/actions/T1/2/x", True),
        ("http://127.0.0.1:8000/response/x", True),
        ("http://hooks.slack.com/actions/T1/2/x", False),
        ("https://hooks.slack.com.example.com/x", False),
        ("https://hooks.slack.com@example.com/x", False),
        ("https://hooks.slack.com:8443/x", False),
        ("http://127.0.0.1:8001/response/x", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_only_slacks_response_urls_are_answered(url: str, ours: bool) -> None:  # noqa: FBT001
    assert is_response_url(url, api_url="http://127.0.0.1:8000/api/") is ours


# -- the log -------------------------------------------------------------------------------------


@pytest.fixture
def logged() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure(level="info", form="json")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.mark.usefixtures("logged")
def test_secrets_never_reach_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    token, key = "xoxb-" + "1234567890-abcdef", "AKIA" + "IOSFODNN7EXAMPLE"
    log = structlog.get_logger("irsa.test")
    logging.getLogger().handlers[0].setStream(sys.stderr)  # type: ignore[attr-defined]
    log.info("told", words=f"token {token}", deep={"list": [f"key {key}"]})
    logging.getLogger("other.library").warning("failed with %s", token)
    log.error("failed", exc_info=ValueError(key))

    said = capsys.readouterr().err
    assert len([json.loads(line) for line in said.splitlines()]) == 3
    assert token not in said
    assert key not in said
    assert "ValueError" in said
