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

variable "cloudtrail" {
  description = "Whether diagnosis may look up in CloudTrail who made a failed call, where all else leaves it open."
  type        = bool
  default     = true
}

variable "read_role_name" {
  type    = string
  default = "irsa-doctor-read"
}

variable "fix_role_name" {
  type    = string
  default = "irsa-doctor-fix"
}

variable "tags" {
  type    = map(string)
  default = {}
}
