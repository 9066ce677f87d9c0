"""Records as CloudTrail writes them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TypeAlias

from diagnostics.arn import account_of

Record: TypeAlias = dict[str, object]


def trust_event(*, at: datetime, region: str, role_arn: str, by: str) -> Record:
    """The record of one UpdateAssumeRolePolicy.

    Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail": IAM's events are kept in the
    partition's main region.
    """
    account = account_of(role_arn)
    return {
        "eventVersion": "1.08",
        "userIdentity": {"type": "IAMUser", "arn": by, "accountId": account},
        "eventTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "iam.amazonaws.com",
        "eventName": "UpdateAssumeRolePolicy",
        "awsRegion": region,
        "sourceIPAddress": "203.0.113.20",
        "requestParameters": {"roleName": role_arn.rpartition("/")[2], "policyDocument": "{}"},
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }


def web_identity_event(
    *,
    at: datetime,
    region: str,
    role_arn: str,
    provider_arn: str,
    subject: str,
    audience: str = "sts.amazonaws.com",
    request_id: str | None = None,
    error_code: str | None = "AccessDenied",
    event_id: str | None = None,
) -> Record:
    """The record of one AssumeRoleWithWebIdentity; `error_code=None` for one that succeeded.

    Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"; for a refused call the
    message is "An unknown error occurred", whatever the caller was told.
    """
    account = account_of(role_arn)
    record: Record = {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "WebIdentityUser",
            "principalId": f"{provider_arn}:{audience}:{subject}",
            "userName": subject,
            "identityProvider": provider_arn,
        },
        "eventTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRoleWithWebIdentity",
        "awsRegion": region,
        "sourceIPAddress": "203.0.113.10",
        "userAgent": "aws-sdk-go/1.55.5",
        "requestParameters": {"roleArn": role_arn, "roleSessionName": "session"},
        "responseElements": None,
        "requestID": request_id or str(uuid.uuid4()),
        "eventID": event_id or str(uuid.uuid4()),
        "readOnly": True,
        "resources": [{"accountId": account, "type": "AWS::IAM::Role", "ARN": role_arn}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        "tlsDetails": {"clientProvidedHostHeader": f"sts.{region}.amazonaws.com"},
    }
    if error_code is not None:
        record |= {"errorCode": error_code, "errorMessage": "An unknown error occurred"}
    else:
        record["responseElements"] = {
            "subjectFromWebIdentityToken": subject,
            "provider": provider_arn,
            "audience": audience,
        }
    return record
