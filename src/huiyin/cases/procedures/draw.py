"""A procedure as a diagram: Mermaid text, which documentation pages and repositories draw by themselves."""

from collections import defaultdict

from huiyin.cases.enums import Phase
from huiyin.cases.procedures.spec import Procedure


def mermaid(procedure: Procedure, language: str = "en") -> str:
    """The states and the actions between them. Actions that stay in a state aren't drawn."""
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(state.title.in_(language))}" as {name}' for name, state in procedure.states.items()]
    for (origin, target), titles in _arrows(procedure, language).items():
        lines.append(f"    {origin} --> {target}: {' / '.join(titles)}")
    lines += [f"    {name} --> [*]" for name, state in procedure.states.items() if _ends(name, state.phase, procedure)]
    return "\n".join(lines)


def _arrows(procedure: Procedure, language: str) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action in procedure.actions.values():
        title = _plain(action.title.in_(language))
        for origin in action.origins or ("[*]",):
            for target in dict.fromkeys(action.targets(origin)):
                if target != origin:
                    found[origin, target].append(title)
    return found


def _ends(name: str, phase: Phase, procedure: Procedure) -> bool:
    """Whether a matter may rest here: it is closed, and only reopening leads on to an open state."""
    onward = {target for _n, action in procedure.from_state(name) for target in action.targets(name)} - {name}
    return phase is Phase.CLOSED and all(procedure.states[target].phase is Phase.OPEN for target in onward)


def _plain(text: str) -> str:
    """Without what the diagram's own syntax uses."""
    return text.replace('"', "'").replace(":", "")
