"""AssumeRoleWithWebIdentity over HTTP: verifies the token, asks the role's trust policy, and answers as STS does.

Real are: the protocol, the order of what is looked at, the errors and their words, the organization's resource
control policies. Not there: any other action, and credentials that work anywhere.

Source: STS API reference, AssumeRoleWithWebIdentity, errors; the messages as SDK users report them.
"""

from __future__ import annotations

import json
import re
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from xml.sax.saxutils import escape

from aiohttp import web

from diagnostics.iam import PolicyError, decide, parse
from diagnostics.iam.decision import Outcome
from diagnostics.iam.request import WebIdentityRequest
from sandbox.listening import listening
from sandbox.stacked import Stacked
from sandbox.sts.token import NoToken, Token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_NAMESPACE: Final = "https://sts.amazonaws.com/doc/2011-06-15/"
_ROLE: Final = re.compile(
    r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:[\x21-\x7e]{1,510}/)?([\w+=,.@-]{1,64})"
)
_SHORTEST, _LONGEST = 900, 43_200
_LONGEST_POLICY: Final = 2_048


class Accounts(Protocol):
    """Whoever has the accounts."""

    def trust_of(self, role_arn: str) -> tuple[str, int] | None:
        """A role's trust policy and the longest session it gives, in seconds; None where there is none."""

    def tags_of(self, role_arn: str) -> Mapping[str, str]:
        """A role's tags."""

    def client_ids_of(self, account: str, issuer: str) -> tuple[str, ...] | None:
        """The client IDs of the OIDC provider of an issuer (without https://) in an account."""

    def refuses(self, role_arn: str, request: WebIdentityRequest) -> bool:
        """Whether a policy of the organization denies the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call, for the curious and for tests: everything but the token."""

    role_arn: str
    subject: str
    audience: tuple[str, ...]
    policy: str
    seconds: int
    lifetime: int
    """Of the token, in seconds."""
    signed: bool
    """Whether the request itself carried a signature, which this call needs none of."""
    code: str
    """"ok", or the error."""


class _Refusal(Exception):
    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(slots=True, kw_only=True)
class Sts(Stacked):
    """STS as an async context manager that listens on 127.0.0.1."""

    accounts: Accounts
    keys: Callable[[str], Awaitable[Mapping[str, Any] | None]]
    """What an issuer (without https://) publishes; None where it can't be reached."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """Secrets of the credentials that were given, so that tests can look where they must not be."""
    tokens: list[str] = field(default_factory=list)
    """The tokens that came in, for the same reason."""
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024)
        app.router.add_post("/", self._serve)
        self.url = f"{await listening(self._stack, app)}/"
        return self

    async def _serve(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        signed = "Authorization" in request.headers
        claims: Mapping[str, Any] = {}
        code = "ok"
        try:
            token = _asked_with(form)
            claims = token.claims
            self.tokens.append(form["WebIdentityToken"])
            body = self._given(form, await self._judged(form, token))
        except _Refusal as refusal:
            code = refusal.code
            return _refused(refusal)
        finally:
            self.asked.append(_note(form, claims, code, signed=signed))
            del self.asked[:-1_000], self.tokens[:-1_000], self.given[:-3_000]
        return web.Response(text=body, content_type="text/xml")

    async def _judged(self, form: Mapping[str, str], token: Token) -> str:
        """Go through what STS looks at, in its order; the subject.

        Raises:
            _Refusal: As STS words it.
        """
        role_arn = form["RoleArn"]
        found = _ROLE.fullmatch(role_arn)
        if found is None:
            raise _Refusal("ValidationError", f"{role_arn[:200]} is invalid")
        partition, account = found[1], found[2]
        issuer = str(token.claims.get("iss", "")).removeprefix("https://")
        client_ids = self.accounts.client_ids_of(account, issuer)
        if client_ids is None:
            said = f"No OpenIDConnect provider found in your account for https://{issuer}"
            raise _Refusal("InvalidIdentityToken", said)
        audience = _audience(token.claims)
        if not set(audience) & set(client_ids):
            raise _Refusal("InvalidIdentityToken", "Incorrect token audience")
        await self._verified(issuer, token)
        subject = str(token.claims.get("sub", ""))
        asked = WebIdentityRequest(
            role_arn=role_arn,
            provider_arn=f"arn:{partition}:iam::{account}:oidc-provider/{issuer}",
            claims={**token.claims, "sub": subject, "aud": list(audience)},
            session_name=form["RoleSessionName"],
            role_tags=self.accounts.tags_of(role_arn),
        )
        held = self.accounts.trust_of(role_arn)
        if held is None or not _allows(held[0], asked) or self.accounts.refuses(role_arn, asked):
            raise _Refusal(
                "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403
            )
        if int(form.get("DurationSeconds", "3600")) > held[1]:
            said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            raise _Refusal("ValidationError", said)
        return subject

    async def _verified(self, issuer: str, token: Token) -> None:
        keys = await self.keys(issuer)
        if keys is None or not token.is_signed_by(keys):
            raise _Refusal(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider, please reference "
                "AssumeRoleWithWebIdentity documentation for requirements",
            )
        now, ends = self.now().timestamp(), token.claims.get("exp")
        if not isinstance(ends, int | float):
            raise _Refusal("InvalidIdentityToken", "Missing a required claim: exp")
        if now >= ends:
            said = (
                f"Token expired: current date/time {int(now)} must be before the expiration date/time "
                f"{int(ends)}"
            )
            raise _Refusal("ExpiredTokenException", said)

    def _given(self, form: Mapping[str, str], subject: str) -> str:
        found = _ROLE.fullmatch(form["RoleArn"])
        assert found is not None
        values = {
            "AccessKeyId": "ASIA" + secrets.token_hex(8).upper(),
            "SecretAccessKey": secrets.token_urlsafe(30),
            "SessionToken": secrets.token_urlsafe(96),
        }
        self.given.extend(values.values())
        ends = self.now() + timedelta(seconds=int(form.get("DurationSeconds", "3600")))
        values["Expiration"] = ends.strftime("%Y-%m-%dT%H:%M:%SZ")
        name = form["RoleSessionName"]
        inner = "".join(f"<{key}>{value}</{key}>" for key, value in values.items())
        return (
            f'<AssumeRoleWithWebIdentityResponse xmlns="{_NAMESPACE}"><AssumeRoleWithWebIdentityResult>'
            f"<SubjectFromWebIdentityToken>{escape(subject)}</SubjectFromWebIdentityToken>"
            f"<AssumedRoleUser><Arn>arn:{found[1]}:sts::{found[2]}:assumed-role/{found[3]}/{escape(name)}</Arn>"
            f"<AssumedRoleId>AROAEXAMPLE:{escape(name)}</AssumedRoleId></AssumedRoleUser>"
            f"<Credentials>{inner}</Credentials></AssumeRoleWithWebIdentityResult>"
            f"{_metadata()}</AssumeRoleWithWebIdentityResponse>"
        )


def _asked_with(form: Mapping[str, str]) -> Token:
    """Check the request itself, and take its token apart."""
    if form.get("Action") != "AssumeRoleWithWebIdentity" or form.get("Version") != "2011-06-15":
        raise _Refusal("InvalidAction", f"Could not find operation {form.get('Action', '')[:80]}")
    for name in ("RoleArn", "RoleSessionName", "WebIdentityToken"):
        if not form.get(name):
            raise _Refusal(
                "ValidationError", f"1 validation error detected: {name} must not be null"
            )
    seconds, policy = form.get("DurationSeconds", "3600"), form.get("Policy", "{}")
    if not seconds.isdecimal() or not _SHORTEST <= int(seconds[:9]) <= _LONGEST:
        said = (
            "Value at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or "
            "equal to 900"
        )
        raise _Refusal("ValidationError", said)
    try:
        if len(policy) > _LONGEST_POLICY or not isinstance(json.loads(policy), dict):
            raise _Refusal("MalformedPolicyDocument", "The policy is not in the valid JSON format.")
    except ValueError as error:
        raise _Refusal("MalformedPolicyDocument", "This policy contains invalid Json") from error
    try:
        return Token.parse(form["WebIdentityToken"])
    except NoToken as error:
        said = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        raise _Refusal("InvalidIdentityToken", said) from error


def _allows(trust: str, asked: WebIdentityRequest) -> bool:
    try:
        return decide(parse(trust), asked).outcome is Outcome.ALLOWED
    except PolicyError:
        return False


def _audience(claims: Mapping[str, Any]) -> tuple[str, ...]:
    value = claims.get("aud")
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


def _lifetime(claims: Mapping[str, Any]) -> int:
    ends, begins = claims.get("exp"), claims.get("iat")
    return ends - begins if isinstance(ends, int) and isinstance(begins, int) else 0


def _note(form: Mapping[str, str], claims: Mapping[str, Any], code: str, *, signed: bool) -> Asked:
    seconds = form.get("DurationSeconds", "")
    return Asked(
        role_arn=form.get("RoleArn", ""),
        subject=str(claims.get("sub", "")),
        audience=_audience(claims),
        policy=form.get("Policy", ""),
        seconds=int(seconds) if seconds.isdecimal() else 0,
        lifetime=_lifetime(claims),
        signed=signed,
        code=code,
    )


def _refused(refusal: _Refusal) -> web.Response:
    body = (
        f'<ErrorResponse xmlns="{_NAMESPACE}"><Error><Type>Sender</Type><Code>{refusal.code}</Code>'
        f"<Message>{escape(refusal.message)}</Message></Error><RequestId>{_request_id()}</RequestId></ErrorResponse>"
    )
    return web.Response(text=body, status=refusal.status, content_type="text/xml")


def _metadata() -> str:
    return f"<ResponseMetadata><RequestId>{_request_id()}</RequestId></ResponseMetadata>"


def _request_id() -> str:
    text = secrets.token_hex(16)
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
