# irsa-doctor, where members trust one account only: the hub role between the bot's role and theirs. Name it as
# hub_role in the fleet file, and give its ARN as bot_role_arn of module member.

variable "bot_role_arn" {
  description = "ARN of the bot's own role (module bot)."
  type        = string
}

variable "external_id" {
  description = "hub_external_id in the fleet file."
  type        = string
}

variable "organization_id" {
  description = "Optional. When set, only principals and roles of this organization are allowed."
  type        = string
  default     = null
}

variable "role_name" {
  type    = string
  default = "irsa-doctor-hub"
}

variable "role_path" {
  description = "Path of irsa-doctor's roles, such as /platform/; the same in all modules, and in the fleet file (platform/irsa-doctor-read)."
  type        = string
  default     = "/"

  validation {
    condition     = can(regex("^/([\\w+=,.@-]+/)*$", var.role_path))
    error_message = "A path starts and ends with a slash: /platform/."
  }
}

variable "permissions_boundary" {
  description = "Optional: ARN of the policy that bounds the role. It must allow what the role is for."
  type        = string
  default     = null
}

variable "read_role_name" {
  type    = string
  default = "irsa-doctor-read"
}

variable "fix_role_name" {
  description = "null where no account has a fix role."
  type        = string
  default     = "irsa-doctor-fix"
}

variable "proof_role_name" {
  description = "null where no account has a proof role."
  type        = string
  default     = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

data "aws_partition" "here" {}

locals {
  roles = "arn:${data.aws_partition.here.partition}:iam::*:role${var.role_path}"
}

resource "aws_iam_role" "hub" {
  name                 = var.role_name
  path                 = var.role_path
  permissions_boundary = var.permissions_boundary
  description          = "irsa-doctor passes through it on the way to the member accounts."
  max_session_duration = 3600
  assume_role_policy = jsonencode({
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
  tags = var.tags
}

resource "aws_iam_role_policy" "assume_member_roles" {
  name = "assume-member-roles"
  role = aws_iam_role.hub.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [merge(
      {
        Sid    = "MemberRoles"
        Effect = "Allow"
        Action = ["sts:AssumeRole"]
        Resource = compact([
          "${local.roles}${var.read_role_name}",
          var.fix_role_name == null ? "" : "${local.roles}${var.fix_role_name}",
          var.proof_role_name == null ? "" : "${local.roles}${var.proof_role_name}",
        ])
      },
      var.organization_id == null ? {} : {
        Condition = { StringEquals = { "aws:ResourceOrgID" = var.organization_id } }
      },
    )]
  })
}

output "role_arn" {
  description = "hub_role in the fleet file, and bot_role_arn of module member."
  value       = aws_iam_role.hub.arn
}
