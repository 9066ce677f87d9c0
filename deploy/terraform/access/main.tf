# irsa-doctor, for each cluster: access entries that give the account's roles their Kubernetes groups. What the groups
# may do, RBAC says (deploy/kubernetes/read and fix).

variable "cluster_name" {
  type = string
}

variable "read_role_arn" {
  description = "Output of module member."
  type        = string
}

variable "fix_role_arn" {
  description = "Output of module member, or null."
  type        = string
  default     = null
}

variable "proof_role_arn" {
  description = "Output of module member, or null."
  type        = string
  default     = null
}

variable "tags" {
  type    = map(string)
  default = {}
}

resource "aws_eks_access_entry" "read" {
  cluster_name      = var.cluster_name
  principal_arn     = var.read_role_arn
  type              = "STANDARD"
  kubernetes_groups = ["irsa-doctor:read"]
  tags              = var.tags
}

resource "aws_eks_access_entry" "fix" {
  count = var.fix_role_arn == null ? 0 : 1

  cluster_name      = var.cluster_name
  principal_arn     = var.fix_role_arn
  type              = "STANDARD"
  kubernetes_groups = ["irsa-doctor:fix"]
  tags              = var.tags
}

resource "aws_eks_access_entry" "prove" {
  count = var.proof_role_arn == null ? 0 : 1

  cluster_name      = var.cluster_name
  principal_arn     = var.proof_role_arn
  type              = "STANDARD"
  kubernetes_groups = ["irsa-doctor:prove"]
  tags              = var.tags
}
