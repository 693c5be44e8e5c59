"""Documents that a city publishes beside procedures and limits: which version holds, or the packaged one."""

from datetime import date
from importlib.resources import files

from huiyin.cases import rulebook
from huiyin.cases.models import Publication
from huiyin.cases.procedures.spec import Part, parse
from huiyin.kernel.errors import ConfigError
from huiyin.org.versions import Cached


class Documents[T: Part]:
    """The versions of one sort of which one holds on a day; read once a process, and again after a publication."""

    def __init__(self, sort: str, shape: type[T], package: str, file: str) -> None:
        self._sort, self._shape, self._file = sort, shape, file
        self._path = files(package) / file
        self._packaged: T | None = None
        self._kept: Cached[dict[str, T]] = Cached(rulebook.RULES, dict)

    def packaged(self) -> T:
        """The packaged version, for a home that has published none. ConfigError names a faulty key."""
        if self._packaged is None:
            self._packaged = parse(self._path.read_text(encoding="utf-8"), self._file, self._shape)
        return self._packaged

    def on(self, day: date) -> T:
        """The version of that day: the one that came into force last; the packaged one before any was published."""
        try:
            return self.published(rulebook.in_force(self._sort, self._sort, day))
        except ConfigError:
            return self.packaged()

    def published(self, key: str) -> T:
        """The published version of that key."""
        kept = self._kept.get()
        if key not in kept:
            kept[key] = parse(Publication.objects.get(key=key, sort=self._sort).text, key, self._shape)
        return kept[key]
