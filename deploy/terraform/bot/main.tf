# irsa-doctor, in the account that it runs in: its own role. It may assume the read and fix roles of the member
# accounts (or the hub role) and nothing else. The same as cloudformation/bot-role.yaml.

data "aws_partition" "here" {}
data "aws_caller_identity" "here" {}
data "aws_region" "here" {}

locals {
  by_irsa   = var.identity == "irsa"
  partition = data.aws_partition.here.partition
  account   = data.aws_caller_identity.here.account_id
  roles     = "arn:${local.partition}:iam::*:role${var.role_path}"

  assumed_roles = var.hub_role_arn != null ? [var.hub_role_arn] : compact([
    "${local.roles}${var.read_role_name}",
    var.fix_role_name == null ? "" : "${local.roles}${var.fix_role_name}",
    var.proof_role_name == null ? "" : "${local.roles}${var.proof_role_name}",
  ])

  irsa_trust = {
    Sid       = "TheBotsServiceAccountOnly"
    Effect    = "Allow"
    Principal = { Federated = "arn:${local.partition}:iam::${local.account}:oidc-provider/${coalesce(var.issuer, "issuer-is-missing")}" }
    Action    = ["sts:AssumeRoleWithWebIdentity"]
    Condition = {
      StringEquals = {
        "${coalesce(var.issuer, "issuer-is-missing")}:sub" = "system:serviceaccount:${var.namespace}:${var.service_account}"
        "${coalesce(var.issuer, "issuer-is-missing")}:aud" = "sts.amazonaws.com"
      }
    }
  }

  pod_identity_trust = {
    Sid       = "PodIdentityOfThisClusterOnly"
    Effect    = "Allow"
    Principal = { Service = "pods.eks.amazonaws.com" }
    Action    = ["sts:AssumeRole", "sts:TagSession"]
    Condition = {
      StringEquals = { "aws:SourceAccount" = local.account }
      ArnEquals    = { "aws:SourceArn" = "arn:${local.partition}:eks:${data.aws_region.here.region}:${local.account}:cluster/${coalesce(var.cluster_name, "cluster-name-is-missing")}" }
    }
  }
}

resource "aws_iam_role" "bot" {
  name                 = var.role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  description          = "What irsa-doctor runs as; assumes its roles in the member accounts."
  assume_role_policy = local.by_irsa ? jsonencode({
    Version   = "2012-10-17"
    Statement = [local.irsa_trust]
    }) : jsonencode({
    Version   = "2012-10-17"
    Statement = [local.pod_identity_trust]
  })
  tags = var.tags

  lifecycle {
    precondition {
      condition     = local.by_irsa ? var.issuer != null : var.cluster_name != null
      error_message = "identity irsa needs issuer; identity pod-identity needs cluster_name."
    }
  }
}

resource "aws_iam_role_policy" "assume_member_roles" {
  name = "assume-member-roles"
  role = aws_iam_role.bot.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Sid      = "MemberRoles"
        Effect   = "Allow"
        Action   = ["sts:AssumeRole"]
        Resource = local.assumed_roles
      },
      var.organization_id == null ? {} : {
        Condition = { StringEquals = { "aws:ResourceOrgID" = var.organization_id } }
      },
    )]
  })
}

resource "aws_iam_role_policy" "read_control_policies" {
  count = var.control_policies ? 1 : 0

  name = "read-control-policies"
  role = aws_iam_role.bot.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      # Resource control policies above a role that refuses what its trust policy allows (IRSA501), and the
      # accounts in which clusters are looked for. With `organization: true` in the fleet file.
      {
        Sid    = "Organization"
        Effect = "Allow"
        Action = [
          "organizations:DescribePolicy",
          "organizations:ListAccounts",
          "organizations:ListParents",
          "organizations:ListPoliciesForTarget",
        ]
        Resource = "*"
      },
    ]
  })
}

resource "aws_eks_pod_identity_association" "bot" {
  count = local.by_irsa ? 0 : 1

  cluster_name    = var.cluster_name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.bot.arn
  # Its session tags are transitive: with them every member role would have to allow sts:TagSession as well.
  disable_session_tags = true
  tags                 = var.tags
}

output "role_arn" {
  description = "bot_role_arn of modules member and hub; with irsa also the annotation of the bot's service account."
  value       = aws_iam_role.bot.arn
}
