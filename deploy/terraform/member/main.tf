# irsa-doctor, in every member account: the role that diagnosis reads with, and, where wanted, the role that approved
# fixes write to clusters with. The same as cloudformation/member-roles.yaml, which says more about each statement.

data "aws_partition" "here" {}
data "aws_caller_identity" "here" {}

locals {
  suffix   = data.aws_partition.here.dns_suffix
  iam      = "arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.here.account_id}"
  eks      = "arn:${data.aws_partition.here.partition}:eks:*:${data.aws_caller_identity.here.account_id}"
  clusters = "${local.eks}:cluster/*"

  trust = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TheBotOnly"
      Effect    = "Allow"
      Principal = { AWS = var.bot_role_arn }
      Action    = "sts:AssumeRole"
      Condition = {
        StringEquals = merge(
          { "sts:ExternalId" = var.external_id },
          var.former_external_id == null ? {} : { "sts:ExternalId" = [var.external_id, var.former_external_id] },
          var.organization_id == null ? {} : { "aws:PrincipalOrgID" = var.organization_id },
        )
      }
    }]
  })

  read_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        # The issuer, the endpoint and the CA (IRSA301-308, IRSA404-415); credentials that win over IRSA's (IRSA212,
        # IRSA217); an issuer that logins take (IRSA310).
        {
          Sid      = "Clusters"
          Effect   = "Allow"
          Action   = ["eks:DescribeCluster", "eks:ListIdentityProviderConfigs", "eks:ListPodIdentityAssociations"]
          Resource = local.clusters
        },
        {
          Sid      = "PartsOfClusters"
          Effect   = "Allow"
          Action   = ["eks:DescribeIdentityProviderConfig", "eks:DescribePodIdentityAssociation"]
          Resource = ["${local.eks}:identityproviderconfig/*", "${local.eks}:podidentityassociation/*"]
        },
        # The trust policy and the permissions boundary of the role in question (IRSA401-419).
        {
          Sid      = "Roles"
          Effect   = "Allow"
          Action   = ["iam:GetRole"]
          Resource = "${local.iam}:role/*"
        },
        # The provider's audiences and thumbprints (IRSA303, IRSA304, IRSA306).
        {
          Sid      = "Providers"
          Effect   = "Allow"
          Action   = ["iam:GetOpenIDConnectProvider"]
          Resource = "${local.iam}:oidc-provider/*"
        },
        # Clusters that the fleet file does not name (`irsa inventory`); a provider that nearly fits (IRSA302, IRSA305);
        # which role trusts this service account (IRSA103, IRSA104).
        {
          Sid      = "Search"
          Effect   = "Allow"
          Action   = ["eks:ListClusters", "iam:ListOpenIDConnectProviders", "iam:ListRoles"]
          Resource = "*"
        },
      ],
      # Who made the failed call, where all else leaves the target open; a trust policy just changed (IRSA418).
      [
        for action in(var.cloudtrail ? ["cloudtrail:LookupEvents"] : []) : {
          Sid      = "FailedCalls"
          Effect   = "Allow"
          Action   = [action]
          Resource = "*"
        }
      ],
    )
  })

  fix_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # The endpoint and the CA of the Kubernetes API. What it may do there, RBAC says (kubernetes/fix).
      {
        Sid      = "Clusters"
        Effect   = "Allow"
        Action   = ["eks:DescribeCluster"]
        Resource = local.clusters
      },
    ]
  })

  trust_policies = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Look again, then replace: the button Apply trust policy, with `allow_trust_policy_fix: true`.
      {
        Sid      = "TrustPolicies"
        Effect   = "Allow"
        Action   = ["iam:GetRole", "iam:UpdateAssumeRolePolicy"]
        Resource = "${local.iam}:role${coalesce(var.trust_policy_path, "/no-path-is-given/")}*"
      },
      # Never those that hold this bot back, whatever the path is; the last line is for the bot's own behind a hub.
      {
        Sid    = "NotItsOwn"
        Effect = "Deny"
        Action = ["iam:UpdateAssumeRolePolicy"]
        Resource = [
          var.bot_role_arn,
          "${local.iam}:role${var.role_path}${var.read_role_name}",
          "${local.iam}:role${var.role_path}${var.fix_role_name}",
          "${local.iam}:role${var.role_path}${var.proof_role_name}",
          "${local.iam}:role${var.role_path}irsa-doctor-*",
        ]
      },
    ]
  })

  issuers = [
    "${local.iam}:oidc-provider/oidc.eks.*.${local.suffix}/id/*",
    "${local.iam}:oidc-provider/oidc-eks.*.api.aws/id/*",
  ]

  providers = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # With `allow_provider_fix: true`: the buttons that add an audience (IRSA304), and take it out again.
      {
        Sid    = "Audiences"
        Effect = "Allow"
        Action = [
          "iam:AddClientIDToOpenIDConnectProvider",
          "iam:GetOpenIDConnectProvider",
          "iam:RemoveClientIDFromOpenIDConnectProvider",
        ]
        Resource = local.issuers
      },
      # The button that creates the provider of a cluster (IRSA301), with its mark.
      {
        Sid       = "NewProviders"
        Effect    = "Allow"
        Action    = ["iam:CreateOpenIDConnectProvider", "iam:TagOpenIDConnectProvider"]
        Resource  = local.issuers
        Condition = { StringEquals = { "aws:RequestTag/irsa-doctor" = "created" } }
      },
      # Undo of that: only what bears the mark.
      {
        Sid       = "OwnProviders"
        Effect    = "Allow"
        Action    = ["iam:DeleteOpenIDConnectProvider"]
        Resource  = local.issuers
        Condition = { StringEquals = { "aws:ResourceTag/irsa-doctor" = "created" } }
      },
    ]
  })
}

resource "aws_iam_role" "read" {
  name                 = var.read_role_name
  description          = "irsa-doctor reads clusters, OIDC providers and roles with it; it can change nothing."
  max_session_duration = 3600
  assume_role_policy   = local.trust
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "read" {
  name   = "diagnose"
  role   = aws_iam_role.read.name
  policy = local.read_policy
}

resource "aws_iam_role" "fix" {
  count = var.fix_role ? 1 : 0

  name                 = var.fix_role_name
  description          = "irsa-doctor makes the changes with it that somebody approved, and nothing else."
  max_session_duration = 3600
  assume_role_policy   = local.trust
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

# No permission in AWS: the trade at STS is not signed, and clusters ask only who somebody is.
resource "aws_iam_role" "proof" {
  count = var.proof_role ? 1 : 0

  name                 = var.proof_role_name
  description          = "irsa-doctor signs its requests to clusters with it when it proves at STS; it may do nothing in AWS."
  max_session_duration = 3600
  assume_role_policy   = local.trust
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags
}

resource "aws_iam_role_policy" "trust_policies" {
  count = var.fix_role && var.trust_policy_path != null ? 1 : 0

  name   = "write-trust-policies"
  role   = aws_iam_role.fix[0].name
  policy = local.trust_policies
}

resource "aws_iam_role_policy" "providers" {
  count = var.fix_role && var.provider_fixes ? 1 : 0

  name   = "write-providers"
  role   = aws_iam_role.fix[0].name
  policy = local.providers
}

resource "aws_iam_role_policy" "fix" {
  count = var.fix_role ? 1 : 0

  name   = "find-clusters"
  role   = aws_iam_role.fix[0].name
  policy = local.fix_policy
}
