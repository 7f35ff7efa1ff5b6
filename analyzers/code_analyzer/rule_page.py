"""A rule's page in docs/rules, made from its docstring; `dagaudit explain` prints the same."""

from analyzers.code_analyzer.rule import Profile, Rule
from analyzers.code_analyzer.rule_text import MARK, RuleText, rule_text


def page(rule: Rule) -> str:
    """The page, as Markdown."""
    text = rule_text(rule.documentation)
    parts = [f"# {rule.id}: {rule.name}", _sentence(text), _facts(rule), text.why]
    for example in text.examples:
        parts.append("Bad:" if example.bad else "Good:")
        parts.append(f"```python\n{_unmarked(example.code)}```")
    if rule.options:
        lines = [f"[tool.dagaudit.rules.{rule.id}]"]
        lines += [f"{name} = {_toml(value)}" for name, value in sorted(rule.options.items())]
        parts += ["Options, with their defaults:", "```toml\n" + "\n".join(lines) + "\n```"]
    parts.append(
        f"Silence one place with `# noqa: {rule.id}`, or with"
        f" `# dagaudit: ignore[{rule.id}] until=2027-03-01 reason=…`."
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def index(rules: tuple[Rule, ...]) -> str:
    """The list of all rules, as Markdown."""
    lines = [
        "# Rules",
        "",
        "| id | name | severity | profile | fix | what is wrong |",
        "|---|---|---|---|---|---|",
    ]
    for rule in rules:
        summary = rule_text(rule.documentation).summary.replace("|", "\\|")
        lines.append(
            f"| [{rule.id}]({rule.id}.md) | {rule.name} | {rule.severity} | {rule.profile}"
            f" | {', '.join(rule.fixes)} | {summary} |"
        )
    return "\n".join(lines) + "\n"


def _sentence(text: RuleText) -> str:
    return text.summary[0].upper() + text.summary[1:]


def _facts(rule: Rule) -> str:
    facts = [f"severity {rule.severity}", f"looks at a {rule.kind}"]
    facts.append("profile default" if rule.profile is Profile.DEFAULT else "profile strict only")
    if rule.applies_from:
        facts.append(f"from Airflow {rule.applies_from[0]}.{rule.applies_from[1]}")
    if rule.applies_until:
        facts.append(f"until Airflow {rule.applies_until[0]}.{rule.applies_until[1]}")
    if rule.fixes:
        facts.append(f"{' or '.join(rule.fixes)} fix")
    if rule.tags:
        facts.append("about " + ", ".join(rule.tags))
    return "*" + " · ".join(facts) + f" · since DagAudit {rule.since}*"


def _unmarked(code: str) -> str:
    return "".join(f"{line.removesuffix(MARK).rstrip()}\n" for line in code.splitlines())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
