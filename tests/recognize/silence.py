"""Texts that must not wake the bot, written for these tests."""
# ruff: noqa: E501, ISC004  (pastes stand as people paste them)

from __future__ import annotations

CHAT = (
    "lunch?",
    "deploy to prod-eu finished, all green",
    "Can somebody review the IRSA module before Thursday?",
    "we should move the exporters to IRSA next sprint, the node role has far too many permissions",
    "who owns the role arn:aws:iam::444455556666:role/team/ledger-writer?",
    "The token in the staging vault expired, rotating it now",
    "TIL: AssumeRoleWithWebIdentity calls are unsigned",
    "AccessDenied again on the wiki, is SSO down?",
    "posted the post-mortem of the STS outage, most tests are green again",
    "what is the difference between AssumeRole and AssumeRoleWithWebIdentity?",
    "reminder: audience is sts.amazonaws.com, thumbprint is not needed any more for EKS",
    "I gave the service account the annotation eks.amazonaws.com/role-arn and restarted",
    "AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    "the web identity docs are here: https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html",
)

DOCUMENTATION = (
    "If the subject does not match, STS answers with `Not authorized to perform sts:AssumeRoleWithWebIdentity`.",
    "Not authorized to perform sts:AssumeRoleWithWebIdentity usually means that the trust policy names another "
    "service account.",
    "You may see an error such as InvalidIdentityToken: No OpenIDConnect provider found in your account for "
    "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE when the provider was never created.",
    'Troubleshooting: the error "Incorrect token audience" is returned when the client ID list lacks the audience.',
    "Runbook: for WebIdentityErr: failed to retrieve credentials, check the trust policy first",
    "AccessDenied: This occurs if the role's trust policy has no statement for the provider.",
    "We fixed the `Not authorized to perform sts:AssumeRoleWithWebIdentity` from last week by correcting the sub.",
    "ExpiredTokenException: The web identity token that was passed is expired or is not valid. Get a new identity "
    "token from the identity provider and then retry the request. (API reference)",
    "IDPCommunicationError means that the identity provider could not be reached; retry the request.",
    'AWS changed the message to "The web identity token provided could not be validated" in July; adjust the alert rules',
    "Release 1.4: no more 'Not authorized to perform sts:AssumeRoleWithWebIdentity' after a change of the issuer",
    "Pods fail with Not authorized to perform sts:AssumeRoleWithWebIdentity (solved)",
    'https://github.com/acme/sdk/issues/1234: "WebIdentityErr: failed to retrieve credentials" when the token rotates',
    "Do we have a dashboard for 'Not authorized to perform sts:AssumeRoleWithWebIdentity'?",
    "[IRSA broken after upgrade: Not authorized to perform sts:AssumeRoleWithWebIdentity · Issue #4321 · acme/charts]",
    "Returns a set of temporary security credentials for users who have been authenticated with a web identity provider.",
)

CODE = (
    'if strings.Contains(err.Error(), "Not authorized to perform sts:AssumeRoleWithWebIdentity") {',
    'kubectl logs deploy/ledger | grep "Not authorized to perform sts:AssumeRoleWithWebIdentity"',
    '{namespace="payments"} |= "WebIdentityErr: failed to retrieve credentials"',
    'git commit -m "retry on Not authorized to perform sts:AssumeRoleWithWebIdentity"',
    'source=eks index=prod "Not authorized to perform sts:AssumeRoleWithWebIdentity" | timechart count',
    'throw new Error("Could not assume role with OIDC: " + cause)',
    'var errRole = awserr.New(ErrCodeWebIdentity, "WebIdentityErr: role ARN is not set", nil)',
    'assert "Incorrect token audience" in str(error.value)',
    "fields @message | filter @message like /Not authorized to perform sts:AssumeRoleWithWebIdentity/ | stats count(*)",
    "aws sts assume-role-with-web-identity --role-arn $AWS_ROLE_ARN --role-session-name x --web-identity-token file://token",
    "aws logs filter-log-events --log-group-name app --filter-pattern 'Not authorized to perform sts:AssumeRoleWithWebIdentity'",
    "resp, err := client.AssumeRoleWithWebIdentity(ctx, &sts.AssumeRoleWithWebIdentityInput{RoleArn: &role})",
    'retryable = {"InvalidIdentityToken": True, "IDPCommunicationError": True, "AccessDenied": False}',
    "case *types.InvalidIdentityTokenException:",
    "// Not authorized to perform sts:AssumeRoleWithWebIdentity",
    'expect(error.message).toContain("Token expired: current date/time")',
)

POLICIES = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::444455556666:'
    'oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/5C0FFEE"},"Action":"sts:AssumeRoleWithWebIdentity",'
    '"Condition":{"StringEquals":{"oidc.eks.eu-central-1.amazonaws.com/id/5C0FFEE:sub":'
    '"system:serviceaccount:payments:ledger"}}}]}',
    'data "aws_iam_policy_document" "trust" {\n  statement {\n    actions = ["sts:AssumeRoleWithWebIdentity"]\n  }\n}',
    "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ledger\n  namespace: payments\n  annotations:\n"
    "    eks.amazonaws.com/role-arn: arn:aws:iam::444455556666:role/team/ledger-writer",
    "eksctl create iamserviceaccount --name ledger --namespace payments --cluster prod --role-name ledger-writer --approve",
)

LOGS = (
    "2026-11-24 INFO Starting WebIdentityTokenCredentialsProvider timeout=30s endpoint=https://sts.eu-west-1.amazonaws.com",
    "Error loading web identity docs page: 502",
    "can't find AssumeRoleWithWebIdentity events in CloudTrail",
    'time=2026-11-24T09:15:02Z level=info msg="assumed role with web identity" role=ledger-writer',
    '{"level":"info","msg":"Successfully retrieved credentials from WebIdentityTokenCredentialsProvider"}',
    "ERROR: connection to server at 10.0.0.7 timed out",
    "error: unable to read file at /etc/tls/token: permission denied",
    "401 Unauthorized: token expired",
    "Azure: InvalidAudience: Invalid authorization token audience.",
    "vault: permission denied (code 403)",
    'User "system:serviceaccount:payments:ledger" cannot get resource "secrets" in API group ""',
    "open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory",
    "AADSTS700213: No matching federated identity record found for presented assertion audience",
    "E1124 09:15:02.118822 1 leaderelection.go:330] error retrieving resource lock kube-system/foo: Unauthorized",
)

SILENT = (*CHAT, *DOCUMENTATION, *CODE, *POLICIES, *LOGS)

ASKING = (
    "hey, since this morning we're getting Not authorized to perform sts:AssumeRoleWithWebIdentity in ledger, any ideas?",
    "why do I get `Not authorized to perform sts:AssumeRoleWithWebIdentity` here?",
    "getting InvalidIdentityToken: Incorrect token audience on staging",
    "Not authorized to perform sts:AssumeRoleWithWebIdentity",
    "Error: Incorrect token audience",
    "the pods of external-dns fail with AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity, please help",
    "ledger: WebIdentityErr: failed to retrieve credentials",
    "is anyone else seeing 'No OpenIDConnect provider found in your account' on the new cluster?",
)
