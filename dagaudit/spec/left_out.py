"""What a spec asks for and this version does not do yet: said, never silently left out."""

from dagaudit.spec.audit import AuditSpec


def left_out(spec: AuditSpec) -> tuple[str, ...]:
    """Fields that are given and that nothing acts on, as spec.notifications."""
    given = {
        "spec.notifications": bool(spec.notifications),
        "spec.trigger": spec.trigger is not None,
        "spec.policyRefs": bool(spec.policy_refs),
        "spec.llm.budget.maxCostPerRun": spec.llm is not None
        and spec.llm.budget.max_cost_per_run is not None,
    }
    return tuple(name for name, is_given in given.items() if is_given)
