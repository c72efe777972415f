"""The wire protocol as data: frames, values and their JSON schemas, read from ``chat.protocol``."""

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from chat import protocol

Schema = dict[str, Any]
UNIONS = {
    "VisitorCommand": protocol.VisitorCommand,
    "VisitorEvent": protocol.VisitorEvent,
    "AgentCommand": protocol.AgentCommand,
    "AgentEvent": protocol.AgentEvent,
}


@dataclass(frozen=True)
class Property:
    """A member of a frame or value; ``optional`` ones may be absent on the wire."""

    name: str
    schema: Schema
    optional: bool

    @property
    def description(self) -> str:
        """Its own words, or those of its type."""
        own = self.schema.get("description") or next(
            (one["description"] for one in self.schema.get("anyOf", []) if "description" in one), ""
        )
        return str(own)


def union(name: str) -> list[type[msgspec.Struct]]:
    """The structs of a union, in the order they are written in."""
    return list(get_args(UNIONS[name]))


def tag(frame: type[msgspec.Struct]) -> str:
    """What ``type`` says in this frame."""
    return str(frame.__struct_config__.tag)


def is_command(name: str) -> bool:
    """Whether a struct is sent by browsers."""
    return issubclass(getattr(protocol, name), protocol.Command)


def schemas(template: str = "#/components/schemas/{name}") -> dict[str, Schema]:
    """JSON schemas of all frames and of the values inside them, values last, each in the order of the source."""
    frames = list(dict.fromkeys(frame for name in UNIONS for frame in union(name)))
    _, found = msgspec.json.schema_components(frames, ref_template=template)
    source = list(vars(protocol))
    found = msgspec.json.decode(msgspec.json.encode(found).replace(b"``", b"`"))
    return dict(sorted(found.items(), key=lambda item: ("type" not in item[1]["properties"], source.index(item[0]))))


def properties(schema: Schema) -> list[Property]:
    """The members of an object schema, ``type`` first."""
    required = set(schema.get("required", []))
    return [Property(name, member, name not in required) for name, member in schema["properties"].items()]


def written_type(schema: Schema, *, nullable: bool) -> str:
    """A schema as a TypeScript type, which JSDoc and the documentation use too.

    ``nullable`` keeps ``null`` among the choices: commands may say null, events leave the member out.
    """
    match schema:
        case {"anyOf": choices}:
            kinds = [written_type(one, nullable=nullable) for one in choices if nullable or one.get("type") != "null"]
            return " | ".join(kinds)
        case {"$ref": str(ref)}:
            return ref.rpartition("/")[2]
        case {"enum": values}:
            return " | ".join(f"'{value}'" for value in values)
        case {"type": "array", "items": items}:
            inner = written_type(items, nullable=nullable)
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"Record<string, {written_type(values, nullable=nullable)}>"
        case {"type": "object"}:
            return "Record<string, unknown>"
        case {"type": "integer" | "number"}:
            return "number"
        case {"type": "string" | "boolean" | "null" as name}:
            return str(name)
    raise TypeError(f"no type for {schema}")
