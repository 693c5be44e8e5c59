"""What a paper consists of, as data: its title, its series, and its parts, of which some may not be empty."""

from collections.abc import Mapping
from string import Formatter
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from huiyin.kernel.errors import ConfigError


class Strict(BaseModel):
    """Unknown keys are refused, and nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Words(Strict):
    """A title in both languages. The paper itself is in Chinese, the language of the law."""

    zh: str
    en: str

    def in_(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


class Block(Strict):
    """One part of a paper: words with `{facts}` in them, or a text that an act gave, under a heading."""

    heading: str = ""
    say: str = ""
    text: str = ""
    """Name of the text that stands here, as acts call it."""
    required: bool = True
    when: str = ""
    """Name of a fact: without it the part isn't in the paper."""


class Template(Strict):
    """One paper of one ring."""

    name: str
    version: int = Field(ge=1)
    title: Words
    series: str
    """The words of its number, as 信意 in 住建局信意〔2022〕3号."""
    for_principal: bool = False
    """True for what an office issues in the name of the body that it acts for."""
    blocks: Annotated[tuple[Block, ...], Field(min_length=1)]

    @property
    def key(self) -> str:
        return f"{self.name}@{self.version}"

    def there(self, facts: Mapping[str, str]) -> list[Block]:
        """The parts of a paper of which these facts are true."""
        return [block for block in self.blocks if not block.when or facts.get(block.when)]

    def missing(self, facts: Mapping[str, str], texts: Mapping[str, str]) -> list[str]:
        """The required parts that would be empty, by heading or name."""
        blocks = self.there(facts)
        wanted = {name for block in blocks for _said, name, _spec, _how in Formatter().parse(block.say) if name}
        gaps = [name for name in sorted(wanted) if not facts.get(name, "").strip()]
        return gaps + [
            block.heading or block.text
            for block in blocks
            if block.text and block.required and not texts.get(block.text, "").strip()
        ]


def parse(text: str, file: str) -> Template:
    """A template from YAML. ConfigError names file and key; a part is either words or a text."""
    try:
        found = Template.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigError("bad_template", f"{file}: {error}") from error
    wrong = [n for n, block in enumerate(found.blocks) if bool(block.say) == bool(block.text)]
    if wrong:
        raise ConfigError("bad_template", f"{file}: blocks.{wrong[0]}: either `say` or `text`.")
    return found
