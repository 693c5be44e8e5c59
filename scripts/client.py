"""Write the client's calls and types from the API's description.

python scripts/client.py           write clients/python/src/huiyin_client/{operations,types}.py
python scripts/client.py --check   exit 1 when one of them isn't what docs/reference/openapi.json says
"""

import json
import keyword
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "clients" / "python" / "src" / "huiyin_client"
HEAD = '''"""{}

Written by `scripts/client.py` from `docs/reference/openapi.json`. Don't edit.
"""
'''
BY_HAND = {"send_file"}
"""Calls that the client makes in a way of its own: a form, not JSON."""
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
TYPES = "types."
KEY, MATCH = "Idempotency-Key", "If-Match"


def described() -> dict[str, Any]:
    """The description."""
    read: dict[str, Any] = json.loads((ROOT / "docs" / "reference" / "openapi.json").read_text("utf-8"))
    return read


def type_of(schema: Mapping[str, Any], of: str = "") -> str:
    """A schema as a type; `of` stands before names of the description."""
    match schema:
        case {"$ref": str(name)}:
            made = of + name.rpartition("/")[2]
        case {"enum": [*values]}:
            made = f"Literal[{', '.join(json.dumps(value) for value in values)}]"
        case {"allOf": [one]}:
            made = type_of(one, of)
        case {"anyOf": [*some]}:
            made = " | ".join(dict.fromkeys(type_of(one, of) for one in some))
        case {"type": "array"}:
            made = f"list[{type_of(schema.get('items', {}), of)}]"
        case {"type": "object"}:
            inside = schema.get("additionalProperties")
            made = f"dict[str, {type_of(inside, of) if isinstance(inside, dict) else 'Any'}]"
        case _:
            made = PLAIN.get(schema.get("type", ""), "Any")
    return made


def sentence(text: str, indent: str = "") -> str:
    """The first sentence of a text as a docstring."""
    first = re.split(r"(?<=\.)\s", " ".join(text.split()), maxsplit=1)[0].replace("\\", "")
    lines = fill(first, 112 - len(indent)).split("\n")
    return f"\n{indent}".join([f'{indent}"""{lines[0]}', *lines[1:]]) + ('"""' if len(lines) == 1 else f'\n{indent}"""')


def types(api: Mapping[str, Any]) -> str:
    """What the API takes and gives. Of what it takes a name may be left out; what it gives has every name."""
    used = _within(api, api["paths"])
    schemas = {name: schema for name, schema in api["components"]["schemas"].items() if name in used}
    taken = _taken(api)
    lines = [HEAD.format("What the API takes and gives, by the names of its description.")]
    lines += ["from typing import Any, Literal, NotRequired, TypedDict", ""]
    for name in _in_order(schemas):
        schema = schemas[name]
        if "properties" not in schema:
            lines.append(f"{name} = {type_of(schema)}")
            continue
        free = set(schema["properties"]) - set(schema.get("required", [])) if name in taken else set()
        fields = {
            field: f"NotRequired[{type_of(one)}]" if field in free else type_of(one)
            for field, one in schema["properties"].items()
        }
        said = sentence(schema.get("description") or f"{name}.", "")
        if any(keyword.iskeyword(field) for field in fields):
            pairs = ", ".join(f'"{field}": {kind}' for field, kind in fields.items())
            lines += ["", "", f'{name} = TypedDict("{name}", {{{pairs}}})', said]
            continue
        lines += ["", "", f"class {name}(TypedDict):", sentence(schema.get("description") or f"{name}.", "    "), ""]
        lines += [f"    {field}: {kind}" for field, kind in fields.items()]
    return "\n".join(lines) + "\n"


def _named(schema: object) -> list[str]:
    return re.findall(r"#/components/schemas/(\w+)", json.dumps(schema))


def _in_order(schemas: Mapping[str, Any]) -> list[str]:
    """Each after those that it names; choices first."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        for other in _named(schemas[name]):
            visit(other)
        done[name] = None

    for name in sorted(schemas, key=lambda name: "properties" in schemas[name]):
        visit(name)
    return list(done)


def _taken(api: Mapping[str, Any]) -> set[str]:
    """Names of the schemas in what callers send."""
    return _within(api, [one.get("requestBody") for ways in api["paths"].values() for one in ways.values()])


def _within(api: Mapping[str, Any], schema: object) -> set[str]:
    """Names of the schemas that it names, and those name."""
    found: set[str] = set()
    waiting = _named(schema)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named(api["components"]["schemas"][name])
    return found


def operations(api: Mapping[str, Any]) -> str:
    """One method for each operation."""
    methods: list[str] = []
    for path, ways in api["paths"].items():
        for method, one in ways.items():
            if one["operationId"] not in BY_HAND:
                methods += ["", *_method(method.upper(), path.removeprefix("/api/v1"), one)]
    lines = [HEAD.format("One method for each operation of the API, by the name that its description gives it.")]
    lines += ["from typing import Literal, cast", "", "from huiyin_client import types"]
    lines += ["from huiyin_client.calling import Calls, fresh, part", "", ""]
    lines += [
        "class Operations(Calls):",
        '    """Every operation. What a call may leave out has a default."""',
        *methods,
    ]
    return "\n".join(lines) + "\n"


def _method(method: str, path: str, one: Mapping[str, Any]) -> Iterator[str]:
    given = one.get("parameters", [])
    named = [(q["name"] + "_" * keyword.iskeyword(q["name"]), q) for q in given if q["in"] == "query"]
    headers = {q["name"] for q in given if q["in"] == "header"}
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    takes = ["self", *(f"{q['name']}: {_of_path(q)}" for q in given if q["in"] == "path")]
    takes += [f"given: {type_of(body, TYPES)}"] if body is not None else []
    keywords = [f"{name}: {_asked(q)}" for name, q in sorted(named, key=lambda pair: not pair[1].get("required"))]
    keywords += ['key: str = ""'] * (KEY in headers) + ["if_match: int | None = None"] * (MATCH in headers)
    answers, is_raw = _answers(one)
    yield f"    def {one['operationId']}({', '.join([*takes, *['*'] * bool(keywords), *keywords])}) -> {answers}:"
    yield sentence(one.get("description") or one["summary"] + ".", "        ")
    where = re.sub(r"{(\w+)}", r"{part(\1)}", path)
    said = [f'"{method}"', f'f"{where}"' if "{" in where else f'"{where}"']
    if named:
        said.append("query={" + ", ".join(f'"{q["name"]}": {name}' for name, q in named) + "}")
    said += ["given=given"] * (body is not None) + ["key=key or fresh()"] * (KEY in headers)
    said += ["if_match=if_match"] * (MATCH in headers) + ["raw=True"] * is_raw
    if answers == "None":
        yield f"        self._send({', '.join(said)})"
    else:
        yield f'        return cast("{answers}", self._send({", ".join(said)}))'


def _of_path(given: Mapping[str, Any]) -> str:
    return "int" if given["schema"].get("type") == "integer" else "str"


def _asked(given: Mapping[str, Any]) -> str:
    schema = given["schema"]
    if given.get("required"):
        return type_of(schema, TYPES)
    default = schema.get("default")
    kind = type_of(schema, TYPES)
    return f"{kind} = {default!r}" if default is not None else f"{kind} = None"


def _answers(one: Mapping[str, Any]) -> tuple[str, bool]:
    """The type of what comes back, and whether it is no JSON."""
    found: dict[str, None] = {}
    for code, answer in sorted(one["responses"].items()):
        if not code.startswith("2"):
            continue
        content = answer.get("content", {})
        if "*/*" in content:
            return "bytes", True
        found[type_of(content["application/json"]["schema"], TYPES) if content else "None"] = None
    return " | ".join(found), False


def formatted(text: str) -> str:
    """As the repository's formatter leaves it."""
    made = subprocess.run(
        [Path(sys.executable).parent / "ruff", "format", "--stdin-filename", FOLDER / "x.py", "-"],
        input=text, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return made.stdout


def written() -> dict[str, str]:
    """Name → text of both files."""
    api = described()
    return {"operations.py": formatted(operations(api)), "types.py": formatted(types(api))}


if __name__ == "__main__":
    texts = written()
    if "--check" in sys.argv:
        stale = [name for name, text in texts.items() if (FOLDER / name).read_text("utf-8") != text]
        print("\n".join(f"{FOLDER / name} isn't current: run scripts/client.py" for name in stale) or "client: current")
        sys.exit(bool(stale))
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
