"""The shape of ``[sites.KEY.contacts]``: where else people may turn, and when somebody answers there."""

from typing import Annotated

from msgspec import Meta, Struct

Words = Annotated[dict[str, str], Meta(title="a table of texts by locale")]


class Telephone(Struct, frozen=True, kw_only=True):
    """A telephone. A plan with channels shows telephones only if `phone` is one of them."""

    country: Annotated[Words, Meta(description="Where it can be called from, or what it is for, by locale.")]
    number: Annotated[
        str, Meta(pattern=r"^\+?[0-9][0-9 ()./-]{1,30}$", title="a telephone number like +44 20 7946 0958")
    ]
    calendar: Annotated[str | None, Meta(description="When somebody answers it; absent: nothing is said of that.")] = (
        None
    )


class MailAddress(Struct, frozen=True, kw_only=True):
    """A mail address."""

    subject: Annotated[Words, Meta(description="What it is for, by locale.")]
    address: str
    calendar: Annotated[str | None, Meta(description="When its mail is read; absent: nothing is said of that.")] = None


class Messenger(Struct, frozen=True, kw_only=True):
    """A messenger in which one can be written to."""

    app: Annotated[str, Meta(description="Its name, as people know it.")]
    link: Annotated[
        str, Meta(pattern=r"^(https|viber|tg|whatsapp)://\S+$", title="an address like https://t.me/example")
    ]
    calendar: Annotated[
        str | None, Meta(description="When somebody answers there; absent: nothing is said of that.")
    ] = None


class OwnPerson(Struct, frozen=True, kw_only=True):
    """Somebody of the visitor's own, as their identity names them: a card for whoever has the claim."""

    claim: Annotated[
        str,
        Meta(
            pattern="^[a-z][a-z0-9_]{0,31}$",
            title="the name of a claim, of a-z, 0-9 and _",
            description="It holds the person's e-mail address or id, as for routes; claims with _name, _phone, _email "
            "and _photo behind the name tell the rest.",
        ),
    ]
    role: Annotated[Words, Meta(description="What the person is to the visitor, by locale.")]
    calendar: Annotated[str | None, Meta(description="When the person works; absent: nothing is said of that.")] = None


class SiteContacts(Struct, frozen=True):
    """Where else people may turn; they see it also when they are not signed in or may not use the desk."""

    people: list[OwnPerson] = []
    phones: list[Telephone] = []
    mails: list[MailAddress] = []
    messengers: list[Messenger] = []
