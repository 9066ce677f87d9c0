from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.serve import retention_of
from bot.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2-hunter2"


def test_nothing_set_gives_the_documented_defaults() -> None:
    settings = Settings.from_environ({"SLACK_BOT_TOKEN": " ", "HOME": "/root"})

    assert settings.slack_bot_token is None
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 3000)
    assert settings.database_url.get_secret_value() == "sqlite+aiosqlite:///irsa-doctor.db"


def test_urls_are_brought_into_the_form_that_their_users_need() -> None:
    settings = Settings.from_environ(
        {"SLACK_API_URL": "http://127.0.0.1:8080/api", "IRSA_DATABASE_URL": "postgresql://u:p@h/d"}
    )

    assert settings.slack_api_url == "http://127.0.0.1:8080/api/"
    assert settings.database_url.get_secret_value() == "postgresql+asyncpg://u:p@h/d"


def test_the_audit_trail_is_kept_as_long_as_the_incidents_that_it_tells_of() -> None:
    keep = retention_of(
        Settings.from_environ({"IRSA_KEEP_INCIDENTS_DAYS": "500", "IRSA_KEEP_ANSWERS_DAYS": "7"})
    )

    assert (keep.incidents, keep.answers, keep.audit) == (500.0, 7.0, 500.0)


def test_every_fault_is_told_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(
            {
                "SLACK_BOT_TOKEN": SECRET,
                "SLACK_APP_TOKEN": "xoxb-" + SECRET,
                "SLACK_SIGNING_SECRET": "short",
                "SLACK_API_URL": "http://example.com/" + SECRET,
                "IRSA_DATABASE_URL": f"mysql://u:{SECRET}@h/d",
                "IRSA_HTTP_PORT": "tcp://10.0.0.1:80",
                "IRSA_CONCURRENCY": "0",
                "IRSA_DIAGNOSIS_DEADLINE": "nan",
                "IRSA_LOG_LEVEL": "loud",
                "IRSA_FLEETFILE": SECRET,
                "IRSA_DOCTOR_SERVICE_HOST": "10.0.0.2",
            }
        )

    message = str(caught.value)
    assert SECRET not in message
    assert [variable for variable, _ in caught.value.faults] == [
        "IRSA_FLEETFILE",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_API_URL",
        "IRSA_DATABASE_URL",
        "IRSA_HTTP_PORT",
        "IRSA_DIAGNOSIS_DEADLINE",
        "IRSA_CONCURRENCY",
        "IRSA_LOG_LEVEL",
    ]
    assert "did you mean IRSA_FLEET_FILE?" in message
    assert "enableServiceLinks: false" in message


def test_secrets_do_not_print() -> None:
    settings = Settings.from_environ(
        {
            "SLACK_BOT_TOKEN": "xoxb-" + SECRET,
            "SLACK_SIGNING_SECRET": SECRET,
            "IRSA_DATABASE_URL": f"postgresql://u:{SECRET}@h/d",
        }
    )

    assert SECRET not in repr(settings)
    assert SECRET not in settings.model_dump_json()


@pytest.mark.parametrize("url", ["https://sts.example.com/", "http://169.254.169.254/", "sts"])
def test_another_sts_for_proofs_can_only_be_one_on_this_machine(url: str) -> None:
    with pytest.raises(SettingsError, match="IRSA_PROOF_STS_URL: not a URL on this machine"):
        Settings.from_environ({"IRSA_PROOF_STS_URL": url})


def test_slacks_tokens_may_be_files_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "SLACK_BOT_TOKEN").write_text("xoxb-1\n")
    (tmp_path / "SLACK_APP_TOKEN").write_text(" \n")

    settings = Settings.from_environ(
        {"IRSA_SLACK_SECRETS": str(tmp_path), "SLACK_APP_TOKEN": "xapp-1"}
    )

    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1"
    assert settings.slack_app_token is not None
    assert settings.slack_signing_secret is None


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (b"xoxb-" + b"x" * 4_096, "its file holds more than 4,096 bytes"),
        (b"\xff\xfe", "its file is no text in UTF-8"),
        (b"hunter2-hunter2", "not a bot token"),
        (b"xoxb-1", "set beside its file in IRSA_SLACK_SECRETS"),
        (None, "Is a directory"),
    ],
)
def test_a_file_that_holds_no_token_is_told_and_not_repeated(
    tmp_path: Path, held: bytes | None, words: str
) -> None:
    path = tmp_path / "SLACK_BOT_TOKEN"
    path.mkdir() if held is None else path.write_bytes(held)
    variables = {"IRSA_SLACK_SECRETS": str(tmp_path)}
    if held == b"xoxb-1":
        variables["SLACK_BOT_TOKEN"] = "xoxb-2"

    with pytest.raises(SettingsError) as caught:
        Settings.from_environ(variables)

    assert [variable for variable, _ in caught.value.faults] == ["SLACK_BOT_TOKEN"]
    assert words in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="IRSA_SLACK_SECRETS: there is no such folder"):
        Settings.from_environ({"IRSA_SLACK_SECRETS": str(tmp_path / "gone")})
