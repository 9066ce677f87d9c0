"""A change as lines with - and +, and what follows from it: the middle of the dialog before a fix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diagnostics.fix.plan import (
    AnnotateAndRestart,
    AnnotateServiceAccount,
    RestartWorkload,
    SetClientIds,
    SetProvider,
    UpdateTrustPolicy,
)
from diagnostics.fix.trust import diff
from diagnostics.languages import aloud, say, speak
from diagnostics.text.visible import visible
from handlers.blockkit import clip

if TYPE_CHECKING:
    from diagnostics.fix.plan import Fix

_UNDO = say("What was there is kept: the reply offers Undo for a day.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fix, ready to be shown."""

    title: str
    """At most 24 characters, as Slack has it for dialogs."""
    lines: str
    then: str
    """What happens, what it rests on, and what does not happen."""
    undo: str


def change_of(fix: Fix) -> Change:
    """Say what a fix changes."""
    match fix:
        case AnnotateServiceAccount():
            return _annotation(fix)
        case AnnotateAndRestart():
            return _both(fix)
        case RestartWorkload():
            return _restart(fix)
        case UpdateTrustPolicy():
            return _trust_policy(fix)
        case SetClientIds():
            return _client_ids(fix)
        case SetProvider():
            return _provider(fix)


def annotation_lines(fix: AnnotateServiceAccount, most: int = 600) -> str:
    """The annotation before and after."""
    before = f"- {fix.key}: {_value(fix.before, most)}" if fix.before is not None else None
    after = f"+ {fix.key}: {_value(fix.after, most)}" if fix.after is not None else None
    return "\n".join(line for line in (before, after) if line)


def _annotation(fix: AnnotateServiceAccount) -> Change:
    return Change(
        title=speak("Apply annotation") if fix.after is not None else speak("Remove annotation"),
        lines=annotation_lines(fix),
        then=speak(
            "Only this annotation is written, with the fix role, and only if it still has the "
            "value shown here. Running pods keep the credentials they have until they restart."
        ),
        undo=speak("To take it back: `{command}`", command=fix.undo().command),
    )


def _restart(fix: RestartWorkload) -> Change:
    count = _pods(fix.pods) if fix.pods else speak("its pods")
    watch = f"kubectl -n {fix.namespace} rollout status {fix.ref}"
    return Change(
        title=speak("Restart pods"),
        lines=_restart_lines(fix),
        then=speak(
            "Kubernetes replaces {count} by the workload's own update strategy, so that the "
            "webhook injects the role into the new ones.",
            count=count,
        ),
        undo=speak("A restart cannot be taken back. To watch it: `{watch}`", watch=watch),
    )


def _restart_lines(fix: RestartWorkload) -> str:
    return f"+ kubectl.kubernetes.io/restartedAt: now\n  {speak('on the pod template of {workload}', workload=fix.ref)}"


def _both(fix: AnnotateAndRestart) -> Change:
    steps = [f"1. {speak('annotation')}\n{annotation_lines(fix.annotate)}"]
    steps += [
        f"{number}. {speak('restart')}\n{_restart_lines(one)}"
        for number, one in enumerate(fix.restarts, 2)
    ]
    count = sum(one.pods for one in fix.restarts)
    return Change(
        title=aloud(fix.summary),
        lines="\n".join(steps),
        then=speak(
            "Both steps are made in this order with one approval, with the fix role. The annotation is "
            "written only if it still has the value shown here; if it is not, nothing restarts. Then "
            "the workload's own update strategy replaces {pods}. If a restart is refused, the reply "
            "says so and offers it again.",
            pods=_pods(count),
        ),
        undo=speak("Undo takes the annotation back. The pods then need another restart."),
    )


def _trust_policy(fix: UpdateTrustPolicy) -> Change:
    then = speak(
        "The whole trust policy of {role_arn} is replaced, with the fix role of account "
        "{account}, and only if it is still the one shown here. Everybody who may assume "
        "the role is governed by it; IAM takes some seconds to spread it.",
        role_arn=fix.role_arn,
        account=fix.account,
    )
    if fix.source is not None:
        then += " " + speak("{source}, or this is put back at the next run.", source=fix.source)
    return Change(
        title=speak("Apply trust policy"),
        lines=visible(diff(fix)),
        then=then,
        undo=speak("The policy as it was is kept: the reply offers Undo for a day."),
    )


def _client_ids(fix: SetClientIds) -> Change:
    sign = "+" if fix.adds else "-"
    kept = [one for one in fix.before if one != fix.client_id]
    lines = [f"  {_value(one, 255)}" for one in kept] + [f"{sign} {_value(fix.client_id, 255)}"]
    return Change(
        title=speak("Add audience") if fix.adds else speak("Remove audience"),
        lines="\n".join((f"  client IDs of {fix.provider_arn}", *lines)),
        then=speak(
            "{deed} Only the fix role of account {account} is used, and only if the client "
            "IDs are still those shown here. It concerns every role of the account that trusts "
            "this provider; each role's own trust policy still decides.",
            deed=speak("One client ID of the provider is added.")
            if fix.adds
            else speak("One client ID of the provider is taken out."),
            account=fix.account,
        ),
        undo=aloud(_UNDO),
    )


def _provider(fix: SetProvider) -> Change:
    sign = "+" if fix.present else "-"
    ids = ", ".join(_value(one, 255) for one in fix.client_ids)
    where = speak("in account {account}", account=fix.account)
    lines = f"{sign} OIDC provider {fix.url}\n{sign} client IDs: {ids}\n  {where}"
    if fix.present:
        then = speak(
            "The provider is created, with the fix role of account {account}, and only if it "
            "is still missing. Tokens of this issuer are then looked at in this account; which "
            "role lets whom in is still each role's own trust policy. IAM finds the thumbprint "
            "itself.",
            account=fix.account,
        )
        undo = speak("The reply offers Undo for a day, as long as nobody changed the provider.")
    else:
        then = speak(
            "The provider is deleted only if it was created from here and its client IDs are "
            "still those shown here. Every role of the account that trusts it refuses its tokens "
            "from then on."
        )
        undo = aloud(_UNDO)
    return Change(
        title=speak("Create OIDC provider") if fix.present else speak("Delete OIDC provider"),
        lines=lines,
        then=then,
        undo=undo,
    )


def _pods(count: int) -> str:
    return speak("1 pod") if count == 1 else speak("{count} pods", count=count)


def _value(text: str | None, most: int) -> str:
    return visible(clip(text or "", most)) or '""'
