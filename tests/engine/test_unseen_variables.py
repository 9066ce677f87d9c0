"""Variables that a ConfigMap or a Secret gives a container: what is not read is said to be open, never absent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnostics.evidence import Container, EnvVar, Mount, PodSpec, TokenVolume, Webhooks
from diagnostics.recognize.symptom import Cause
from diagnostics.result import Diagnosis, Severity, Status
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


async def judged(app: Container, *, annotated: bool, token: TokenVolume = OWN) -> Diagnosis:
    """A workload whose manifest brings the container and a token volume."""
    world = h.healthy()
    if not annotated:
        world.accounts[0] = h.service_account(role_arn=None)
    spec = PodSpec(service_account="api", containers=(app,), token_volumes=(token,))
    world.pods = [replace(h.pod(), spec=spec)]
    world.workloads = [h.deployment(template=spec)]
    return await diagnosed(world, h.case(h.symptom(Cause.ACCESS_DENIED)))


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
    ],
)
async def test_a_container_that_can_have_no_role_lacks_the_annotation(
    app: Container, token: TokenVolume
) -> None:
    assert "IRSA103" in causes(await judged(app, annotated=False, token=token))


async def test_variables_of_which_one_is_seen_are_open_too() -> None:
    path = EnvVar(name="AWS_WEB_IDENTITY_TOKEN_FILE", value="/var/run/sts/token")
    app = Container(name="app", env=(path,), env_from=FROM, mounts=MOUNTED)

    diagnosis = await judged(app, annotated=True)

    assert causes(diagnosis) == []
    why, _ = open_(diagnosis, "IRSA205")
    assert why == "Deployment api takes AWS_ROLE_ARN from configmap aws-settings, which is not read"


async def test_a_role_from_a_key_of_a_config_map_may_be_another_than_the_annotated() -> None:
    app = Container(
        name="app",
        env=(referred("AWS_ROLE_ARN"), referred("AWS_WEB_IDENTITY_TOKEN_FILE")),
        mounts=MOUNTED,
    )

    diagnosis = await judged(app, annotated=True)

    assert causes(diagnosis) == []
    why, enable = open_(diagnosis, "IRSA205")
    assert why.endswith("from configmap aws-settings, key AWS_ROLE_ARN, which is not read")
    assert "exec deployment/api -c app -- printenv" in enable
    assert causes(await judged(app, annotated=False)) == []


async def test_without_a_webhook_such_pods_stay_open() -> None:
    world = h.healthy()
    world.webhooks = Webhooks()
    app = Container(name="app", env_from=FROM, mounts=MOUNTED)
    spec = PodSpec(service_account="api", containers=(app,), token_volumes=(OWN,))
    world.pods = [replace(h.pod(), spec=spec)]

    diagnosis = await diagnosed(world, h.case(h.symptom(Cause.ACCESS_DENIED)))

    assert causes(diagnosis) == []
    open_(diagnosis, "IRSA202")
