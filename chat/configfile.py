"""Reads TOML and environment variables into structs and collects every fault with its full path.

Knows nothing of which settings there are: the structs of ``chat.settings`` say that.
"""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from re import fullmatch
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct, inspect

from chat.errors import ConfigError

UNIONS = (Union, UnionType)


def variable(section: str, key: str) -> str:
    """The environment variable that overrides ``section.key``."""
    return f"MAYFLY_{section}_{key}".upper()


def expected(annotation: Any) -> str:
    """What a setting of this type accepts, in words: the end of a fault, and the table in ``docs/settings.md``.

    ``Meta(title=…)`` is the words where the type alone does not tell.
    """
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        if titles := [meta.title for meta in parts[1:] if meta.title]:
            return str(titles[0])
        if get_origin(parts[0]) is not None:
            return expected(parts[0])
    if origin is Literal:
        return "one of " + ", ".join(parts)
    if origin in UNIONS:
        return " or ".join(expected(one) for one in parts if one is not NoneType)
    if origin is list:
        each = expected(parts[0])
        return "a list of texts" if each == "text" else f"a list, each {each}"
    return _expected(inspect.type_info(annotation))


def _expected(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata(type=inner):
            return _expected(inner)
        case inspect.BoolType():
            return "true or false"
        case inspect.IntType(ge=ge, le=le):
            return "a whole number" + _bounds(ge, le)
        case inspect.FloatType(gt=gt):
            return "a number" + (f" above {gt:g}" if gt is not None else "")
        case inspect.StrType():
            return "text"
    raise TypeError(f"no words for {kind}")


def _bounds(lowest: int | None, highest: int | None) -> str:
    match lowest, highest:
        case None, None:
            return ""
        case _, None:
            return f", {lowest} or more"
        case _:
            return f" from {lowest} to {highest}"


class Reader:
    """Walks the raw tables beside the structs; collects faults instead of stopping at the first."""

    def __init__(self, confidential: frozenset[str]) -> None:
        """``confidential`` names the keys whose values must never be repeated in a fault."""
        self._confidential = confidential
        self.faults: list[str] = []
        self._names: dict[str, str] = {}  # path → the environment variable it came from

    def overrides(
        self, table: dict[str, Any], environ: Mapping[str, str], kind: type[Struct], sections: tuple[str, ...]
    ) -> None:
        """Put ``MAYFLY_<SECTION>_<KEY>`` on top of the file's values, for those ``sections`` of ``kind``."""
        known = {
            variable(section.name, key.name): (section.name, key)
            for section in msgspec.structs.fields(kind)
            if section.name in sections
            for key in msgspec.structs.fields(section.type)
        }
        prefixes = tuple(variable(section.name, "") for section in msgspec.structs.fields(kind))
        for name in sorted(environ):
            if name in known:
                section, key = known[name]
                self._names[f"{section}.{key.name}"] = name
                values = table.setdefault(section, {})
                if isinstance(values, dict):  # else struct() reports it
                    values[key.name] = _from_text(environ[name], key.type)
            elif name.startswith(prefixes):
                self.faults.append(f"{name}: unknown variable; did you mean {_nearest(name, known)}?")

    def struct(self, path: str, table: Any, kind: Any) -> Any:
        """Build ``kind`` from ``table``; faulty keys get their default so that the walk can go on."""
        fields = {one.name: one for one in msgspec.structs.fields(kind)}
        if not isinstance(table, dict):
            self.faults.append(f"{path}: expected a table; got {table!r}")
            return kind(**{one.name: _stand_in(one) for one in fields.values() if one.required})
        for key in sorted(table.keys() - fields.keys()):
            self.faults.append(f"{_join(path, key)}: unknown key; did you mean {_join(path, _nearest(key, fields))}?")
        values = {}
        for name, one in fields.items():
            if name in table:
                values[name] = self._value(_join(path, name), table[name], one.type, one)
            elif one.required:
                self.faults.append(f"{_join(path, name)}: missing; expected {expected(one.type)}")
        return kind(**{one.name: _stand_in(one) for one in fields.values() if one.required} | values)

    def beside(self, more: Iterable[str]) -> list[str]:
        """The faults found, and those of ``more`` that do not only follow from them."""
        paths = [fault.split(": ")[0] for fault in self.faults]
        paths += [path for path, name in self._names.items() if name in paths]
        return self.faults + [fault for fault in more if not any(_within(fault.split(": ")[0], path) for path in paths)]

    def _value(self, path: str, value: Any, kind: Any, one: msgspec.structs.FieldInfo) -> Any:
        if _is_struct(kind):
            return self.struct(path, value, kind)
        if get_origin(kind) is dict and _is_struct(get_args(kind)[1]):
            return self._keyed(path, value, get_args(kind)[1])
        if get_origin(kind) is list and _is_struct(get_args(kind)[0]):
            return self._listed(path, value, get_args(kind)[0])
        if isinstance(value, list):  # TOML has dates; settings hold them as text
            value = [item.isoformat() if isinstance(item, date) else item for item in value]
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError:
            self._misfit(self._names.get(path, path), value, kind, confidential=one.name in self._confidential)
            return _stand_in(one)

    def _keyed(self, path: str, table: Any, kind: Any) -> dict[str, Any]:
        if not isinstance(table, dict):
            self.faults.append(f"{path}: expected tables like [{path}.example]; got {table!r}")
            return {}
        for key in table:
            if not fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", key):
                self.faults.append(
                    f"{_join(path, key)}: expected a name of a-z, 0-9, - and _, starting with a letter or digit"
                )
        return {key: self.struct(_join(path, key), value, kind) for key, value in table.items()}

    def _listed(self, path: str, items: Any, kind: Any) -> list[Any]:
        if not isinstance(items, list):
            self.faults.append(f"{path}: expected tables like [[{path}]]; got {items!r}")
            return []
        return [self.struct(f"{path}[{number}]", item, kind) for number, item in enumerate(items)]

    def _misfit(self, path: str, value: Any, kind: Any, *, confidential: bool) -> None:
        parts: list[tuple[str, Any]] = []
        plain = _plain(kind)
        if get_origin(plain) is list and isinstance(value, list):
            parts = [(f"{path}[{number}]", item) for number, item in enumerate(value)]
        elif get_origin(plain) is dict and isinstance(value, dict):
            parts = [(_join(path, key), item) for key, item in value.items()]
        if parts:
            each = get_args(plain)[-1]
            for where, item in parts:
                if not _fits(item, each):
                    self._misfit(where, item, each, confidential=confidential)
            return
        got = "" if confidential else f"; got {value!r}"
        self.faults.append(f"{path}: expected {expected(kind)}{got}")


def _within(one: str, other: str) -> bool:
    """Whether one path is the other, or lies under it, either way round."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short) and (len(long) == len(short) or long[len(short)] in ".[")


def _stand_in(one: msgspec.structs.FieldInfo) -> Any:
    """What stands for a value at fault, so that the rest can be looked at: the default, or nothing of its type."""
    if one.default is not msgspec.NODEFAULT:
        return one.default
    if one.default_factory is not msgspec.NODEFAULT:
        return one.default_factory()
    plain = _plain(one.type)
    return {list: [], dict: {}, str: ""}.get(get_origin(plain) or plain)


def toml_file(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; raises ``ConfigError`` when it is not one."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from error
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error


def _from_text(text: str, kind: Any) -> Any:
    """The value a variable's text stands for; text that stands for none is left for the type check to refuse."""
    if get_origin(_plain(kind)) is list:
        return [item.strip() for item in text.split(",") if item.strip()]
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError:
        return text


def _plain(annotation: Any) -> Any:
    """A type without its annotations, and without the None of what may be absent."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    given = [one for one in get_args(annotation) if one is not NoneType]
    return _plain(given[0]) if get_origin(annotation) in UNIONS and len(given) == 1 else annotation


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _nearest(name: str, known: Iterable[str]) -> str:
    return get_close_matches(name, list(known), n=1, cutoff=0)[0]


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
