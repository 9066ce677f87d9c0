"""Controllers and workloads by the names and marks that their logs carry."""

from __future__ import annotations

from diagnostics.recognize.linear import compile_pattern
from diagnostics.recognize.phrases import PhraseBook, dense
from diagnostics.recognize.products import product_of

# What a log shows, the name that people give it. The first that occurs wins, the more telling first.
_MARKS: tuple[tuple[str, str], ...] = (
    ("aws-load-balancer-controller", "aws-load-balancer-controller"),
    ("alb-ingress-controller", "alb-ingress-controller"),
    ("elbv2.k8s.aws", "aws-load-balancer-controller"),
    ("controller-runtime.manager.controller.ingress", "aws-load-balancer-controller"),
    ('"controller":"ingress"', "aws-load-balancer-controller"),
    ('"controller":"targetGroupBinding"', "aws-load-balancer-controller"),
    ("failed to find existing LoadBalancer", "alb-ingress-controller"),
    ("[ec2.DescribeTagsWithContext]", "alb-ingress-controller"),
    ('"logger":"controller.ingress"', "aws-load-balancer-controller"),
    ("kubebuilder/controller", "alb-ingress-controller"),
    ("managed LoadBalancer securityGroup", "alb-ingress-controller"),
    ("could not create volume in EC2", "aws-ebs-csi-driver"),
    ("ebs.csi.aws.com", "aws-ebs-csi-driver"),
    ("ebs-csi-", "aws-ebs-csi-driver"),
    ("efs.csi.aws.com", "aws-efs-csi-driver"),
    ("efs-csi-", "aws-efs-csi-driver"),
    ("describe File System failed", "aws-efs-csi-driver"),
    ("s3.csi.aws.com", "mountpoint-s3-csi-driver"),
    ("failed to mount secrets store objects", "secrets-store-csi-driver-provider-aws"),
    ("aws_manager.go", "cluster-autoscaler"),
    ("aws_cloud_provider.go", "cluster-autoscaler"),
    ("cannot autodiscover ASGs", "cluster-autoscaler"),
    ("ClusterAutoscaler", "cluster-autoscaler"),
    ("Failed to regenerate ASG cache", "cluster-autoscaler"),
    ("cluster-autoscaler", "cluster-autoscaler"),
    ("route53 challenge", "cert-manager"),
    ("Route 53 record set", "cert-manager"),
    ("Route 53 hosted zone ID", "cert-manager"),
    ("cert-manager", "cert-manager"),
    ("kubernetes-external-secrets", "kubernetes-external-secrets"),
    ("external-secrets.io", "external-secrets"),
    ("external-secrets", "external-secrets"),
    ("external-dns", "external-dns"),
    ("externaldns", "external-dns"),
    ("failed to list hosted zones", "external-dns"),
    ("assumed-role/kubernetes-external-secrets", "kubernetes-external-secrets"),
    ('"logger":"controllers.ExternalSecret"', "external-secrets"),
    ('"logger":"controllers.SecretStore"', "external-secrets"),
    ('"logger":"controllers.ClusterSecretStore"', "external-secrets"),
    ('"logger":"controllers.PushSecret"', "external-secrets"),
    ("records retrieval failed: failed to list hosted zones", "external-dns"),
    ("karpenter", "karpenter"),
    ("Checking EC2 API connectivity", "karpenter"),
    ("ec2 api connectivity check failed", "karpenter"),
    ("aws-node-termination-handler", "aws-node-termination-handler"),
    ("SQS_TERMINATE", "aws-node-termination-handler"),
    ("problem monitoring for events", "aws-node-termination-handler"),
    ("error getting backup store", "velero"),
    ("backup storage location", "velero"),
    ("backup_storage_location", "velero"),
    ("backup store for location", "velero"),
    ("backup-sync", "velero"),
    ("velero", "velero"),
    ("aws-vpc-cni", "vpc-cni"),
    ("vpc-cni", "vpc-cni"),
    ("aws-node-", "vpc-cni"),
    ("cluster-api-provider-aws", "cluster-api-provider-aws"),
    ("failed to describe VPCs: failed to query", "cluster-api-provider-aws"),
    ("karpenter-provider-aws", "karpenter"),
    ("unable to read web identity token file in pod", "provider-aws"),
    ("upbound AWS provider", "provider-aws"),
    ("provider-aws", "provider-aws"),
    ("kubernetes-event-exporter", "kubernetes-event-exporter"),
    ("Couldn't describe resources", "yet-another-cloudwatch-exporter"),
    ("yet-another-cloudwatch-exporter", "yet-another-cloudwatch-exporter"),
    ("cloudwatch-exporter", "cloudwatch-exporter"),
    ("amazon-cloudwatch-agent", "amazon-cloudwatch-agent"),
    ("eks-cloudwatch", "eks-cloudwatch"),
    ("EKS CloudWatch client", "eks-cloudwatch"),
    ("[aws_credentials]", "fluent-bit"),
    ("fluent-bit", "fluent-bit"),
    ("awss3 exporter", "otel-collector"),
    ("exporterhelper/", "otel-collector"),
    ("otelcol", "otel-collector"),
    ("caller=table_manager.go", "loki"),
    ("failed to flush chunks: store put", "loki"),
    ("caller=flush.go", "loki"),
    ("component=thanos", "thanos"),
    ("tempodb", "tempo"),
    ("component=remote level=warn remote_name", "prometheus"),
    ("tsdb.cloudwatch", "grafana"),
    ("failed to call cloudwatch:", "grafana"),
    ("AWSCloudWatch_", "grafana"),
    ("secrets-store-csi", "secrets-store-csi-driver-provider-aws"),
    ("aws-actions/configure-aws-credentials", "github-actions"),
    ("configure-aws-credentials", "github-actions"),
    ("GitHub Actions", "github-actions"),
    ("role with OIDC", "github-actions"),
    ("DataWithFormat: GetDataKey", "kustomize-controller"),
    ("kustomize-controller", "kustomize-controller"),
    ("source-controller", "source-controller"),
    ("image-reflector-controller", "image-reflector-controller"),
    ("services.k8s.aws", "ack"),
    ("argocd-image-updater", "argocd-image-updater"),
    ("scalehandler", "keda"),
    ("scale_handler", "keda"),
    ("logging_pod", "cloudnative-pg"),
    ("barman-cloud", "cloudnative-pg"),
    ("nginx-s3-gateway", "nginx-s3-gateway"),
    ("js: Could not assume role using web identity", "nginx-s3-gateway"),
    ("error checking push permission", "kaniko"),
    ("assumed-role/k8s-keda", "keda"),
    ("io.trino", "trino"),
    ("org.apache.spark", "spark"),
    ("org.apache.flink", "flink"),
    ("io.confluent.connect", "kafka-connect"),
    ("org.apache.kafka.connect", "kafka-connect"),
    ("io.jenkins", "jenkins"),
    ("registry.terraform.io", "terraform"),
    ("seal: error=", "vault"),
    ("kopia", "velero"),
)
_BOOK = PhraseBook(dict(_MARKS))
_FIELD = compile_pattern(
    r"\"(?:controller|logger)\"[:=] ?\"([a-z][a-z0-9-]{2,60})\"|\b(?:kube_|k8s_|exported_)?"
    r"(?:app|job|container(?:_name)?|deployment|statefulset|daemonset|daemon_set|stateful_set|cronjob"
    r"|workload|app_kubernetes_io_name|app\.kubernetes\.io/name)"
    r"[\"']?[=:] ?[\"']?([a-z0-9][a-z0-9-]{1,61}[a-z0-9])\b"
)
_GENERIC = frozenset(
    {
        "controller", "controllers", "metrics", "ingress", "service", "main", "manager", "app",
        "error", "message", "name", "unknown", "default", "secretstore", "externalsecret",
        "certificate", "challenge", "provisioner", "provisioning", "webhook", "aws", "client",
        "true", "false", "null", "wal-archive", "container", "deployment", "pod", "job",
        "kube-state-metrics", "kubernetes-pods",
    }
)  # fmt: skip
"""Names that loggers and labels bear everywhere."""


def workload_of(text: str) -> str | None:
    """Name the controller or workload whose log a text looks like, or None."""
    for _, name in _BOOK.present(dense(text)):
        return name
    for match in _FIELD.finditer(text):
        name = match[1] or match[2]
        if name not in _GENERIC:
            return name
    return product_of(text)
