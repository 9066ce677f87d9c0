"""Failures that are something else, with the cause that each has; written for these tests."""
# ruff: noqa: E501, ISC004  (pastes stand as people paste them)

from __future__ import annotations

from diagnostics.recognize import Cause

_NODE = (
    "arn:aws:sts::444455556666:assumed-role/eks-prod-NodeInstanceRole-1ABCDEF/i-0123456789abcdef0"
)
_IRSA = "arn:aws:sts::444455556666:assumed-role/ledger-writer/1763990000000000000"

LOOK_ALIKES: tuple[tuple[Cause, str], ...] = (
    (Cause.NODE_ROLE, f"AccessDeniedException: User: {_NODE} is not authorized to perform: sqs:ReceiveMessage on resource: "
     "arn:aws:sqs:eu-central-1:444455556666:orders"),
    (Cause.NODE_ROLE, f"An error occurred (AccessDenied) when calling the ListObjectsV2 operation: User: {_NODE} is not "
     "authorized to perform: s3:ListBucket"),
    (Cause.PERMISSION, f"AccessDenied: User: {_IRSA} is not authorized to perform: s3:GetObject on resource: "
     "arn:aws:s3:::ledger because no identity-based policy allows the s3:GetObject action"),
    (Cause.PERMISSION, "software.amazon.awssdk.services.s3.model.S3Exception: Access Denied (Service: S3, Status Code: 403)"),
    (Cause.PERMISSION, "UnauthorizedOperation: You are not authorized to perform this operation.\n\tstatus code: 403"),
    (Cause.ROLE_CHAINING, f"AccessDenied: User: {_IRSA} is not authorized to perform: sts:AssumeRole on resource: "
     "arn:aws:iam::777788889999:role/dns-writer\n\tstatus code: 403, request id: 0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a"),
    (Cause.ROLE_CHAINING, "operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: "
     "0b5f1f2e-7a44-4c55-9d3e-8f2b6c1d0e9a, api error AccessDenied: no"),
    (Cause.POD_IDENTITY, "unable to fetch credentials from EKS Auth: operation error EKS Auth: AssumeRoleForPodIdentity, https "
     "response error StatusCode: 403, api error AccessDeniedException: Unauthorized Exception!"),
    (Cause.POD_IDENTITY, "failed to load credentials, : [43250e5c]: (AccessDeniedException): EKS does not have permissions to "
     "assume the associated role., fault: client"),
    (Cause.OTHER_FEDERATION, "An error occurred (AccessDenied) when calling the AssumeRoleWithSAML operation: no"),
    (Cause.NO_CREDENTIALS, "NoCredentialProviders: no valid providers in chain. Deprecated."),
    (Cause.NO_CREDENTIALS, "botocore.exceptions.NoCredentialsError: Unable to locate credentials"),
    (Cause.NO_CREDENTIALS, "CredentialsProviderError: Could not load credentials from any providers"),
    (Cause.NO_CREDENTIALS, "Unable to load AWS credentials from any provider in the chain: [EnvironmentVariableCredentialsProvider: "
     "Unable to load AWS credentials, WebIdentityTokenCredentialsProvider: You must specify a value for roleArn and roleSessionName]"),
    (Cause.OTHER, "InvalidClientTokenId: The security token included in the request is invalid"),
    (Cause.OTHER, "ExpiredToken: The provided token has expired."),
)  # fmt: skip
