variable "bot_role_arn" {
  description = "ARN of the bot's own role (module bot), or of the hub role (module hub) where one is used."
  type        = string
}

variable "external_id" {
  description = "external_id of this account in the fleet file; guards against a confused deputy."
  type        = string

  validation {
    condition     = length(var.external_id) >= 2
    error_message = "An external ID has at least 2 characters."
  }
}

variable "former_external_id" {
  description = "While the external ID is rotated: the one before, which is let in beside it until the fleet file has the new one."
  type        = string
  default     = null
}

variable "organization_id" {
  description = "Optional, such as o-abcdefghij. When set, only principals of this organization are let in."
  type        = string
  default     = null
}

variable "fix_role" {
  description = "Whether the buttons Apply and Restart may work in this account's clusters."
  type        = bool
  default     = false
}

variable "trust_policy_path" {
  description = "With fix_role: path of the roles whose trust policies approved fixes may write, such as /workloads/; null: none. Whoever may write a role's trust policy can become that role, so keep administrators' roles out of the path."
  type        = string
  default     = null

  validation {
    condition     = var.trust_policy_path == null || can(regex("^/([\\w+=,.@-]+/)*$", var.trust_policy_path))
    error_message = "A path starts and ends with a slash: /workloads/."
  }
}

variable "provider_fixes" {
  description = "With fix_role: approved fixes may create OIDC providers of EKS clusters here, and add audiences to them. Tokens of such a cluster can then reach each role here whose trust policy names its provider."
  type        = bool
  default     = false
}

variable "proof_role" {
  description = "A role for proofs at STS. In clusters that bind its group it can make tokens of service accounts, and so become the roles that those have."
  type        = bool
  default     = false
}

variable "cloudtrail" {
  description = "Whether diagnosis may look up in CloudTrail who made a failed call, where all else leaves it open."
  type        = bool
  default     = true
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
  description = "Optional: ARN of the policy that bounds the roles. It must allow what they are for."
  type        = string
  default     = null
}

variable "read_role_name" {
  type    = string
  default = "irsa-doctor-read"
}

variable "fix_role_name" {
  type    = string
  default = "irsa-doctor-fix"
}

variable "proof_role_name" {
  type    = string
  default = "irsa-doctor-prove"
}

variable "tags" {
  type    = map(string)
  default = {}
}
