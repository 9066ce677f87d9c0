output "read_role_arn" {
  description = "read_role of this account in the fleet file."
  value       = aws_iam_role.read.arn
}

output "fix_role_arn" {
  description = "fix_role of this account in the fleet file, or null."
  value       = var.fix_role ? aws_iam_role.fix[0].arn : null
}

output "proof_role_arn" {
  description = "proof_role of this account in the fleet file, or null."
  value       = var.proof_role ? aws_iam_role.proof[0].arn : null
}
