"""Logs: one JSON line a record, and no words in any of them."""

import json
import subprocess
import sys
from typing import Any

CANARY = "canary-7f3a"


def logged(program: str) -> list[dict[str, Any]]:
    """What a program writes to the log, run in a process of its own."""
    head = f"import asyncio, logging, structlog\nfrom chat import logs\nlogs.configure('info')\nCANARY = {CANARY!r}\n"
    ran = subprocess.run([sys.executable, "-c", head + program], capture_output=True, text=True, timeout=60)
    assert CANARY not in ran.stderr + ran.stdout
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_a_record_is_one_json_object_with_time_level_and_name() -> None:
    (line,) = logged("structlog.get_logger('chat.x').info('worker ready', workers=2)")
    assert (line["event"], line["workers"], line["level"], line["logger"]) == ("worker ready", 2, "info", "chat.x")
    assert line["timestamp"].endswith("Z")


def test_below_the_level_nothing_is_written() -> None:
    assert logged("structlog.get_logger('chat').debug('x'); logging.getLogger('redis').debug('x')") == []


def test_libraries_tell_nothing_of_what_they_work_on_however_much_is_asked_for() -> None:
    program = """
logs.configure('debug')
logging.getLogger('aiosqlite').debug('executing %s', CANARY)
logging.getLogger('multipart').info(CANARY)
structlog.get_logger('chat.live').debug('ours')
logging.getLogger('redis').warning('theirs')
"""
    assert [line["event"] for line in logged(program)] == ["ours", "theirs"]


def test_an_exception_is_told_by_type_and_place_without_its_message_or_locals() -> None:
    program = """
def fails(text):
    return int(text)
try:
    try:
        fails(CANARY)
    except ValueError as error:
        raise KeyError(CANARY) from error
except KeyError:
    structlog.get_logger('chat').exception('failed')
    logging.getLogger('redis').exception('failed too')
"""
    for line in logged(program):
        assert line["exception"].startswith("KeyError at <string>:")
        assert "caused by ValueError" in line["exception"]
        assert "fails" in line["exception"]


def test_an_exception_of_the_system_keeps_its_message() -> None:
    (line,) = logged("try:\n open('/nowhere')\nexcept OSError:\n structlog.get_logger('chat').exception('failed')")
    assert "No such file or directory: '/nowhere'" in line["exception"]


def test_a_forgotten_task_is_told_without_its_exceptions_words() -> None:
    program = """
async def fails():
    raise ValueError(CANARY)
async def main():
    task = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
asyncio.run(main())
"""
    (line,) = logged(program)
    assert line["event"] == "Task exception was never retrieved"
    assert line["exception"].startswith("ValueError at")


def test_an_exception_nobody_caught_is_logged_in_the_same_way() -> None:
    (line,) = logged("raise ExceptionGroup('many', [ValueError(CANARY)])")
    assert line["event"] == "uncaught"
    assert "with ValueError" in line["exception"]
