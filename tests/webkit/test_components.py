"""Components refuse what they don't take, and every page of ours gives them what they need."""

from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Node, NodeList

from huiyin.webkit.icons import FOLDER, ICONS, icon
from huiyin.webkit.templatetags.components import Used, declaration_of

SOURCE = Path(__file__).parents[2] / "src/huiyin"
PAGES = sorted(path for path in SOURCE.rglob("templates/**/*.html"))
STATIC = SOURCE / "webkit/static/webkit"


def _shown(source: str) -> str:
    return Template(source).render(Context({"request": None})).strip()


def test_an_attribute_that_is_not_declared_is_refused_by_naming_those_that_are() -> None:
    with pytest.raises(TemplateSyntaxError) as refused:
        _shown('{% component "button" label="x" colour="red" %}')

    assert 'has no attribute "colour"; it takes label, kind, icon' in str(refused.value)


def test_an_attribute_that_must_be_given_is_asked_for() -> None:
    with pytest.raises(TemplateSyntaxError, match='needs the attribute "href"'):
        _shown('{% component "link_button" label="x" %}')


def test_a_value_outside_the_few_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match='kind is "loud", not one of plain, primary, danger'):
        _shown('{% component "button" label="x" kind="loud" %}')


def test_what_people_typed_is_escaped_in_attributes_and_content() -> None:
    page = Template('{% wrap "card" title=said data_about=said %}{{ said }}{% endwrap %}').render(
        Context({"said": '"><script>'})
    )

    assert "<script>" not in page
    assert page.count("&quot;&gt;&lt;script&gt;") == 3


def test_html_attributes_pass_only_where_the_component_lets_them() -> None:
    assert 'data-row="1"' in _shown('{% component "link_button" label="x" href="/" data_row="1" %}')
    with pytest.raises(TemplateSyntaxError, match='"badge" has no attribute "data_row"'):
        _shown('{% component "badge" label="x" data_row="1" %}')


def test_a_component_sees_nothing_of_the_page_but_its_attributes() -> None:
    page = Template('{% component "badge" label="x" %}').render(Context({"icon": "due", "state": "due"}))

    assert "is-plain" in page
    assert "<svg" not in page


def test_a_slot_is_placed_by_the_component() -> None:
    page = _shown('{% wrap "card" %}body{% slot "foot" %}<b>x</b>{% endslot %}{% endwrap %}')

    assert page.index("body") < page.index("card-foot") < page.index("<b>x</b>")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_component_on_every_page_gets_what_it_declares(path: Path) -> None:
    engine = cast("DjangoTemplates", engines["django"]).engine
    for used in _uses(engine.from_string(path.read_text(encoding="utf-8")).nodelist):
        declaration_of(engine.get_template(f"components/{used.name}.html")).check(used.name, used.names)


def _uses(nodes: NodeList) -> list[Used]:
    found = [node for node in nodes.get_nodes_by_type(cast("type[Node]", Used)) if isinstance(node, Used)]
    for node in list(found):
        for slot in node.slots:
            found += _uses(slot.nodelist)
    return found


def test_the_living_page_shows_every_component() -> None:
    shown = (SOURCE / "web/templates/web/design.html").read_text(encoding="utf-8")
    parts = {path.stem for path in (SOURCE / "webkit/templates/components").glob("*.html")}

    assert {name for name in parts if f'component "{name}"' not in shown and f'wrap "{name}"' not in shown} == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_page_carries_a_script_or_a_style_of_its_own(path: Path) -> None:
    page = path.read_text(encoding="utf-8")

    assert " style=" not in page
    assert "<style" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


@pytest.mark.parametrize("name", sorted(ICONS))
def test_every_icon_is_there_and_says_nothing_by_itself(name: str) -> None:
    assert (settings.NODE_MODULES / FOLDER / f"{ICONS[name]}.svg").is_file()
    assert 'aria-hidden="true"' in icon(name)
    assert icon(name).count("<path") >= 1


def test_an_unknown_icon_is_refused_by_naming_the_known() -> None:
    with pytest.raises(KeyError, match='no icon "unicorn"; known are add, alert'):
        icon("unicorn")


@pytest.mark.parametrize("theme", ["dark", "contrast"])
def test_a_theme_names_only_tokens_and_every_colour(theme: str) -> None:
    tokens, themed = _names(STATIC / "tokens.css"), _names(STATIC / f"themes/{theme}.css")
    colours = {name for name, value in tokens.items() if value.startswith(("#", "rgb"))}

    assert set(themed) <= set(tokens)
    assert colours - set(themed) <= {"--hy-shade"}


def _names(file: Path) -> dict[str, str]:
    lines = [line.strip().rstrip(";") for line in file.read_text(encoding="utf-8").splitlines()]
    pairs = [line.split(": ", 1) for line in lines if line.startswith("--hy-") and ": " in line]
    return dict(reversed(pairs))


@pytest.mark.parametrize("path", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_colours_stand_in_the_tokens_alone(path: Path) -> None:
    if path.name == "tokens.css" or path.parent.name == "themes":
        return
    css = path.read_text(encoding="utf-8").split("@media print")[0]

    assert [line for line in css.splitlines() if "#" in line.split(":", 1)[-1] or "rgb(" in line] == []
