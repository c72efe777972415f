"""``chat/web/asyncapi.json``: the WebSockets as an AsyncAPI 3.0 document."""

import json

import msgspec

from chat import protocol
from chat.errors import CLOSE_CODES
from scripts import wire

CHANNELS = {
    "visitor": ("/ws/visitor", "VisitorCommand", "VisitorEvent", "The visitor's tab, from a page of the site."),
    "agent": ("/ws/agent", "AgentCommand", "AgentEvent", "The console, with the session cookie, own Origin only."),
}


def asyncapi_json() -> str:
    """The document; the channel of each side with its commands (received here) and events (sent)."""
    schemas = wire.schemas()
    frames = list(dict.fromkeys(frame for name in wire.UNIONS for frame in wire.union(name)))
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Mayfly",
            "version": str(protocol.VERSION),
            "description": "Subprotocol "
            + protocol.SUBPROTOCOL
            + ". JSON text frames; commands refuse unknown fields, clients ignore fields of events they don't know.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(name) for name in CHANNELS},
        "operations": {key: operation for name in CHANNELS for key, operation in _operations(name).items()},
        "components": {
            "messages": {frame.__name__: _message(frame, schemas[frame.__name__]) for frame in frames},
            "schemas": schemas,
        },
        "x-close-codes": {
            str(one.code): {"name": name, "reconnect": one.reconnect, "description": one.text}
            for name, one in CLOSE_CODES.items()
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _channel(name: str) -> dict[str, object]:
    address, commands, events, description = CHANNELS[name]
    frames = [*wire.union(commands), *wire.union(events)]
    query = {"query": {"type": "object", "properties": {"site": {"type": "string"}}, "required": ["site"]}}
    return {
        "address": address,
        "description": description,
        "messages": {one.__name__: {"$ref": f"#/components/messages/{one.__name__}"} for one in frames},
        "bindings": {"ws": {"method": "GET", **(query if name == "visitor" else {})}},
    }


def _operations(name: str) -> dict[str, dict[str, object]]:
    _, commands, events, _ = CHANNELS[name]
    return {
        f"{name}_{word}": {
            "action": action,
            "channel": {"$ref": f"#/channels/{name}"},
            "messages": [{"$ref": f"#/channels/{name}/messages/{one.__name__}"} for one in wire.union(union)],
        }
        for word, action, union in (("commands", "receive", commands), ("events", "send", events))
    }


def _message(frame: type[msgspec.Struct], schema: wire.Schema) -> dict[str, object]:
    return {
        "name": wire.tag(frame),
        "summary": schema["description"],
        "payload": {"$ref": f"#/components/schemas/{frame.__name__}"},
    }
