"""How each SDK family says that its web-identity call failed, and what betrays the family.

Sources: the SDKs' own error strings (botocore credentials.py; aws-sdk-go stscreds and session; aws-sdk-go-v2
stscreds; aws-sdk-java WebIdentityTokenCredentialsProvider; aws-sdk-java-v2 WebIdentityCredentialsUtils; aws-sdk-js
token_file_web_identity_credentials; JS v3 credential-provider-web-identity; aws-sdk-net
AssumeRoleWithWebIdentityCredentials; aws-config web_identity_token; aws-sdk-ruby AssumeRoleWebIdentityCredentials;
aws-sdk-php AssumeRoleWithWebIdentityCredentialProvider; aws-sdk-cpp STSCredentialsProvider).
"""

from __future__ import annotations

from diagnostics.recognize.linear import Pattern, compile_pattern
from diagnostics.recognize.signs import MENTION, answer, failed, provided
from diagnostics.recognize.symptom import Cause

CALL_FAILED = {
    # Go v1
    "WebIdentityErr: ": failed(),
    "WebIdentityError: ": failed(),
    "WebIdentityErr failed": failed(),
    # Go v2, Terraform
    "operation error STS: AssumeRoleWithWebIdentity": failed(),
    "failed to retrieve jwt from provide source": answer(Cause.TOKEN_FILE),
    # botocore, AWS CLI
    "when calling the AssumeRoleWithWebIdentity operation": failed(),
    # PHP
    'Error executing "AssumeRoleWithWebIdentity" on': failed(),
    # Rust
    "STS returned an error assuming web identity role": failed(),
    "failed to load credentials from WebIdentityToken": failed(),
    # aws-c-auth, below the CRT clients
    "could not be sourced by the STS web identity": failed(),
    # JavaScript, GitHub's configure-aws-credentials
    "at TokenFileWebIdentityCredentials.": failed(),
    "Could not load credentials from TokenFileWebIdentityCredentials": failed(),
    "Could not assume role with OIDC": failed(),
    "needs to be assumed with web identity, but no role assumption callback": answer(
        Cause.NOT_CONFIGURED
    ),
    "Web identity configuration not specified": answer(Cause.NOT_CONFIGURED),
    # Java, Hadoop, Spark
    "No AWS Credentials provided by WebIdentityToken": failed(),
    "No AWS Credentials provided by com.amazonaws.auth.WebIdentityToken": failed(),
    "Unable to load credentials from WebIdentityToken": failed(),
    "Unable to load credentials from com.amazonaws.auth.WebIdentityToken": failed(),
    # whoever wrote it by hand: nginx, fluent-bit, MinIO, Terraform's modules
    "Could not assume role using web identity": failed(),
    "API: AssumeRoleWithWebIdentity()": failed(),
    "error calling AssumeRoleWithWebIdentity": failed(),
    "STS assume role request failed": answer(Cause.OTHER),
    "AssumeRoleWithWebIdentity request failed": failed(),
    "AssumeRoleWithWebIdentity failed": failed(),
    "AssumeRoleWithWebIdentity error:": failed(),
    "assume role with web identity failed": failed(),
    '"eventName":"AssumeRoleWithWebIdentity"': MENTION,
}
"""Wrappers around STS's answer, in the SDKs' words."""

BEFORE_THE_CALL = {
    # the token file
    "failed fetching WebIdentity token": answer(Cause.TOKEN_FILE),
    "unable to read web identity token file": answer(Cause.TOKEN_FILE),
    "unable to read file at /var/run/secrets/eks.amazonaws.com": answer(Cause.TOKEN_FILE),
    "token could not be loaded from the WebIdentityTokenFile": answer(Cause.TOKEN_FILE),
    "Error reading WebIdentityTokenFile from": answer(Cause.TOKEN_FILE),
    "InvalidIdentityToken from file": answer(Cause.TOKEN_FILE),
    "Errors::MissingWebIdentityTokenFile": answer(Cause.TOKEN_FILE),
    "Missing :web_identity_token_file parameter": answer(Cause.TOKEN_FILE),
    "Could not read web identity token file": answer(Cause.TOKEN_FILE),
    "failed to read web identity token": answer(Cause.TOKEN_FILE),
    "Failed to read the web identity token": answer(Cause.TOKEN_FILE),
    "Can't open token file": provided(Cause.TOKEN_FILE),
    "Unable to locate specified web identity token file": answer(Cause.TOKEN_FILE),
    "Could not read web identify token file": answer(Cause.TOKEN_FILE),  # as Fluent Bit spells it
    "Invalid length for parameter WebIdentityToken": answer(Cause.TOKEN_FILE),
    "Invalid type for parameter WebIdentityToken": answer(Cause.TOKEN_FILE),
    "[WebIdentityToken] must be a string": answer(Cause.TOKEN_FILE),
    # what is not set
    "WebIdentityErr: role ARN is not set": answer(Cause.NOT_CONFIGURED),
    "WebIdentityErr: token file path is not set": answer(Cause.NOT_CONFIGURED),
    "token file path is not set": provided(Cause.NOT_CONFIGURED),
    "role ARN is not set": provided(Cause.NOT_CONFIGURED),
    "Either the environment variable AWS_WEB_IDENTITY_TOKEN_FILE or the javaproperty": answer(
        Cause.NOT_CONFIGURED
    ),
    "Either the environment variable AWS_ROLE_ARN or the javaproperty": provided(
        Cause.NOT_CONFIGURED
    ),
    "You must specify a value for roleArn": provided(Cause.NOT_CONFIGURED),
    "configured to assume role with web identity but has no role ARN": answer(Cause.NOT_CONFIGURED),
    "RoleArn must be specified to use STS AssumeRole web identity": answer(Cause.NOT_CONFIGURED),
    "Token file must be specified to use STS AssumeRole web identity": answer(Cause.NOT_CONFIGURED),
    "An IAM role must be associated with service account": answer(Cause.NOT_CONFIGURED),
    "Unable to get ACTIONS_ID_TOKEN_REQUEST_URL": answer(Cause.NOT_CONFIGURED),
    "Did you mean to set the id-token permission": answer(Cause.NOT_CONFIGURED),
    "getIDToken call failed": answer(Cause.OTHER),
    "oidc/tokens: 422": answer(Cause.OTHER),
    # the SDK's STS module
    "To use web identity tokens, the 'sts' service module must be on the class path": answer(
        Cause.SDK_LACKS_STS
    ),
    "'sts' service module must be on the class path": provided(Cause.SDK_LACKS_STS),
    "the aws-java-sdk-sts module must be on the class path": provided(Cause.SDK_LACKS_STS),
    "AWSSDK.SecurityToken could not be found or loaded": provided(Cause.SDK_LACKS_STS),
    # the region
    "Missing Region": provided(Cause.NO_REGION),
    "MissingRegion": provided(Cause.NO_REGION),
    "region is missing": provided(Cause.NO_REGION),
    "an AWS region is required": provided(Cause.NO_REGION),
    "could not find region configuration": provided(Cause.NO_REGION),
    "You must specify a region": provided(Cause.NO_REGION),
    "Unable to find a region via the region provider chain": provided(Cause.NO_REGION),
    "Unable to load region from any of the providers": provided(Cause.NO_REGION),
    "No RegionEndpoint or ServiceURL configured": provided(Cause.NO_REGION),
    "Missing required AWS_REGION": provided(Cause.NO_REGION),
    "Missing required parameter: region": provided(Cause.NO_REGION),
    # MinIO's STS and gateways
    "Token used before issued": provided(Cause.INVALID_TOKEN),
}
"""Failures before the call leaves the pod, in the SDKs' words."""

MENTIONS = {
    "WebIdentity": MENTION,
    "web identity": MENTION,
    "trying to authenticate with OIDC": MENTION,
    "web_identity": MENTION,
    "role with OIDC": MENTION,
    "eks.amazonaws.com/serviceaccount/token": MENTION,
    "eks.amazonaws.com/role-arn": MENTION,
    "fromTokenFile": MENTION,
    "fromWebToken": MENTION,
    "web-identity": MENTION,
    "IRSA": MENTION,
}
"""What speaks of web identity, failure or not."""

# The first that fits wins: the ones that quote another family's words come first.
FAMILIES: tuple[tuple[str, Pattern], ...] = (
    ("botocore", compile_pattern(r"\bbotocore\.(?:errorfactory|exceptions|client)\b")),
    ("java v2", compile_pattern(
        r"software\.amazon\.(?:[a-ln-z]|m[a-rt-z])|\.awssdk\.|\bs\.a\.a\.|\(Service: [\w ]{1,60}, Status Code: \d"
        r"|(?:^|[^\\\w])StsException|WebIdentityTokenCredentialsProvider\(\)"
        r"|'sts' service module|or the javaproperty|AwsCredentialsProviderChain")),
    ("java v1", compile_pattern(
        r"com\.amazonaws\.|\(Service: [\w ]{1,60}; Status Code: \d|; Error Code: |aws-java-sdk"
        r"|AWSCredentialsProviderChain|AWSSecurityTokenServiceException|hadoop\.fs\.s3a"
        r"|WebIdentityTokenCredentialsProvider\b"
        r"|You must specify a value for roleArn")),
    ("ruby", compile_pattern(r"Aws::(?:STS::|Errors|S3|\w{1,40}::Errors|AssumeRole)|aws-sdk-core-\d"
        r"|[ (]:web_identity_token")),
    ("php", compile_pattern(
        r"Aws\\{1,2}\w|AWS HTTP error|Error executing \"|Error reading WebIdentityTokenFile"
        r"|GuzzleHttp"
        r"|aws-sdk-php|InvalidIdentityToken from file")),
    (".net", compile_pattern(
        r"Amazon\.(?:Runtime|SecurityToken|S3|\w{1,40}\.Amazon)"
        r"|AmazonSecurityTokenService(?:Exception|Client)\b"
        r"|from the WebIdentityTokenFile|AWSSDK\.|Error calling AssumeRole for role"
        r"|System\.UnauthorizedAccess")),
    ("cpp", compile_pattern(
        r"AWSErrorMarshaller|Aws::(?:Client|Auth|Http)"
        r"|STSAssumeRole(?:With)?WebIdentityCredentialsProvider"
        r"|STSResourceClient|to use STS AssumeRole web identity|AWSClient \[")),
    ("rust", compile_pattern(
        r"Generic S3 error|Client error with status|aws_config|aws_smithy|aws_sdk_|UnhandledError\("
        r"|CredentialsStageError"
        r"|CredentialsNotLoaded"
        r"|ConstructionFailure\(|DispatchFailure|ProviderError\(ProviderError|Generic \{ ?store:"
        r"|Unhandled\(Unhandled"
        r"|error assuming web identity role|service error: unhandled error|ErrorMetadata ?\{"
        r"|hyper::|reqwest::")),
    ("js v2", compile_pattern(
        r"/aws-sdk/lib/|TokenFileWebIdentityCredentials|originalError|\bCredentialsError\b"
        r"|UnhandledPromiseRejectionWarning"
        r"|AWS_SDK_LOAD_CONFIG|ChainableTemporaryCredentials")),
    ("js v3", compile_pattern(
        r"@aws-sdk|@smithy|CredentialsProviderError|configure-aws-credentials|role with OIDC"
        r"|\$metadata|\$fault"
        r"|InvalidIdentityTokenException:|IDPCommunicationErrorException"
        r"|no role assumption callback"
        r"|Web identity configuration not specified|tryNextLink|ACTIONS_ID_TOKEN"
        r"|from any providers|(?i:configur\w{1,5} aws credentials)|Error: E(?:ACCES|NOENT): ")),
    ("aws-sdk-go-v2", compile_pattern(
        r"operation error [A-Z]|https response error StatusCode|get identity: get credentials"
        r"|api error \w"
        r"|failed to refresh cached credentials|no EC2 IMDS role found|aws-sdk-go-v2"
        r"|from provide source"
        r"|unable to read web identity token file in pod")),
    ("botocore", compile_pattern(
        r"[Aa]n error occurred \(|botocore|boto3|web_identity_token_loader"
        r"|Unable to locate credentials\. You can configure"
        r"|configured to assume role with web identity|EndpointConnectionError|NoCredentialsError"
        r"|Could not connect to the endpoint URL|\[Errno \d{1,3}\]|Traceback \(most recent")),
    ("aws-sdk-go v1", compile_pattern(
        r"WebIdentityErr|status code: \d{3}|NoCredentialProviders|caused by: |EC2RoleRequestError"
        r"|rpc error: code"
        r"|aws-sdk-go|request id: |unable to read file at /var/run|\.go:\d"
        r"|[Aa]n IAM role must be associated"
        r"|Error decrypting key|[a-z]: AccessDenied: User|RespMetadata|[=:] ?\"AccessDenied: User")),
    ("js v3", compile_pattern(  # how Node prints an error that has a message and nothing else
        r"(?:^|\n)\W{0,3}Error: (?:Not authorized to perform sts:|Incorrect token audience"
        r"|No OpenIDConnect provider|Couldn't retrieve verification|Request ARN is invalid)")),
    ("other", compile_pattern(
        r"\[aws_credentials\]|\[(?:output|input|filter):[a-z]"
        r"|AuthenticationFail\.|STS assume role request failed|\bjs: |oidc/tokens: 422"
        r"|\[aws_client\]"
        r"|API: AssumeRole|<ErrorResponse |[?&]Action=AssumeRole|<Error>|AwsCommonRuntimeKit"
        r"|AWS_AUTH_CREDENTIALS_PROVIDER|source/extensions/common/aws|sts\$assume_role")),
)  # fmt: skip


def sdk_of(text: str) -> str | None:
    """Name the SDK family whose words a text uses, or None."""
    for family, words in FAMILIES:
        if words.search(text):
            return family
    return None
