"""How each SDK family prints what STS answered, written from the SDKs' format strings; and how pastes are wrapped."""
# ruff: noqa: E501, RUF001  (pastes stand as people paste them)

from __future__ import annotations

import html
import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.recognize import Cause

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/5C0FFEE0DDBA11CAFEF00D1234567890"
ROLE = "arn:aws:iam::444455556666:role/team/ledger-writer"
REQUEST = "0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a"


@dataclass(frozen=True)
class Answer:
    code: str
    status: int
    message: str
    cause: Cause


ANSWERS = (
    Answer(
        "AccessDenied",
        403,
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        Cause.ACCESS_DENIED,
    ),
    Answer(
        "InvalidIdentityToken",
        400,
        f"No OpenIDConnect provider found in your account for {ISSUER}",
        Cause.NO_PROVIDER,
    ),
    Answer(
        "InvalidIdentityToken",
        400,
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.",
        Cause.TOKEN_NOT_VALIDATED,
    ),
    Answer("InvalidIdentityToken", 400, "Incorrect token audience", Cause.INCORRECT_AUDIENCE),
    Answer("InvalidIdentityToken", 400, "Missing a required claim: aud", Cause.MISSING_CLAIM),
    Answer(
        "InvalidIdentityToken",
        400,
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
        Cause.NOT_A_JWT,
    ),
    Answer(
        "InvalidIdentityToken",
        400,
        "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
        Cause.THUMBPRINT,
    ),
    Answer(
        "InvalidIdentityToken",
        400,
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
        Cause.VERIFICATION_KEY,
    ),
    Answer("InvalidIdentityToken", 400, "Something that nobody has seen yet", Cause.INVALID_TOKEN),
    Answer(
        "ExpiredTokenException",
        400,
        "Token expired: current date/time 1763990000 must be before the expiration date/time1763980000",
        Cause.EXPIRED_TOKEN,
    ),
    Answer(
        "IDPCommunicationError", 400, "The identity provider did not respond", Cause.IDP_UNREACHABLE
    ),
    Answer("IDPRejectedClaim", 403, "The identity provider rejected the claim", Cause.IDP_REJECTED),
    Answer(
        "RegionDisabledException",
        403,
        "STS is not activated in this region for account:444455556666. Your account administrator can activate STS in this region using the IAM Console.",
        Cause.REGION_DISABLED,
    ),
    Answer("ValidationError", 400, "Request ARN is invalid", Cause.VALIDATION),
    Answer(
        "ValidationError",
        400,
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        Cause.VALIDATION,
    ),
    Answer("Throttling", 400, "Rate exceeded", Cause.THROTTLED),
)


def go_v1(a: Answer) -> str:
    return (
        "E1124 09:15:02.118822       1 reconcile.go:88] error syncing: WebIdentityErr: failed to retrieve credentials\n"
        f"caused by: {a.code}: {a.message}\n\tstatus code: {a.status}, request id: {REQUEST}"
    )


def go_v2(a: Answer) -> str:
    return (
        "operation error SQS: ReceiveMessage, get identity: get credentials: failed to refresh cached credentials, "
        "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error "
        f"StatusCode: {a.status}, RequestID: {REQUEST}, api error {a.code}: {a.message}"
    )


def go_v2_modelled(a: Answer) -> str:
    return (
        "Error: failed to refresh cached credentials, failed to retrieve credentials, operation error STS: "
        "AssumeRoleWithWebIdentity, exceeded maximum number of attempts, 3, https response error "
        f"StatusCode: {a.status}, RequestID: {REQUEST}, {a.code}: {a.message}"
    )


def botocore(a: Answer) -> str:
    return (
        "Traceback (most recent call last):\n"
        '  File "/usr/lib/python3.12/site-packages/botocore/client.py", line 1009, in _make_api_call\n'
        "    raise error_class(parsed_response, operation_name)\n"
        f"botocore.exceptions.ClientError: An error occurred ({a.code}) when calling the AssumeRoleWithWebIdentity "
        f"operation: {a.message}"
    )


def aws_cli(a: Answer) -> str:
    return (
        f"An error occurred ({a.code}) when calling the AssumeRoleWithWebIdentity operation "
        f"(reached max retries: 4): {a.message}"
    )


def java_v1(a: Answer) -> str:
    return (
        "com.amazonaws.services.securitytoken.model.AWSSecurityTokenServiceException: "
        f"{a.message} (Service: AWSSecurityTokenService; Status Code: {a.status}; Error Code: {a.code}; "
        f"Request ID: {REQUEST}; Proxy: null)\n"
        "\tat com.amazonaws.http.AmazonHttpClient$RequestExecutor.handleErrorResponse(AmazonHttpClient.java:1879)\n"
        "\tat com.amazonaws.auth.WebIdentityTokenCredentialsProvider.getCredentials"
        "(WebIdentityTokenCredentialsProvider.java:76)"
    )


def java_v2(a: Answer) -> str:
    name = a.code.removesuffix("Exception")
    return (
        f"software.amazon.awssdk.services.sts.model.{name}Exception: {a.message} "
        f"(Service: Sts, Status Code: {a.status}, Request ID: {REQUEST}) (SDK Attempt Count: 1)\n"
        "\tat software.amazon.awssdk.services.sts.auth.StsAssumeRoleWithWebIdentityCredentialsProvider"
        ".getUpdatedCredentials(StsAssumeRoleWithWebIdentityCredentialsProvider.java:80)"
    )


def java_v2_chain(a: Answer) -> str:
    return (
        "software.amazon.awssdk.core.exception.SdkClientException: Unable to load credentials from any of the "
        "providers in the chain AwsCredentialsProviderChain(credentialsProviders=[EnvironmentVariableCredentials"
        "Provider(), WebIdentityTokenCredentialsProvider(), InstanceProfileCredentialsProvider()]) : [Environment"
        "VariableCredentialsProvider(): Unable to load credentials from system settings., "
        f"WebIdentityTokenCredentialsProvider(): {a.message} (Service: Sts, Status Code: {a.status}, "
        f"Request ID: {REQUEST}), InstanceProfileCredentialsProvider(): Failed to load credentials from IMDS.]"
    )


def hadoop(a: Answer) -> str:
    return (
        "Caused by: org.apache.hadoop.fs.s3a.auth.NoAuthWithAWSException: No AWS Credentials provided by "
        "WebIdentityTokenCredentialsProvider : com.amazonaws.services.securitytoken.model."
        f"AWSSecurityTokenServiceException: {a.message} (Service: AWSSecurityTokenService; Status Code: {a.status}; "
        f"Error Code: {a.code}; Request ID: {REQUEST}; Proxy: null)\n"
        "\tat org.apache.hadoop.fs.s3a.AWSCredentialProviderList.getCredentials(AWSCredentialProviderList.java:216)"
    )


def js_v2(a: Answer) -> str:
    error = {"message": a.message, "code": a.code, "requestId": REQUEST, "statusCode": a.status}
    return (
        "CredentialsError: Missing credentials in config\n"
        "    at TokenFileWebIdentityCredentials.refresh (/app/node_modules/aws-sdk/lib/credentials/"
        "token_file_web_identity_credentials.js:119:10) {\n  originalError: "
        + json.dumps(error)
        + "\n}"
    )


def js_v3(a: Answer) -> str:
    name = a.code if a.code.endswith(("Exception", "AccessDenied")) else f"{a.code}Exception"
    return (
        f"{name}: {a.message}\n"
        "    at throwDefaultError (/srv/node_modules/@smithy/smithy-client/dist-cjs/index.js:388:20)\n"
        "    at async fromWebToken (/srv/node_modules/@aws-sdk/credential-provider-web-identity/dist-cjs/index.js:44:3) {\n"
        f"  '$fault': 'client',\n  '$metadata': {{\n    httpStatusCode: {a.status},\n    requestId: '{REQUEST}',\n"
        f"    attempts: 1\n  }},\n  Code: '{a.code}'\n}}"
    )


def dotnet(a: Answer) -> str:
    return (
        f"Unhandled exception. Amazon.Runtime.AmazonClientException: Error calling AssumeRole for role {ROLE}\n"
        f" ---> Amazon.SecurityToken.AmazonSecurityTokenServiceException: {a.message}\n"
        " ---> Amazon.Runtime.Internal.HttpErrorResponseException: Exception of type "
        "'Amazon.Runtime.Internal.HttpErrorResponseException' was thrown.\n"
        "   at Amazon.Runtime.AssumeRoleWithWebIdentityCredentials.GenerateNewCredentialsAsync()"
    )


def rust(a: Answer) -> str:
    return (
        "ERROR app: an error occurred while loading credentials: service error: unhandled error ("
        f'{a.code}): Error {{ code: "{a.code}", message: "{a.message}", aws_request_id: "{REQUEST}" }} '
        "aws_config::web_identity_token: STS returned an error assuming web identity role"
    )


def rust_xml(a: Answer) -> str:
    return (
        'Generic S3 error: Client error with status 403 Forbidden: <ErrorResponse xmlns="https://sts.amazonaws.com/doc/'
        f'2011-06-15/">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{a.code}</Code>\n    <Message>{a.message}'
        f"</Message>\n  </Error>\n  <RequestId>{REQUEST}</RequestId>\n</ErrorResponse> "
        "(while requesting AssumeRoleWithWebIdentity)"
    )


def ruby(a: Answer) -> str:
    return (
        f"/usr/local/bundle/gems/aws-sdk-core-3.201.1/lib/seahorse/client/plugins/raise_response_errors.rb:17:in `call': "
        f"{a.message} (Aws::STS::Errors::{a.code})\n"
        "\tfrom /usr/local/bundle/gems/aws-sdk-core-3.201.1/lib/aws-sdk-core/assume_role_web_identity_credentials.rb:78"
    )


def php(a: Answer) -> str:
    return (
        'Error executing "AssumeRoleWithWebIdentity" on "https://sts.eu-central-1.amazonaws.com"; AWS HTTP error: '
        f"Client error: `POST https://sts.eu-central-1.amazonaws.com` resulted in a `{a.status}` response: "
        f"{a.code} (client): {a.message} - <ErrorResponse><Error><Code>{a.code}</Code></Error>"
        f"<RequestId>{REQUEST}</RequestId></ErrorResponse>"
    )


def cpp(a: Answer) -> str:
    return (
        "[ERROR] 2026-11-24 09:15:02.331 STSAssumeRoleWithWebIdentityCredentialsProvider [140] HTTP response code: "
        f"{a.status} Exception name: {a.code} Error message: {a.message} Request ID: {REQUEST}\n"
        "[WARN] 2026-11-24 09:15:02.331 AWSErrorMarshaller [140] Encountered AWSError"
    )


def terraform(a: Answer) -> str:
    return (
        '│ Error: No valid credential sources found\n│ \n│   with provider["registry.terraform.io/hashicorp/aws"],\n'
        '│   on main.tf line 1, in provider "aws":\n│ \n│ Error: failed to refresh cached credentials, failed to retrieve '
        f"credentials, operation error STS:\n│ AssumeRoleWithWebIdentity, https response error StatusCode: {a.status}, "
        f"RequestID:\n│ {REQUEST}, api error {a.code}: {a.message}"
    )


FAMILIES: tuple[tuple[str, Callable[[Answer], str]], ...] = (
    ("aws-sdk-go v1", go_v1),
    ("aws-sdk-go-v2", go_v2),
    ("aws-sdk-go-v2", go_v2_modelled),
    ("botocore", botocore),
    ("botocore", aws_cli),
    ("java v1", java_v1),
    ("java v2", java_v2),
    ("java v2", java_v2_chain),
    ("java v1", hadoop),
    ("js v2", js_v2),
    ("js v3", js_v3),
    (".net", dotnet),
    ("rust", rust),
    ("rust", rust_xml),
    ("ruby", ruby),
    ("php", php),
    ("cpp", cpp),
    ("aws-sdk-go-v2", terraform),
)

# Families that print no code: an answer that only its code tells apart can't be known from them.
CODELESS = frozenset((java_v2_chain, dotnet))


def json_log(text: str) -> str:
    return json.dumps(
        {"level": "error", "ts": "2026-11-24T09:15:02Z", "msg": "Reconciler error", "error": text}
    )


def json_in_json(text: str) -> str:
    return json.dumps({"log": json_log(text), "stream": "stderr"})


def logfmt(text: str) -> str:
    return "time=2026-11-24T09:15:02Z level=error msg=" + json.dumps("sync failed: " + text)


def slack(text: str) -> str:
    return html.escape(text, quote=False)


def code_block(text: str) -> str:
    return f"payments is down again, logs say:\n```\n{text}\n```\nany ideas?"


def quoted(text: str) -> str:
    return "\n".join(f"&gt; {line}" for line in slack(text).splitlines())


def smart_quotes(text: str) -> str:
    return text.replace(' "', " “").replace('"', "”").replace("'", "’")


def coloured(text: str) -> str:
    return f"\x1b[31mERRO\x1b[0m[0042] \x1b[1m{text}\x1b[0m"


def wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, 60) for line in text.splitlines())


def cut_hard(text: str) -> str:
    flat = text.replace("\n", " ")
    return "\n".join(flat[i : i + 72] for i in range(0, len(flat), 72))


def framed(text: str) -> str:
    return "\n".join(f"│ {line:<70} │" for line in cut_hard(text).splitlines())


def kubectl_logs(text: str) -> str:
    return "\n".join(f"ledger-7d9c6bd9c8-x2k4z app {line}" for line in text.splitlines())


def escaped_by_hand(text: str) -> str:
    return text.replace("\n", "\\n").replace("\t", "\\t")


WRAPPINGS: tuple[Callable[[str], str], ...] = (
    str, json_log, json_in_json, logfmt, slack, code_block, quoted, smart_quotes, coloured, wrapped, cut_hard, framed,
    kubectl_logs, escaped_by_hand,
)  # fmt: skip
