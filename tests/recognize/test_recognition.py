"""Every SDK family, every answer of STS, every wrapping; look-alikes by their own kind; silence otherwise."""
# ruff: noqa: E501, ISC004  (pastes stand as people paste them)

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diagnostics.recognize import Cause, Kind, recognize, worth_reading
from tests.recognize.families import (
    ANSWERS,
    CODELESS,
    FAMILIES,
    REQUEST,
    WRAPPINGS,
    Answer,
    cut_hard,
    framed,
    kubectl_logs,
    wrapped,
)
from tests.recognize.lookalikes import LOOK_ALIKES
from tests.recognize.silence import ASKING, SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

ONLY_A_CODE = {Cause.INVALID_TOKEN, Cause.IDP_UNREACHABLE, Cause.IDP_REJECTED}
MAY_CUT_THE_ID = {cut_hard, framed, kubectl_logs, wrapped}


@pytest.mark.parametrize("wrap", WRAPPINGS, ids=lambda w: w.__name__)
@pytest.mark.parametrize(("sdk", "family"), FAMILIES, ids=lambda f: getattr(f, "__name__", f))
def test_every_answer_is_recognised_in_every_sdk_and_wrapping(
    sdk: str, family: Callable[[Answer], str], wrap: Callable[[str], str]
) -> None:
    for answer in ANSWERS:
        if family in CODELESS and answer.cause in ONLY_A_CODE:
            continue
        paste = wrap(family(answer))

        symptoms = [s for s in recognize(paste) if s.kind is Kind.WEB_IDENTITY]

        assert worth_reading(paste)
        assert len(symptoms) == 1, paste
        symptom = symptoms[0]
        assert (symptom.cause, symptom.sts_error_code, symptom.sdk) == (
            answer.cause,
            answer.code,
            sdk,
        )
        if REQUEST in paste and wrap not in MAY_CUT_THE_ID:
            assert symptom.request_id == REQUEST


@pytest.mark.parametrize("text", ASKING)
def test_a_person_who_quotes_the_error_is_heard(text: str) -> None:
    assert recognize(text)[0].kind is Kind.WEB_IDENTITY


@pytest.mark.parametrize("text", SILENT)
def test_chat_documentation_code_and_policies_do_not_wake_the_bot(text: str) -> None:
    assert [s for s in recognize(text) if s.kind is Kind.WEB_IDENTITY] == []


@pytest.mark.parametrize(("cause", "text"), LOOK_ALIKES)
def test_a_look_alike_is_recognised_as_what_it_is(cause: Cause, text: str) -> None:
    first = recognize(text)[0]

    assert (first.kind, first.cause) == (Kind.LOOK_ALIKE, cause)


BEFORE_STS = (
    (Cause.TOKEN_FILE, "WebIdentityErr: failed fetching WebIdentity token: \ncaused by: WebIdentityErr: unable to read file at "
     "/var/run/secrets/eks.amazonaws.com/serviceaccount/token\ncaused by: open /var/run/secrets/eks.amazonaws.com/"
     "serviceaccount/token: permission denied"),
    (Cause.TOKEN_FILE, "PermissionError: [Errno 13] Permission denied: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'"),
    (Cause.TOKEN_FILE, "operation error STS: AssumeRoleWithWebIdentity, failed to retrieve jwt from provide source, unable to read "
     "file at /var/run/secrets/eks.amazonaws.com/serviceaccount/token: no such file or directory"),
    (Cause.TOKEN_FILE, "Error: ENOENT: no such file or directory, open '/var/run/secrets/eks.amazonaws.com/serviceaccount/token'\n"
     "    at Object.openSync (node:fs:601:3)\n    at fromTokenFile (/srv/node_modules/@aws-sdk/credential-provider-web-identity/x.js:9:1)"),
    (Cause.TOKEN_FILE, "Missing :web_identity_token_file parameter or invalid file path provided for "
     "Aws::AssumeRoleWebIdentityCredentials provider (Aws::Errors::MissingWebIdentityTokenFile)"),
    (Cause.TOKEN_FILE, "Aws\\Exception\\CredentialsException: Error reading WebIdentityTokenFile from /var/run/secrets/"
     "eks.amazonaws.com/serviceaccount/token"),
    (Cause.TOKEN_FILE, "System.InvalidOperationException: A token could not be loaded from the WebIdentityTokenFile at C:\\var\\run"),
    (Cause.NO_REGION, "operation error STS: AssumeRoleWithWebIdentity, failed to resolve service endpoint, endpoint rule error, "
     "Invalid Configuration: Missing Region"),
    (Cause.NO_REGION, "WebIdentityErr: failed to retrieve credentials\ncaused by: MissingRegion: could not find region configuration"),
    (Cause.STS_UNREACHABLE, "WebIdentityErr: failed to retrieve credentials\ncaused by: RequestError: send request failed\n"
     'caused by: Post "https://sts.eu-central-1.amazonaws.com/": dial tcp 10.1.2.3:443: i/o timeout'),
    (Cause.STS_UNREACHABLE, "operation error STS: AssumeRoleWithWebIdentity, https response error StatusCode: 0, RequestID: , request "
     'send failed, Post "https://sts.cn-north-1.amazonaws.com.cn/": dial tcp: lookup sts.cn-north-1.amazonaws.com.cn: no such host'),
    (Cause.STS_UNREACHABLE, "File botocore/credentials.py, line 2101, in _assume_role_with_web_identity\nbotocore.exceptions."
     'EndpointConnectionError: Could not connect to the endpoint URL: "https://sts.amazonaws.com/"'),
    (Cause.STS_UNREACHABLE, "Could not assume role with OIDC: connect ETIMEDOUT 198.51.100.4:443"),
    (Cause.SDK_LACKS_STS, "WebIdentityTokenCredentialsProvider(): To use web identity tokens, the 'sts' service module must be on "
     "the class path."),
    (Cause.SDK_LACKS_STS, "Unable to load credentials from WebIdentityTokenCredentialsProvider: To use assume role profiles the "
     "aws-java-sdk-sts module must be on the class path."),
    (Cause.SDK_LACKS_STS, "System.InvalidOperationException: Assembly AWSSDK.SecurityToken could not be found or loaded. This assembly "
     "must be available at runtime to use Amazon.Runtime.AssumeRoleWithWebIdentityCredentials."),
    (Cause.NOT_CONFIGURED, "WebIdentityErr: role ARN is not set"),
    (Cause.NOT_CONFIGURED, "botocore.exceptions.InvalidConfigError: The provided profile or the current environment is configured to "
     "assume role with web identity but has no role ARN configured."),
    (Cause.NOT_CONFIGURED, "IllegalStateException: Either the environment variable AWS_WEB_IDENTITY_TOKEN_FILE or the javaproperty "
     "aws.webIdentityTokenFile must be set."),
    (Cause.NOT_CONFIGURED, "CredentialsProviderError: Role Arn 'arn:aws:iam::444455556666:role/x' needs to be assumed with web "
     "identity, but no role assumption callback was provided."),
    (Cause.NOT_CONFIGURED, 'MountVolume.SetUp failed for volume "s" : rpc error: code = Unknown desc = failed to mount secrets store '
     "objects for pod payments/ledger-7d9c6bd9c8-x2k4z, err: eu-central-1: An IAM role must be associated with service account ledger "
     "(namespace: payments)"),
)  # fmt: skip


@pytest.mark.parametrize(("cause", "text"), BEFORE_STS)
def test_a_failure_before_sts_is_recognised_by_its_cause(cause: Cause, text: str) -> None:
    symptoms = recognize(text)

    assert [(s.kind, s.cause) for s in symptoms] == [(Kind.WEB_IDENTITY, cause)]


def test_the_node_role_wakes_the_bot_only_beside_words_of_web_identity() -> None:
    node = "User: arn:aws:sts::444455556666:assumed-role/prod-NodeInstanceRole-1A/i-0123456789abcdef0 is not authorized to perform: s3:GetObject"

    alone = recognize(node)[0]
    beside = recognize(f"AWS_WEB_IDENTITY_TOKEN_FILE is set, still: {node}")[0]

    assert (alone.kind, alone.cause) == (Kind.LOOK_ALIKE, Cause.NODE_ROLE)
    assert (beside.kind, beside.cause) == (Kind.WEB_IDENTITY, Cause.NODE_ROLE)
    assert beside.source_role == "prod-NodeInstanceRole-1A"


def test_a_cloudtrail_record_of_the_failed_call_is_recognised() -> None:
    record = (
        '{"eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity", "awsRegion": "eu-central-1", '
        '"errorCode": "AccessDenied", "errorMessage": "An unknown error occurred", "userIdentity": {"userName": '
        '"system:serviceaccount:payments:ledger"}, "requestParameters": {"roleArn": "arn:aws:iam::444455556666:role/ledger"}}'
    )

    (symptom,) = recognize(record)

    assert (symptom.kind, symptom.cause) == (Kind.WEB_IDENTITY, Cause.ACCESS_DENIED)
    assert (symptom.namespace, symptom.service_account) == ("payments", "ledger")
    assert symptom.role_arn == "arn:aws:iam::444455556666:role/ledger"


def test_a_minio_that_plays_sts_is_recognised() -> None:
    (symptom,) = recognize(
        "API: AssumeRoleWithWebIdentity()\nRequestID: 4B9B9B4760785500\nError: Token used before issued"
    )

    assert (symptom.kind, symptom.cause) == (Kind.WEB_IDENTITY, Cause.INVALID_TOKEN)


@pytest.mark.parametrize(
    "text",
    [
        "failed to call AssumeRoleWithWebIdentity: EOF",
        "unable to fetch credentials with web identity: 403",
        "cannot get provider config: cannot assume role ARN with web identity: AccessDenied",
        "(id=0x7f) STS web identity credentials provider failed to get credentials",
        "Post sts.eu-central-1.amazonaws.com?Action=AssumeRoleWithWebIdentity&x=1: unsupported protocol scheme",
        "[error] [aws_credentials] STS assume role request failed",
        "js: Could not assume role using web identity: no region",
        "Error: It looks like you might be trying to authenticate with OIDC. Did you mean to set the `id-token` permission?",
    ],
)
def test_a_failed_call_is_recognised_in_anybodys_words(text: str) -> None:
    assert [s.kind for s in recognize(text)] == [Kind.WEB_IDENTITY]
