# irsa-doctor, in every member account: the role that diagnosis reads with, and, where wanted, the role that approved
# fixes write to clusters with. The same as cloudformation/member-roles.yaml, which says more about each statement.

data "aws_partition" "here" {}
data "aws_caller_identity" "here" {}

locals {
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
}

resource "aws_iam_role" "read" {
  name                 = var.read_role_name
  description          = "irsa-doctor reads clusters, OIDC providers and roles with it; it can change nothing."
  max_session_duration = 3600
  assume_role_policy   = local.trust
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
  description          = "irsa-doctor signs its requests to clusters with it after an approved press; it can change nothing in AWS."
  max_session_duration = 3600
  assume_role_policy   = local.trust
  tags                 = var.tags
}

resource "aws_iam_role_policy" "fix" {
  count = var.fix_role ? 1 : 0

  name   = "find-clusters"
  role   = aws_iam_role.fix[0].name
  policy = local.fix_policy
}
