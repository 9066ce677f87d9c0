"""Products that run in clusters and call AWS, by the names that their texts, images, loggers and hosts bear.

A name counts only as a whole word: `ack-s3-controller` is ACK, `slack-bot` is not. Weaker than a mark of a product's
own log lines and than a label that names the workload, because an alert's links name Grafana whatever failed.
"""

from __future__ import annotations

from typing import Final

from diagnostics.recognize.linear import compile_pattern

_SPELLED: Final = {
    "terraform": ("terraform", "terragrunt", "opentofu"),
    "pulumi": ("pulumi",),
    "crossplane": ("crossplane",),
    "vault": ("hashicorp/vault", "vault server", "vault-agent", "/vault/config"),
    "argo-workflows": ("argo-workflows", "argoexec", "workflow-controller"),
    "argo-events": ("argo-events", "eventsource-controller"),
    "tekton": ("tekton", "tektoncd"),
    "spinnaker": ("spinnaker", "clouddriver", "kayenta"),
    "backstage": ("backstage",),
    "telegraf": ("telegraf",),
    "fluentd": ("fluentd", "fluent/plugin"),
    "filebeat": ("filebeat",),
    "vector": ("vector::[a-z_]{1,40}", "timberio/vector"),
    "promtail": ("promtail",),
    "alloy": ("grafana/alloy", "alloy"),
    "loki": ("loki",),
    "tempo": ("grafana/tempo", "tempodb", "tempo-ingester", "tempo-compactor", "tempo-distributor"),
    "thanos": ("thanos",),
    "cortex": ("cortex",),
    "mimir": ("mimir", "mimir-ingester", "mimir-distributor"),
    "prometheus": ("remote_write", "sigv4-proxy"),
    "clickhouse-backup": ("clickhouse-backup",),
    "clickhouse": ("clickhouse",),
    "pgbackrest": ("pgbackrest",),
    "wal-g": ("wal-g", "spilo"),
    "trino": ("trino",),
    "presto": ("presto", "prestodb"),
    "spark": ("spark", "pyspark", "spark-operator", "spark-submit"),
    "flink": ("flink",),
    "kafka-connect": ("kafka-connect", r"kafka\.connect", "connect-distributed"),
    "druid": ("druid",),
    "pinot": ("pinot",),
    "debezium": ("debezium",),
    "airflow": ("airflow",),
    "airbyte": ("airbyte",),
    "dagster": ("dagster",),
    "prefect": ("prefect",),
    "mlflow": ("mlflow",),
    "kubeflow": ("kubeflow",),
    "jupyterhub": ("jupyterhub",),
    "superset": ("superset",),
    "metabase": ("metabase",),
    "ray": ("kuberay", "rayproject"),
    "snowplow": ("snowplow",),
    "cloudquery": ("cloudquery", "SDK retryer"),
    "steampipe": ("steampipe",),
    "cloud-custodian": ("cloud-custodian", "c7n", "c7n_org"),
    "localstack": ("localstack",),
    "jenkins": ("jenkins",),
    "gitlab-runner": ("gitlab-runner",),
    "actions-runner-controller": ("actions-runner-controller", "gha-runner-scale-set"),
    "drone": ("drone-kaniko", "drone-runner"),
    "buildkit": ("buildx", "buildkitd", "buildkit"),
    "kaniko": ("kaniko",),
    "renovate": ("renovate",),
    "kiam": ("kiam", "kiam-agent", "kiam-server"),
    "kube2iam": ("kube2iam",),
    "falcosidekick": ("falcosidekick",),
    "sops": ("sops", "Error decrypting key"),
    "humio": ("humio", r"c\.h\.m"),
    "kamus": ("kamus",),
    "harbor": ("harbor",),
    "restic": ("restic",),
    "kasten": ("kasten", "k10"),
    "seaweedfs": ("seaweedfs",),
    "juicefs": ("juicefs",),
    "goldilocks": ("goldilocks",),
    "vmbackupmanager": ("vmbackupmanager",),
    "ack": ("ackrt", r"ACK\.Recoverable", r"ACK\.Terminal", "ack-[a-z0-9]{2,20}-controller"),
    "aws-gateway-controller": ("gateway-api-controller",),
    "hypershift": ("hypershift",),
    "n8n": ("n8n",),
    "minio": ("minio",),
    "grafana": ("grafana",),
    "opencost": ("opencost",),
    "kubecost": ("kubecost",),
    "quickwit": ("quickwit",),
    "parseable": ("parseable",),
    "risingwave": ("risingwave",),
    "argocd": ("argocd", "argo-cd"),
    "logstash": ("logstash",),
    "awx": ("awx",),
    "atlantis": ("atlantis",),
    "buildkite": ("buildkite", "buildkite-agent"),
    "keda": ("keda",),
    "envoy": ("envoy",),
    "kyverno": ("kyverno",),
    "cosign": ("cosign",),
    "kong": ("kong",),
    "litellm": ("litellm",),
    "teleport": ("teleport",),
    "nexus": ("sonatype", r"org\.sonatype\.nexus"),
    "artifactory": ("artifactory",),
    "chartmuseum": ("chartmuseum",),
    "vmagent": ("vmagent",),
    "vmalert": ("vmalert",),
    "opensearch": ("opensearch",),
    "elasticsearch": (r"org\.elasticsearch", "elasticsearch"),
    "nifi": (r"org\.apache\.nifi", "nifi"),
    "zeppelin": ("zeppelin",),
    "hive-metastore": ("hive-metastore",),
    "kserve": ("kserve",),
    "litestream": ("litestream",),
    "gitea": ("gitea",),
}
"""The name that people give a product, and the words that betray it: regular expressions of whole words."""

_NAMES: Final = tuple(_SPELLED)
_PRODUCT: Final = compile_pattern(
    r"(?i)(?:^|[^a-z0-9_])(?:"
    + "|".join(f"({'|'.join(words)})" for words in _SPELLED.values())
    + r")(?:$|[^a-z0-9])"
)


def product_of(text: str) -> str | None:
    """Name the product that a text speaks of first, or None."""
    match = _PRODUCT.search(text)
    if match is None:
        return None
    return next((n for n, g in zip(_NAMES, match.groups(), strict=True) if g is not None), None)
