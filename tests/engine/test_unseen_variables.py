"""Variables that a ConfigMap or a Secret gives a container: what is not read is said to be open, never absent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnostics.evidence import (
    SKIP_CONTAINERS,
    Container,
    EnvVar,
    Mount,
    PodSpec,
    TokenVolume,
    Webhooks,
)
from diagnostics.recognize.symptom import Cause
from diagnostics.result import Diagnosis, Severity, Status, Verdict
from tests.engine import healthy as h
from tests.engine.diagnosing import diagnosed

OWN = TokenVolume(
    name="sts-token", audience="sts.amazonaws.com", path="token", expiration_seconds=3600
)
MOUNTED = (Mount(volume="sts-token", path="/var/run/sts"),)
FROM = ("configmap aws-settings",)
ASK = "exec api-5d8f7c9b6d-x2x7k -c app -- printenv AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE"
API_TOKEN = TokenVolume(
    name="kube-api-access-x", audience=None, path="token", expiration_seconds=3607
)


def referred(name: str) -> EnvVar:
    return EnvVar(name=name, value=None, source=f"configmap aws-settings, key {name}")


async def judged(
    app: Container,
    *,
    annotated: bool,
    token: TokenVolume = OWN,
    cause: Cause = Cause.ACCESS_DENIED,
) -> Diagnosis:
    """A workload whose manifest brings the container and a token volume."""
    world = h.healthy()
    if not annotated:
        world.accounts[0] = h.service_account(role_arn=None)
    spec = PodSpec(service_account="api", containers=(app,), token_volumes=(token,))
    world.pods = [replace(h.pod(), spec=spec)]
    world.workloads = [h.deployment(template=spec)]
    return await diagnosed(world, h.case(h.symptom(cause)))


def causes(diagnosis: Diagnosis) -> list[str]:
    return [
        r.code
        for r in diagnosis.results
        if r.status is Status.FAIL and r.severity is Severity.CAUSE
    ]


def open_(diagnosis: Diagnosis, code: str) -> tuple[str, str]:
    result = next(r for r in diagnosis.results if r.code == code)
    assert result.status is Status.ERROR, (result.status, result.reason)
    return str(result.reason), str(result.enable)


@pytest.mark.parametrize("annotated", [True, False])
async def test_a_role_that_a_config_map_may_name_is_not_called_missing(annotated: bool) -> None:  # noqa: FBT001
    app = Container(name="app", env_from=FROM, mounts=MOUNTED)

    diagnosis = await judged(app, annotated=annotated)

    assert causes(diagnosis) == []
    why, enable = open_(diagnosis, "IRSA201" if annotated else "IRSA103")
    assert "takes variables from configmap aws-settings, which is not read" in why
    assert ASK in enable


@pytest.mark.parametrize(
    ("app", "token"),
    [
        # Without a token of its own a container can do nothing with what it is given.
        (Container(name="app", env_from=FROM), OWN),
        (
            Container(
                name="app", env_from=FROM, mounts=(Mount(volume=API_TOKEN.name, path="/var/x"),)
            ),
            API_TOKEN,
        ),
        (Container(name="app", mounts=MOUNTED), OWN),
        # A token for somebody else is none for STS.
        (Container(name="app", env_from=FROM, mounts=MOUNTED), replace(OWN, audience="vault")),
    ],
)
async def test_a_container_that_can_have_no_role_lacks_the_annotation(
    app: Container, token: TokenVolume
) -> None:
    assert "IRSA103" in causes(await judged(app, annotated=False, token=token))


@pytest.mark.parametrize("annotated", [True, False])
async def test_a_text_of_a_process_without_a_role_shows_that_it_got_none(annotated: bool) -> None:  # noqa: FBT001
    app = Container(name="app", env_from=FROM, mounts=MOUNTED)

    diagnosis = await judged(app, annotated=annotated, cause=Cause.NODE_ROLE)

    assert diagnosis.root is not None
    assert diagnosis.root.code == ("IRSA201" if annotated else "IRSA103")


async def test_a_skipped_container_that_brings_all_it_needs_is_no_fault() -> None:
    world = h.healthy()
    world.accounts[0] = h.service_account(role_arn=None)
    spec = PodSpec(
        service_account="api",
        containers=(h.container(),),
        token_volumes=h.pod().spec.token_volumes,
        annotations={SKIP_CONTAINERS: "app"},
    )
    world.pods = [replace(h.pod(), spec=spec)]
    world.workloads = [h.deployment(template=spec)]

    assert causes(await diagnosed(world, h.case(h.symptom(Cause.ACCESS_DENIED)))) == []


async def test_variables_of_which_one_is_seen_are_open_too() -> None:
    path = EnvVar(name="AWS_WEB_IDENTITY_TOKEN_FILE", value="/var/run/sts/token")
    app = Container(name="app", env=(path,), env_from=FROM, mounts=MOUNTED)

    diagnosis = await judged(app, annotated=True)

    assert causes(diagnosis) == []
    why, _ = open_(diagnosis, "IRSA201")
    assert "takes variables from configmap aws-settings, which is not read" in why


@pytest.mark.parametrize("annotated", [True, False])
@pytest.mark.parametrize("which", ["AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"])
async def test_a_variable_from_a_key_of_a_config_map_leaves_the_role_open(
    annotated: bool,  # noqa: FBT001
    which: str,
) -> None:
    written = {"AWS_ROLE_ARN": h.ROLE, "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/sts/token"}
    env = tuple(
        referred(name) if name == which else EnvVar(name=name, value=value)
        for name, value in written.items()
    )

    diagnosis = await judged(Container(name="app", env=env, mounts=MOUNTED), annotated=annotated)

    assert causes(diagnosis) == []
    assert diagnosis.verdict is Verdict.NOT_ENOUGH_EVIDENCE
    why, enable = open_(diagnosis, "IRSA201" if annotated else "IRSA103")
    assert why == (
        f"container app takes {which} from configmap aws-settings, key {which}, which is not read"
    )
    assert ASK in enable


@pytest.mark.parametrize("token", [OWN, None])
async def test_a_manifest_tells_what_pods_have_that_are_not_seen(token: TokenVolume | None) -> None:
    world = h.healthy()
    world.accounts[0] = h.service_account(role_arn=None)
    spec = PodSpec(
        service_account="api",
        containers=(h.container(),),
        token_volumes=h.pod().spec.token_volumes if token else (),
    )
    world.workloads = [h.deployment(template=spec)]
    world.refuse("list pods")

    diagnosis = await diagnosed(world, h.case(role_arn=h.ROLE))

    assert causes(diagnosis) == ([] if token else ["IRSA103"])


@pytest.mark.parametrize("volume", ["token-for-sts", "aws-iam-token", None])
async def test_pods_with_a_role_of_which_no_manifest_can_be_read_are_open_unless_the_webhook_named_their_volume(
    volume: str | None,
) -> None:
    world = h.healthy()
    world.accounts[0] = h.service_account(role_arn=None)
    pod = h.pod(h.ROLE if volume else None)
    tokens = tuple(replace(token, name=volume or "") for token in pod.spec.token_volumes)
    world.pods = [replace(pod, spec=replace(pod.spec, token_volumes=tokens))]
    world.refuse("list workloads")

    diagnosis = await diagnosed(world, h.case(role_arn=h.ROLE))

    open_to_both = volume == "token-for-sts"
    assert ("IRSA103" in causes(diagnosis)) is not open_to_both
    if open_to_both:
        why, enable = open_(diagnosis, "IRSA103")
        assert why.startswith("the pods have a role and a token, and whether their manifests bring")
        assert enable == "allow list workloads"


async def test_a_missing_webhook_is_likely_where_no_pod_is_seen() -> None:
    world = h.healthy()
    world.webhooks = Webhooks()
    world.refuse("list pods")

    found = {r.code: r.finding for r in (await diagnosed(world, h.case())).results}["IRSA202"]

    assert found is not None
    assert found.likely
    assert found.note == "Pods that bring role and token in their manifest need no webhook."


async def test_without_a_webhook_such_pods_stay_open() -> None:
    world = h.healthy()
    world.webhooks = Webhooks()
    app = Container(name="app", env_from=FROM, mounts=MOUNTED)
    spec = PodSpec(service_account="api", containers=(app,), token_volumes=(OWN,))
    world.pods = [replace(h.pod(), spec=spec)]

    diagnosis = await diagnosed(world, h.case(h.symptom(Cause.ACCESS_DENIED)))

    assert causes(diagnosis) == []
    open_(diagnosis, "IRSA202")
