"""How fast trust policies are decided and repaired, beside the nearest operation of others in the same run.

Run: `uv run --group bench python bench/trust.py`. Figures are medians of five rounds on one core.
moto: IAMPolicy.is_action_permitted of one statement, no conditions on OIDC keys, no principals.
parliament: analyze_policy_string, a linter. policyuniverse: Policy(...).principals and condition entries, no decision.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from typing import TYPE_CHECKING, Any

from diagnostics.iam import WebIdentityRequest, decide, outcome, parse, repair

if TYPE_CHECKING:
    from collections.abc import Callable

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"
ROUNDS = 5


def statement(name: str, issuer: str = ISSUER) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Federated": PROVIDER.replace(ISSUER, issuer)},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": f"system:serviceaccount:payments:{name}",
            }
        },
    }


def text_of(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def asked(name: str) -> WebIdentityRequest:
    return WebIdentityRequest(
        role_arn="arn:aws:iam::111122223333:role/payments",
        provider_arn=PROVIDER,
        claims={
            "iss": f"https://{ISSUER}",
            "sub": f"system:serviceaccount:payments:{name}",
            "aud": ["sts.amazonaws.com"],
        },
        session_name="session",
    )


def per_second(work: Callable[[], object], *, seconds: float = 0.25) -> float:
    """The median rate of five rounds, each about `seconds` of processor time."""
    count = 1
    while True:
        started = time.process_time()
        for _ in range(count):
            work()
        spent = time.process_time() - started
        if spent > seconds / 5:
            break
        count *= 2
    count = max(1, int(count * seconds / spent))
    rates = []
    for _ in range(ROUNDS):
        started = time.process_time()
        for _ in range(count):
            work()
        rates.append(count / (time.process_time() - started))
    return statistics.median(rates)


def others(text: str) -> dict[str, float]:
    rates: dict[str, float] = {}
    try:
        from moto.iam.access_control import IAMPolicy  # noqa: PLC0415
    except ImportError:
        print("moto: not installed", file=sys.stderr)
    else:
        identity = json.loads(text)
        for one in identity["Statement"]:
            del one["Principal"]
            one.pop("Condition")
            one["Resource"] = "*"
        judge = IAMPolicy({"policy_document": json.dumps(identity)})
        rates["moto IAMPolicy.is_action_permitted (no conditions)"] = per_second(
            lambda: judge.is_action_permitted("sts:AssumeRoleWithWebIdentity", "*")
        )
    try:
        from parliament import analyze_policy_string  # noqa: PLC0415
    except ImportError as error:  # parliament also needs pkg_resources, of setuptools before 81
        print(f"parliament: not run ({error})", file=sys.stderr)
    else:
        rates["parliament analyze_policy_string (a linter)"] = per_second(
            lambda: analyze_policy_string(text)
        )
    try:
        from policyuniverse.policy import Policy  # noqa: PLC0415
    except ImportError:
        print("policyuniverse: not installed", file=sys.stderr)
    else:
        body = json.loads(text)

        def summarize() -> object:
            policy = Policy(body)
            return policy.principals, policy.condition_entries

        rates["policyuniverse principals + condition_entries (no decision)"] = per_second(summarize)
    return rates


def main() -> None:
    text = text_of(statement("api"))
    trust, yes, no = parse(text), asked("api"), asked("web")
    allowed = per_second(lambda: outcome(trust, yes))
    ours = {
        "outcome, allowed": allowed,
        "outcome, denied": per_second(lambda: outcome(trust, no)),
        "decide with reasons, allowed": per_second(lambda: decide(trust, yes)),
        "decide with reasons, denied": per_second(lambda: decide(trust, no)),
        "parse": per_second(lambda: parse(text)),
        "parse and decide with reasons": per_second(lambda: decide(parse(text), no)),
        "repair": per_second(lambda: repair(trust, no)),
    }
    print("One typical IRSA statement, operations per second and core:")
    for name, rate in {**ours, **others(text)}.items():
        print(f"  {name:62} {rate:>12,.0f}/s   {1000 / rate:8.4f} ms   x{rate / allowed:.3f}")

    print("\nGrowth from 1 to 200 statements (the last one decides), microseconds:")
    print(
        f"  {'statements':>10} {'parse':>10} {'outcome':>10} {'decide':>10} {'repair':>10} {'outcome/stmt':>13}"
    )
    for size in (1, 2, 5, 10, 20, 50, 100, 200):
        many = [statement(f"svc-{i}", f"{ISSUER[:-4]}{i:04}") for i in range(size - 1)]
        source = text_of(*many, statement("api"))
        big = parse(source)
        spent = [
            1e6 / per_second(work, seconds=0.05)
            for work in (
                lambda source=source: parse(source),
                lambda big=big: outcome(big, yes),
                lambda big=big: decide(big, no),
                lambda big=big: repair(big, no),
            )
        ]
        row = "".join(f" {value:>10,.1f}" for value in spent)
        print(f"  {size:>10}{row} {spent[1] / size:>13.2f}")


if __name__ == "__main__":
    main()
