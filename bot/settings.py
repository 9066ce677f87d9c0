"""Environment variables to frozen settings, all faults at once."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError

from bot.fleet_file.loopback import is_loopback
from bot.slack.mounted import SECRETS, read_secret
from diagnostics.errors import IrsaDoctorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic_core import ErrorDetails


class SettingsError(IrsaDoctorError):
    """The environment can't be used; the message has one line per fault, `VARIABLE: words`.

    Values are never repeated: they may be secrets.
    """

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{variable}: {words}" for variable, words in faults))


def _wrong(words: str) -> PydanticCustomError:
    return PydanticCustomError("setting", "{words}", {"words": words})


def _starting(prefix: str, kind: str, page: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text.startswith(prefix) or not text.isascii() or any(c.isspace() for c in text):
            raise _wrong(f"not a {kind}, which starts with {prefix} (api.slack.com/apps, {page})")
        return value

    return AfterValidator(check)


def _signing_secret(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if len(text) < 8 or not text.isascii() or any(c.isspace() for c in text):  # noqa: PLR2004  surely cut off
        raise _wrong("not a signing secret (api.slack.com/apps, Basic Information, Signing Secret)")
    return value


def _api_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise _wrong("not a URL; expected https://HOST/api/")
    if value.startswith("http:") and not is_loopback(value):
        raise _wrong(
            "http:// would send the token in the clear; use https:// (http only on loopback)"
        )
    return value.rstrip("/") + "/"


def _links(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme == "https" and bool(parts.hostname) and not parts.query
    except ValueError:
        usable = False
    if not usable or set(value) & set("|<> "):
        raise _wrong("not an https:// address; expected such as https://irsa.example.com")
    return value.rstrip("/")


def _on_this_machine(value: str) -> str:
    if not value.startswith(("http://", "https://")) or not is_loopback(value):
        raise _wrong("not a URL on this machine; leave it unset to ask the region's own STS")
    return value


def _database_url(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    for scheme, driver in (
        ("sqlite://", "sqlite+aiosqlite://"),
        ("postgres://", "postgresql+asyncpg://"),
        ("postgresql://", "postgresql+asyncpg://"),
    ):
        if text.startswith(scheme):
            return SecretStr(driver + text.removeprefix(scheme))
    if text.startswith(("sqlite+aiosqlite://", "postgresql+asyncpg://")):
        return value
    raise _wrong("expected sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")


Days = Annotated[float, Field(ge=1, le=36_500, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, le=600, allow_inf_nan=False)]


class Settings(BaseModel):
    """How one process runs. Secrets print as asterisks."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    slack_bot_token: (
        Annotated[SecretStr, _starting("xoxb-", "bot token", "OAuth & Permissions")] | None
    ) = Field(default=None, alias="SLACK_BOT_TOKEN")
    """Required by `irsa serve`."""

    slack_app_token: (
        Annotated[
            SecretStr, _starting("xapp-", "app-level token", "Basic Information, App-Level Tokens")
        ]
        | None
    ) = Field(default=None, alias="SLACK_APP_TOKEN")
    """Set: Socket Mode."""

    slack_signing_secret: Annotated[SecretStr, AfterValidator(_signing_secret)] | None = Field(
        default=None, alias="SLACK_SIGNING_SECRET"
    )
    """Set: HTTP mode."""

    slack_secrets: Path | None = Field(default=None, alias="IRSA_SLACK_SECRETS")
    """Folder with files of the three names above, in the place of these variables: a mounted Secret. They are read
    again when they change, see [operate.md](operate.md#rotate)."""

    slack_api_url: Annotated[str, AfterValidator(_api_url)] = Field(
        default="https://slack.com/api/", alias="SLACK_API_URL"
    )
    """Base of the Web API, with a slash at the end."""

    docs_url: Annotated[str, AfterValidator(_links)] | None = Field(
        default=None, alias="IRSA_DOCS_URL"
    )
    """https address of the docs as `make site` writes them, so that replies link each check's page below it
    (`/checks/IRSA103.html`), or an address with `{code}` in it; none without."""

    links: Annotated[str, AfterValidator(_links)] | None = Field(default=None, alias="IRSA_LINKS")
    """https address that leads to this process, for links to incidents: replies and summaries then have one, `/i/ID`,
    which leads to the reply. With `irsa manifest --links` Slack shows a preview of it."""

    fleet_file: Path = Field(default=Path("fleet.yaml"), alias="IRSA_FLEET_FILE")
    """Accounts, clusters, channels and approvers."""

    database_url: Annotated[SecretStr, AfterValidator(_database_url)] = Field(
        default=SecretStr("sqlite+aiosqlite:///irsa-doctor.db"), alias="IRSA_DATABASE_URL"
    )
    """SQLAlchemy URL with an async driver; secret, because it may hold a password."""

    http_host: str = Field(default="127.0.0.1", min_length=1, alias="IRSA_HTTP_HOST")
    """Address to listen on: Slack's requests in HTTP mode, health and metrics in both modes."""

    http_port: int = Field(default=3000, ge=0, le=65535, alias="IRSA_HTTP_PORT")
    """TCP port; 0: any free one."""

    diagnosis_deadline: Seconds = Field(default=25.0, alias="IRSA_DIAGNOSIS_DEADLINE")
    """Seconds until a diagnosis answers with what it has."""

    drain_deadline: Seconds = Field(default=25.0, alias="IRSA_DRAIN_DEADLINE")
    """Seconds that running work gets when the process stops."""

    watch: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = Field(
        default=3600.0, alias="IRSA_WATCH"
    )
    """Seconds for which an incident whose cause stands is looked at again, six times; its reply says when it has
    healed. 0: never."""

    concurrency: int = Field(default=16, ge=1, le=256, alias="IRSA_CONCURRENCY")
    """Diagnoses at the same time."""

    queue_limit: int = Field(default=2000, ge=1, le=100_000, alias="IRSA_QUEUE_LIMIT")
    """Diagnoses that may wait."""

    replies_per_channel: int = Field(default=60, ge=1, le=100_000, alias="IRSA_REPLIES_PER_CHANNEL")
    """Answers that nobody asked for, in one channel within an hour."""

    replies_per_thread: int = Field(default=5, ge=1, le=1_000, alias="IRSA_REPLIES_PER_THREAD")
    """The same in one thread."""

    inventory_interval: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = Field(
        default=900.0, alias="IRSA_INVENTORY_INTERVAL"
    )
    """Seconds after which EKS is asked again which clusters there are; 0: never."""

    reload_interval: Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)] = Field(
        default=5.0, alias="IRSA_RELOAD_INTERVAL"
    )
    """Seconds between two looks at the fleet file, which is read again when it changed; 0: only on SIGHUP."""

    job_lease: Annotated[float, Field(ge=1, le=600, allow_inf_nan=False)] = Field(
        default=30.0, alias="IRSA_JOB_LEASE"
    )
    """Seconds after which the work of a silent process goes to another one."""

    proof_sts_url: Annotated[str, AfterValidator(_on_this_machine)] | None = Field(
        default=None, alias="IRSA_PROOF_STS_URL"
    )
    """STS that proofs ask in place of the region's own; one on this machine only, as the sandbox has."""

    keep_incidents: Days = Field(default=90.0, alias="IRSA_KEEP_INCIDENTS_DAYS")
    """Days that incidents and their plans are kept."""

    keep_answers: Days = Field(default=30.0, alias="IRSA_KEEP_ANSWERS_DAYS")
    """Days that a channel's answers to questions are kept."""

    keep_audit: Days = Field(default=400.0, alias="IRSA_KEEP_AUDIT_DAYS")
    """Days that the audit trail is kept; at least as long as incidents."""

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", alias="IRSA_LOG_LEVEL"
    )
    """Lines that are less grave are left out: `debug`, `info`, `warning` or `error`."""

    log_format: Literal["json", "text"] = Field(default="json", alias="IRSA_LOG_FORMAT")
    """`json` for one object per line, `text` for people."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables that concern us, and the files that stand for some; an empty one counts as not set.

        Raises:
            SettingsError: Listing every variable that can't be used.
        """
        known = cls.variables()
        given = {v: environ[v].strip() for v in known if environ.get(v, "").strip()}
        faults = [*_misspelt(environ, known), *_from_files(given)]
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            faults += [_fault(detail, given) for detail in error.errors(include_input=False)]
            raise SettingsError(tuple(faults)) from None
        if faults:
            raise SettingsError(tuple(faults))
        return settings

    @classmethod
    def variables(cls) -> tuple[str, ...]:
        """Name every variable that is read."""
        return tuple(f.alias for f in cls.model_fields.values() if f.alias is not None)


def _misspelt(environ: Mapping[str, str], known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for variable in sorted(environ):
        # Kubernetes sets IRSA_DOCTOR_… in the pods beside a service named irsa-doctor.
        if not variable.startswith("IRSA_") or variable.startswith("IRSA_DOCTOR_"):
            continue
        near = get_close_matches(variable[:60], known, n=1, cutoff=0.85)
        if variable not in known and near and near[0] not in environ:
            yield variable, f"unknown variable; did you mean {near[0]}?"


def _from_files(given: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Add what the folder of Slack's secrets holds; gives what can't be taken from there."""
    named = given.get("IRSA_SLACK_SECRETS")
    if named is None:
        return
    if not Path(named).is_dir():
        yield "IRSA_SLACK_SECRETS", "there is no such folder, or it may not be read"
    for variable in SECRETS:
        try:
            held = read_secret(Path(named), variable)
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) else str(error)
            yield variable, f"can't be taken from its file in IRSA_SLACK_SECRETS: {words}"
            continue
        if held is not None and variable in given:
            yield variable, "set beside its file in IRSA_SLACK_SECRETS: keep one of the two"
        elif held is not None:
            given[variable] = held


def _fault(detail: ErrorDetails, given: Mapping[str, str]) -> tuple[str, str]:
    variable = str(detail["loc"][0])
    words = detail["msg"].removeprefix("Input ")
    if given.get(variable, "").startswith("tcp://"):
        words += "; this value comes from a Kubernetes service of that name: set enableServiceLinks: false"
    return variable, words
