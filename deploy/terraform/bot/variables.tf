variable "identity" {
  description = "How the bot's pod gets the role: irsa or pod-identity."
  type        = string

  validation {
    condition     = contains(["irsa", "pod-identity"], var.identity)
    error_message = "identity is irsa or pod-identity."
  }
}

variable "cluster_name" {
  description = "pod-identity: name of the EKS cluster that the bot runs in, of this account and region; it needs the eks-pod-identity-agent add-on."
  type        = string
  default     = null
}

variable "issuer" {
  description = "irsa: the cluster's OIDC issuer without https://."
  type        = string
  default     = null

  validation {
    condition     = var.issuer == null || !can(regex("^https?://", var.issuer))
    error_message = "Write the issuer without https://."
  }
}

variable "namespace" {
  type    = string
  default = "irsa-doctor"
}

variable "service_account" {
  type    = string
  default = "irsa-doctor"
}

variable "role_name" {
  type    = string
  default = "irsa-doctor-bot"
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

variable "hub_role_arn" {
  description = "Optional, from module hub. When set, the bot may assume this role only."
  type        = string
  default     = null
}

variable "control_policies" {
  description = "Whether it may read resource control policies; works in the management account or a delegated administrator's."
  type        = bool
  default     = false
}

variable "organization_id" {
  description = "Optional. When set, only roles of this organization can be assumed."
  type        = string
  default     = null
}

variable "tags" {
  type    = map(string)
  default = {}
}
