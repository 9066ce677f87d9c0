"""Failures that read like one of web identity and are something else."""

from __future__ import annotations

from diagnostics.recognize.signs import look_alike
from diagnostics.recognize.symptom import Cause

CHAINING = {
    "not authorized to perform: sts:AssumeRole on": look_alike(Cause.ROLE_CHAINING, "AccessDenied"),
    "not authorized to perform: sts:TagSession": look_alike(Cause.ROLE_CHAINING, "AccessDenied"),
    "operation error STS: AssumeRole,": look_alike(Cause.ROLE_CHAINING),
    "when calling the AssumeRole operation": look_alike(Cause.ROLE_CHAINING),
    "could not be assumed because it does not exist or the trusted entity": look_alike(
        Cause.ROLE_CHAINING
    ),
    "was unable to assume the role": look_alike(Cause.ROLE_CHAINING),
    "Cannot assume IAM Role": look_alike(Cause.ROLE_CHAINING),
}

POD_IDENTITY = {
    "AssumeRoleForPodIdentity": look_alike(Cause.POD_IDENTITY),
    "169.254.170.23": look_alike(Cause.POD_IDENTITY),
    "pods.eks.amazonaws.com/": look_alike(Cause.POD_IDENTITY),
    "EKS does not have permissions to assume the associated role": look_alike(Cause.POD_IDENTITY),
    "from EKS Auth:": look_alike(Cause.POD_IDENTITY),
}

FEDERATION = {
    "not authorized to perform sts:AssumeRoleWithSAML": look_alike(
        Cause.OTHER_FEDERATION, "AccessDenied"
    ),
    "when calling the AssumeRoleWithSAML operation": look_alike(Cause.OTHER_FEDERATION),
    "operation error STS: AssumeRoleWithSAML": look_alike(Cause.OTHER_FEDERATION),
    "operation error Cognito Identity:": look_alike(Cause.OTHER_FEDERATION),
    "CognitoIdentityServiceException": look_alike(Cause.OTHER_FEDERATION),
    "AuthenticationFail.OIDCToken": look_alike(Cause.OTHER_FEDERATION),
    "/saml-provider/": look_alike(Cause.OTHER_FEDERATION),
    ":saml-provider/": look_alike(Cause.OTHER_FEDERATION),
}

NO_CREDENTIALS = {
    "NoCredentialProviders": look_alike(Cause.NO_CREDENTIALS),
    "Unable to locate credentials": look_alike(Cause.NO_CREDENTIALS),
    "Unable to locate AWS credentials": look_alike(Cause.NO_CREDENTIALS),
    "Unable to load AWS credentials from": look_alike(Cause.NO_CREDENTIALS),
    "Unable to load credentials from any": look_alike(Cause.NO_CREDENTIALS),
    "Unable to load credentials from EnvironmentVariable": look_alike(Cause.NO_CREDENTIALS),
    "No AWS Credentials provided by": look_alike(Cause.NO_CREDENTIALS),
    "Could not load credentials from any providers": look_alike(Cause.NO_CREDENTIALS),
    "Missing credentials in config": look_alike(Cause.NO_CREDENTIALS),
    "CredentialsProviderError": look_alike(Cause.NO_CREDENTIALS),
    "no EC2 IMDS role found": look_alike(Cause.NO_CREDENTIALS),
    "EC2RoleRequestError": look_alike(Cause.NO_CREDENTIALS),
    "no valid credential sources for": look_alike(Cause.NO_CREDENTIALS),
    "CredentialsNotLoaded": look_alike(Cause.NO_CREDENTIALS),
    "the credential provider was not enabled": look_alike(Cause.NO_CREDENTIALS),
    "provider in chain did not provide credentials": look_alike(Cause.NO_CREDENTIALS),
    "Failed to connect to service endpoint": look_alike(Cause.NO_CREDENTIALS),
    "instance profile credentials": look_alike(Cause.NO_CREDENTIALS),
    "Aws::Errors::MissingCredentialsError": look_alike(Cause.NO_CREDENTIALS),
    "Failed to get AWS IAM Credentials": look_alike(Cause.NO_CREDENTIALS),
}

PERMISSION = {
    "is not authorized to perform:": look_alike(Cause.PERMISSION, "AccessDenied"),
    "You are not authorized to perform this operation": look_alike(
        Cause.PERMISSION, "UnauthorizedOperation"
    ),
    "UnauthorizedOperation:": look_alike(Cause.PERMISSION, "UnauthorizedOperation"),
    "S3Exception: Access Denied": look_alike(Cause.PERMISSION, "AccessDenied"),
    "AccessDenied: Access Denied": look_alike(Cause.PERMISSION, "AccessDenied"),
    "api error AccessDenied": look_alike(Cause.PERMISSION, "AccessDenied"),
    "An error occurred (AccessDenied) when calling": look_alike(Cause.PERMISSION, "AccessDenied"),
    "An error occurred (AccessDeniedException) when calling": look_alike(
        Cause.PERMISSION, "AccessDeniedException"
    ),
    "An error occurred (403) when calling": look_alike(Cause.PERMISSION, "403"),
}

OTHER = {
    "security token included in the request is invalid": look_alike(
        Cause.OTHER, "InvalidClientTokenId"
    ),
    "security token included in the request is expired": look_alike(
        Cause.OTHER, "ExpiredTokenException"
    ),
    "The provided token has expired": look_alike(Cause.OTHER, "ExpiredToken"),
    "provided token is malformed or otherwise invalid": look_alike(Cause.OTHER, "InvalidToken"),
    "AWS was not able to validate the provided access credentials": look_alike(
        Cause.OTHER, "AuthFailure"
    ),
}

LOOK_ALIKES = {
    **PERMISSION,
    **OTHER,
    **NO_CREDENTIALS,
    **FEDERATION,
    **POD_IDENTITY,
    **CHAINING,
}
"""The later, the more telling: of several in one entry the last one wins."""
