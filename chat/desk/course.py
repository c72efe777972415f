"""What becomes of a ticket when something happens to it: pure, values in and values out."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, structs

from chat.desk.promises import Promise, Terms

Status = Literal["open", "pending", "solved", "closed"]

ACTIVE: tuple[Status, ...] = ("open", "pending")
OVER: tuple[Status, ...] = ("solved", "closed")


class Course(Struct, frozen=True):
    """Where a ticket stands, and the response that is owed. ``kept`` is the promise that this step fulfilled."""

    status: Status
    promise: Promise | None = None
    kept: Promise | None = None


def filed(terms: Terms, now: datetime) -> Course:
    """A customer's new request."""
    return Course("open", terms.begin("first", now))


def customer_wrote(course: Course, terms: Terms, now: datetime) -> Course:
    """It is open, whatever it was, and an answer is owed: what runs goes on, for writing again does not prolong it."""
    if course.promise is None:
        return Course("open", terms.begin("next", now))
    return Course("open", terms.resume(course.promise, now))


def answered(course: Course, status: Status, terms: Terms, now: datetime) -> Course:
    """Support has answered, and leaves the ticket in ``status``."""
    return Course(status, None, _due(course.promise, terms, now))


def moved(course: Course, status: Status, terms: Terms, now: datetime) -> Course:
    """Somebody set the status by itself. Pending pauses what is promised; to end a ticket is a response too."""
    if status == course.status:
        return structs.replace(course, kept=None)
    if status in OVER:
        return answered(course, status, terms, now)
    if course.promise is None:
        return Course(status)
    turn = terms.pause if status == "pending" else terms.resume
    return Course(status, turn(course.promise, now))


def settled(course: Course, status: Status, now: datetime) -> Course:
    """The customer ends it: nobody has kept the promise, and unless it is overdue already nobody has broken it."""
    promise = course.promise
    overdue = promise is not None and promise.due_at is not None and promise.due_at < now
    return Course(status, None, promise if overdue else None)


def asked_again(course: Course, status: Status, terms: Terms, now: datetime) -> Course:
    """The customer opens it again: they wait for an answer as if they had written."""
    return structs.replace(customer_wrote(course, terms, now), status=status)


def sooner(course: Course, promise: Promise | None) -> Course:
    """What was owed elsewhere is owed here, if it is due before what is owed here."""
    if promise is None or promise.due_at is None:
        return course
    here = course.promise.due_at if course.promise is not None else None
    return course if here is not None and here <= promise.due_at else structs.replace(course, promise=promise)


def _due(promise: Promise | None, terms: Terms, now: datetime) -> Promise | None:
    return terms.resume(promise, now) if promise is not None else None
