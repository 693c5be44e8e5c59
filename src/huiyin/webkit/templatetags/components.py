"""Components: templates that declare what they take, and the tags that use them.

A component is `templates/components/NAME.html`. It begins with what it takes:

    {% attributes label kind="plain|primary|danger" icon="" ** %}

A bare name must be given; `a|b|c` lists all that is allowed, the first being the default; `**` lets `data_…`, `aria_…`
and `hx_…` through as HTML attributes in `{{ extra }}`. Nothing else of the page reaches a component but the request.

    {% component "button" label=_("提交") kind="primary" %}
    {% wrap "card" title=_("回执") %}…{% slot "foot" %}…{% endslot %}{% endwrap %}

`wrap` gives what stands inside as `{{ content }}`; a slot is an attribute given as a piece of page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django import template
from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Template, Token, token_kwargs
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()

FOLDER = "components"
PASSED_ON = ("request", "csrf_token")
HTML = ("data_", "aria_", "hx_")


@dataclass(frozen=True)
class Taken:
    """One attribute: required when it has no default; `among` names the values it may have, if they are few."""

    default: FilterExpression | None = None
    among: tuple[str, ...] = ()


class Declaration(Node):
    """What a component takes."""

    def __init__(self, taken: Mapping[str, Taken], *, open_to_html: bool) -> None:
        self.taken, self.open_to_html = taken, open_to_html

    def render(self, context: Context) -> SafeString:
        """Nothing: it only declares."""
        return SafeString("")

    def check(self, component: str, given: Iterable[str]) -> None:
        """TemplateSyntaxError for an attribute that isn't declared, naming those that are, and for a missing one."""
        names = {name for name in given if not (self.open_to_html and name.startswith(HTML))}
        takes = ", ".join(self.taken) or "nothing"
        for name in sorted(names - set(self.taken)):
            raise TemplateSyntaxError(f'component "{component}" has no attribute "{name}"; it takes {takes}.')
        needed = [name for name, taken in self.taken.items() if taken.default is None]
        for name in needed:
            if name not in names:
                raise TemplateSyntaxError(f'component "{component}" needs the attribute "{name}"; it takes {takes}.')

    def values(self, component: str, given: Mapping[str, Any], context: Context) -> dict[str, Any]:
        """What the component's template sees: the given, the defaults, and HTML attributes as `extra`."""
        self.check(component, given)
        found: dict[str, Any] = {"extra": _html({k: v for k, v in given.items() if k not in self.taken})}
        for name, taken in self.taken.items():
            if name in given:
                found[name] = given[name]
            elif taken.among:
                found[name] = taken.among[0]
            else:
                found[name] = taken.default.resolve(context) if taken.default is not None else ""
            if taken.among and str(found[name]) not in taken.among:
                allowed = ", ".join(taken.among)
                raise TemplateSyntaxError(f'component "{component}": {name} is "{found[name]}", not one of {allowed}.')
        return found


def _html(given: Mapping[str, Any]) -> SafeString:
    return format_html_join("", ' {}="{}"', ((k.replace("_", "-"), v) for k, v in given.items() if v not in (None, "")))


@register.tag
def attributes(parser: Parser, token: Token) -> Declaration:
    """`{% attributes label kind="plain|primary" icon="" ** %}`: the first thing in a component's template."""
    taken: dict[str, Taken] = {}
    bits = token.split_contents()[1:]
    for bit in bits:
        name, has_default, default = bit.partition("=")
        if bit == "**":
            continue
        if not name.isidentifier():
            raise TemplateSyntaxError(f'"{bit}" declares no attribute; write name or name=default.')
        among = tuple(default[1:-1].split("|")) if default[:1] in {'"', "'"} and "|" in default else ()
        if among:
            taken[name] = Taken(parser.compile_filter('""'), among)
        else:
            taken[name] = Taken(parser.compile_filter(default) if has_default else None)
    return Declaration(taken, open_to_html="**" in bits)


_declared: WeakKeyDictionary[Template, Declaration] = WeakKeyDictionary()


def declaration_of(component: Template) -> Declaration:
    """What a component's template declares. TemplateSyntaxError for one that declares nothing."""
    if component not in _declared:
        found = component.nodelist.get_nodes_by_type(Declaration)
        if not found:
            raise TemplateSyntaxError(f'component "{component.name}" must begin with {{% attributes … %}}.')
        declared = found[0]
        assert isinstance(declared, Declaration)
        _declared[component] = declared
    return _declared[component]


class Slot(Node):
    """A piece of page given to the component around it as an attribute."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        """Nothing where it stands; the component places it."""
        return SafeString("")


class Used(Node):
    """A component in a page."""

    child_nodelists = ("nodelist",)

    def __init__(self, name: str, given: Mapping[str, FilterExpression], nodelist: NodeList | None) -> None:
        self.name, self.given = name, given
        self.nodelist = nodelist if nodelist is not None else NodeList()
        self.wraps = nodelist is not None

    @property
    def slots(self) -> list[Slot]:
        return [node for node in self.nodelist if isinstance(node, Slot)]

    @property
    def names(self) -> list[str]:
        """The attributes given, slots among them."""
        return [*self.given, *(slot.name for slot in self.slots)]

    def render(self, context: Context) -> SafeString:
        """The component with its attributes, seeing nothing else of the page."""
        assert context.template is not None
        component = context.template.engine.get_template(f"{FOLDER}/{self.name}.html")
        given = {name: value.resolve(context) for name, value in self.given.items()}
        given |= {slot.name: SafeString(slot.nodelist.render(context).strip()) for slot in self.slots}
        seen = declaration_of(component).values(self.name, given, context)
        seen |= {name: context.get(name) for name in PASSED_ON}
        if self.wraps:
            seen["content"] = self.nodelist.render(context)
        return component.render(context.new(seen))


@register.tag
def component(parser: Parser, token: Token) -> Used:
    """`{% component "button" label=… %}`."""
    return _used(parser, token, None)


@register.tag
def wrap(parser: Parser, token: Token) -> Used:
    """`{% wrap "card" title=… %}…{% endwrap %}`."""
    nodelist = parser.parse(("endwrap",))
    parser.delete_first_token()
    return _used(parser, token, nodelist)


@register.tag
def slot(parser: Parser, token: Token) -> Slot:
    """`{% slot "foot" %}…{% endslot %}` directly inside `wrap`."""
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return Slot(_name(token.split_contents(), "slot"), nodelist)


def _used(parser: Parser, token: Token, nodelist: NodeList | None) -> Used:
    bits = token.split_contents()
    name, rest = _name(bits, bits[0]), bits[2:]
    given = token_kwargs(rest, parser)
    if rest:
        raise TemplateSyntaxError(f'component "{name}": write attributes as name=value, not "{rest[0]}".')
    return Used(name, given, nodelist)


def _name(bits: list[str], tag: str) -> str:
    if len(bits) < 2 or bits[1][:1] not in {'"', "'"}:
        raise TemplateSyntaxError(f"{{% {tag} %}} begins with a name in quotation marks.")
    return bits[1][1:-1]
