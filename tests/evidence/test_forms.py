"""What people paste: the forms that kubectl and the AWS CLI have for people, read as their JSON is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.evidence import EvidenceError, read_bundle
from bot.evidence.handed import Wanted, hand_over
from diagnostics.recognize.outputs import outputs

if TYPE_CHECKING:
    from bot.evidence.bundle import Bundle

BITS = (
    "",
    "{",
    "[",
    "null",
    "- ",
    "\n",
    "|",
    "Name: x\n",
    "kind: List\n",
    "items: 5\n",
    "---\n",
    "9" * 30,
)
ID = "oidc.eks.eu-west-1.amazonaws.com/id/5A1B9C0D3E7F42618A0B9C8D7E6F5A41"
ROLE_TABLE = f"""\
---------------------------------------------------------------------------------------------------
|                                             GetRole                                             |
+-------------------------------------------------------------------------------------------------+
||                                             Role                                              ||
|+----------------------+------------------------------------------------------------------------+|
||  Arn                 |  arn:aws:iam::222233334444:role/payments-api                           ||
||  CreateDate          |  2026-09-25T19:42:12Z                                                  ||
||  Description         |                                                                        ||
||  MaxSessionDuration  |  3600                                                                  ||
||  Path                |  /                                                                     ||
||  RoleName            |  payments-api                                                          ||
|+----------------------+------------------------------------------------------------------------+|
|||                                  AssumeRolePolicyDocument                                   |||
||+-----------------------------------------------+---------------------------------------------+||
|||  Version                                      |  2012-10-17                                 |||
||+-----------------------------------------------+---------------------------------------------+||
||||                                         Statement                                         ||||
|||+-------------------------------------------------------+-----------------------------------+|||
||||                        Action                         |              Effect               ||||
|||+-------------------------------------------------------+-----------------------------------+|||
||||  sts:AssumeRoleWithWebIdentity                        |  Allow                            ||||
|||+-------------------------------------------------------+-----------------------------------+|||
|||||                                        Condition                                        |||||
||||+-----------------------------------------------------------------------------------------+||||
||||||                                     StringEquals                                      ||||||
|||||+-----------------------------------------------------------+---------------------------+|||||
||||||  {ID}:sub |  system:serviceaccount:a:b  ||||||
|||||+-----------------------------------------------------------+---------------------------+|||||
|||||||  {ID}:aud |||||||
||||||+-------------------------------------------------------------------------------------+||||||
|||||||  sts.amazonaws.com                                                                  |||||||
|||||||  vault                                                                              |||||||
||||||+-------------------------------------------------------------------------------------+||||||
|||||                                        Principal                                        |||||
||||+-----------+-----------------------------------------------------------------------------+||||
|||||  Federated|  arn:aws:iam::222233334444:oidc-provider/{ID} |||||
||||+-----------+-----------------------------------------------------------------------------+||||
"""
POD = """\
Name:             api-6d4-8p8pm
Namespace:        payments
Service Account:  api
Node:             ip-10-0-2-41/10.0.2.41
Start Time:       Wed, 04 Nov 2026 19:41:06 +0000
Labels:           app=api
                  pod-template-hash=6d4
Annotations:      eks.amazonaws.com/skip-containers: proxy
Status:           Running
IP:               10.0.2.42
Controlled By:    ReplicaSet/api-6d4
Containers:
  app:
    Image:          registry.example.com/api:2
    Port:           <none>
    State:          Running
      Started:      Wed, 04 Nov 2026 19:41:06 +0000
    Environment Variables from:
      settings  ConfigMap  Optional: false
      keys      Secret     Optional: false
      names     ConfigMap with prefix 'APP_'  Optional: false
    Environment:
      AWS_ACCESS_KEY_ID:            <set to the key 'id' in secret 'aws'>  Optional: false
      POD_NAME:                     api-6d4-8p8pm (v1:metadata.name)
      AWS_ROLE_ARN:                 arn:aws:iam::222233334444:role/payments-api
      AWS_WEB_IDENTITY_TOKEN_FILE:  /var/run/secrets/eks.amazonaws.com/serviceaccount/token
    Mounts:
      /var/run/secrets/eks.amazonaws.com/serviceaccount from aws-iam-token (ro)
      /token from aws-iam-token (ro,path="token")
  proxy:
    Image:        registry.example.com/proxy:1
    Environment:  <none>
    Mounts:       <none>
Conditions:
  Type              Status
  Ready             True
Volumes:
  aws-iam-token:
    Type:                    Projected (a volume that contains injected data from multiple sources)
    TokenExpirationSeconds:  86400
QoS Class:        BestEffort
Node-Selectors:   kubernetes.io/os=windows
Events:
  Type     Reason   Age   From     Message
  Warning  BackOff  1m    kubelet  WebIdentityErr: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity
"""
ACCOUNT = """\
Name:                api
Namespace:           payments
Labels:              app=api
Annotations:         eks.amazonaws.com/audience: vault
                     eks.amazonaws.com/role-arn:  arn:aws:iam::222233334444:role/payments-api
Image pull secrets:  <none>
Mountable secrets:   <none>
Tokens:              <none>
Events:              <none>
"""
DEPLOYMENT = """\
Name:                   api
Namespace:              payments
CreationTimestamp:      Wed, 04 Nov 2026 19:41:06 +0000
Labels:                 app=api
Annotations:            <none>
Selector:               app=api
Replicas:               2 desired | 2 updated | 2 total | 2 available | 0 unavailable
StrategyType:           RollingUpdate
Pod Template:
  Labels:           app=api
  Service Account:  api
  Containers:
   app:
    Image:        registry.example.com/api:2
    Environment:  <none>
    Mounts:       <none>
  Volumes:        <none>
Conditions:
  Type           Status  Reason
  ----           ------  ------
  Available      True    MinimumReplicasAvailable
Events:          <none>
"""


def read(text: str) -> Bundle:
    return read_bundle([("pasted", text.encode())])


def test_a_table_of_get_role_keeps_its_trust_policy() -> None:
    (role,) = read(ROLE_TABLE).roles

    assert role.value.arn == "arn:aws:iam::222233334444:role/payments-api"
    assert role.value.trust is not None
    assert f'"{ID}:sub": "system:serviceaccount:a:b"' in role.value.trust_text
    assert '["sts.amazonaws.com", "vault"]' in role.value.trust_text
    assert f"222233334444:oidc-provider/{ID}" in role.value.trust_text


@pytest.mark.parametrize("lines", [slice(3, 40), slice(0, 10), slice(12, 40)])
def test_a_table_that_lacks_a_part_is_refused_in_words(lines: slice) -> None:
    part = "\n".join(ROLE_TABLE.splitlines()[lines])

    with pytest.raises(EvidenceError, match=r"cut off|beginning is missing|JSON|Field required"):
        read(part)


def test_a_wrapped_table_is_refused_in_words() -> None:
    with pytest.raises(EvidenceError, match="cut off or wrapped"):
        read(ROLE_TABLE.replace("role/payments-api", "role/pay\nments-api"))


def test_the_text_form_of_providers_and_of_a_cluster_is_read() -> None:
    arn = f"arn:aws:iam::222233334444:oidc-provider/{ID}"
    provider = read(
        f"2026-01-28T19:42:10Z\t{ID}\nCLIENTIDLIST\tsts.amazonaws.com\nTHUMBPRINTLIST\t9e99\n"
    )
    listed = read(f"OPENIDCONNECTPROVIDERLIST\t{arn}\n")
    cluster = read(
        "CLUSTER\tarn:aws:eks:eu-west-1:222233334444:cluster/prod\t2026-01-28T19:42:10Z\tprod\teks.4\tACTIVE\t1.34\n"
        f"OIDC\thttps://{ID}\n"
    )

    assert provider.providers[0].value.client_ids == ("sts.amazonaws.com",)
    assert listed.provider_lists[0].value == (arn,)
    assert cluster.clusters[0].value.identity.oidc.issuer == f"https://{ID}"
    assert cluster.clusters[0].value.version == "1.34"


def test_the_text_form_of_a_role_is_refused_because_the_keys_are_gone() -> None:
    with pytest.raises(EvidenceError, match="drops the condition keys"):
        read("ROLE\tarn:aws:iam::222233334444:role/x\nSTATEMENT\tsts:AssumeRoleWithWebIdentity\n")


def test_a_described_pod_is_read_as_far_as_it_is_shown() -> None:
    (piece,) = read(POD).pods
    pod = piece.value
    app, proxy = pod.spec.containers

    assert (pod.namespace, pod.name, pod.phase) == ("payments", "api-6d4-8p8pm", "Running")
    assert pod.spec.service_account == "api"
    assert str(pod.owner) == "replicaset/api-6d4"
    assert app.env_value("AWS_ROLE_ARN") == "arn:aws:iam::222233334444:role/payments-api"
    assert app.env[0].source == "secret aws, key id"
    assert app.env[1].source == "field metadata.name"
    assert app.env_from == ("configmap settings", "secret keys")
    assert [(m.volume, m.sub_path) for m in app.mounts] == [
        ("aws-iam-token", ""),
        ("aws-iam-token", "token"),
    ]
    assert not proxy.env
    assert pod.spec.annotations["eks.amazonaws.com/skip-containers"] == "proxy"
    assert pod.spec.windows
    assert [volume.shown for volume in pod.spec.token_volumes] == [False]


def test_a_described_service_account_keeps_a_blank_in_its_annotation() -> None:
    (piece,) = read(ACCOUNT).service_accounts

    assert piece.value.audience == "vault"
    assert piece.value.role_arn == " arn:aws:iam::222233334444:role/payments-api"


def test_several_descriptions_are_told_apart() -> None:
    bundle = read(f"{ACCOUNT}\n\n{DEPLOYMENT}\n\n{POD}")

    assert len(bundle.service_accounts) == len(bundle.pods) == 1
    assert [(w.value.kind, w.value.template.service_account) for w in bundle.workloads] == [
        ("Deployment", "api")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            ACCOUNT.replace("role/payments-api", "role/payments-..."),
            "annotation eks.amazonaws.com/role-arn is cut off",
        ),
        (
            "Name:         pod-identity-webhook\nNamespace:\nKind:  MutatingWebhookConfiguration\n",
            "use kubectl get … -o yaml",
        ),
        (ACCOUNT.replace("Namespace:           payments", "Namespace:"), "metadata.namespace"),
    ],
)
def test_what_a_description_does_not_show_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(EvidenceError) as raised:
        read(text)

    assert words in str(raised.value)


@given(
    text=st.sampled_from((ROLE_TABLE, POD, ACCOUNT, DEPLOYMENT)),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 60), st.sampled_from(BITS)), max_size=5
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_damage_makes_more_of_it_than_a_refusal(
    text: str, cuts: list[tuple[float, int, str]]
) -> None:
    for place, length, bit in cuts:
        at = int(place * len(text))
        text = text[:at] + bit + text[at + length :]

    handed = hand_over(outputs(text), Wanted())

    assert handed.documents or handed.refused or not outputs(text)
    if handed.documents:
        read_bundle([("kept", handed.text.encode())])
