"""Set-ups as the public documentation shows them; nothing is wrong with any."""

from __future__ import annotations

# ruff: noqa: E501

EKS_GUIDE_TRUST = """\
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"
      },
      "Action": "sts:AssumeRoleWithWebIdentity",
      "Condition": {
        "StringEquals": {
          "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41:sub": "system:serviceaccount:payments:api",
          "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41:aud": "sts.amazonaws.com"
        }
      }
    }
  ]
}
"""

MANIFESTS = """\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: api
  namespace: payments
  annotations:
    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/payments-api
    eks.amazonaws.com/token-expiration: "3600"
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: payments
spec:
  template:
    spec:
      serviceAccountName: api
      containers:
        - name: app
          image: registry.example.com/api:1
          env:
            - name: AWS_REGION
              value: eu-west-1
"""

TERRAFORM_RAW = """\
resource "aws_iam_openid_connect_provider" "eks" {
  url            = aws_eks_cluster.prod.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    effect  = "Allow"

    condition {
      test     = "StringEquals"
      variable = "${replace(aws_iam_openid_connect_provider.eks.url, "https://", "")}:sub"
      values   = ["system:serviceaccount:payments:api"]
    }

    condition {
      test     = "StringEquals"
      variable = "${replace(aws_iam_openid_connect_provider.eks.url, "https://", "")}:aud"
      values   = ["sts.amazonaws.com"]
    }

    principals {
      identifiers = [aws_iam_openid_connect_provider.eks.arn]
      type        = "Federated"
    }
  }
}

resource "aws_iam_role" "api" {
  name               = "payments-api"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "kubernetes_service_account_v1" "api" {
  metadata {
    name      = "api"
    namespace = "payments"
    annotations = {
      "eks.amazonaws.com/role-arn" = aws_iam_role.api.arn
    }
  }
}
"""

TERRAFORM_MODULES = """\
module "irsa" {
  source = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts"
  name   = "ebs-csi"

  oidc_providers = {
    this = {
      provider_arn               = module.eks.oidc_provider_arn
      namespace_service_accounts = ["kube-system:ebs-csi-controller-sa"]
    }
  }
}

module "irsa_v5" {
  source    = "terraform-aws-modules/iam/aws//modules/iam-assumable-role-with-oidc"
  role_name = "external-dns"

  provider_url                   = replace(module.eks.cluster_oidc_issuer_url, "https://", "")
  oidc_fully_qualified_subjects  = ["system:serviceaccount:dns:external-dns"]
  oidc_fully_qualified_audiences = ["sts.amazonaws.com"]
}

locals {
  issuer = module.eks.oidc_provider
}

resource "aws_iam_role" "json" {
  name = "json"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = { Federated = module.eks.oidc_provider_arn }
      Condition = {
        StringEquals = {
          "${local.issuer}:sub" = "system:serviceaccount:${var.namespace}:worker"
          "${local.issuer}:aud" = "sts.amazonaws.com"
        }
      }
    }]
  })
}

resource "aws_iam_role" "heredoc" {
  assume_role_policy = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [{
        "Effect": "Allow",
        "Principal": {"Federated": "${module.eks.oidc_provider_arn}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {
          "${local.issuer}:sub": "system:serviceaccount:jobs:*",
          "${local.issuer}:aud": "sts.amazonaws.com"
        }}
      }]
    }
  EOT
}
"""

CLOUDFORMATION = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Issuer:
    Type: String
Resources:
  Provider:
    Type: AWS::IAM::OIDCProvider
    Properties:
      Url: !GetAtt Cluster.OpenIdConnectIssuerUrl
      ClientIdList: [sts.amazonaws.com]
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: payments-api
      AssumeRolePolicyDocument: !Sub |
        {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": {"Federated": "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/${Issuer}"},
              "Action": "sts:AssumeRoleWithWebIdentity",
              "Condition": {
                "StringEquals": {
                  "${Issuer}:sub": "system:serviceaccount:payments:api",
                  "${Issuer}:aud": "sts.amazonaws.com"
                }
              }
            }
          ]
        }
  NodeRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: ec2.amazonaws.com}
            Action: sts:AssumeRole
"""

EKSCTL = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
  name: prod
  region: eu-west-1
iam:
  withOIDC: true
  serviceAccounts:
    - metadata:
        name: api
        namespace: payments
      roleName: payments-api
      roleOnly: true
    - metadata:
        name: cache
        namespace: backend
      attachRoleARN: arn:aws:iam::111122223333:role/cache
"""

GITHUB_ACTIONS = """\
{
  "Version": "2012-10-17",
  "Statement": [{
    "Effect": "Allow",
    "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Condition": {
      "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
      "StringLike": {"token.actions.githubusercontent.com:sub": "repo:example/app:*"}
    }
  }]
}
"""

SOUND = {
    "trust.json": EKS_GUIDE_TRUST,
    "app.yaml": MANIFESTS,
    "raw.tf": TERRAFORM_RAW,
    "modules.tf": TERRAFORM_MODULES,
    "template.yaml": CLOUDFORMATION,
    "cluster.yaml": EKSCTL,
    "github.json": GITHUB_ACTIONS,
}
