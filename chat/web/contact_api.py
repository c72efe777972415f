"""The JSON API for where else to turn."""

from starlette.responses import Response
from starlette.routing import Route

from chat.desk.contacts import Contacts
from chat.live.cards import first_card
from chat.people.identity import Identity
from chat.protocol import VERSION, VisitorHello
from chat.web.i18n import choose_locale
from chat.web.operations import operation
from chat.web.request import Request, json_answer, site_of
from chat.web.request_api import vouched_for


@operation(gives=Contacts, query=("locale", "time_zone"))
async def read_contacts(request: Request) -> Response:
    """``GET /api/sites/{site}/contacts``: telephones, addresses, messengers and, with an identity, one's own people.

    For everybody, also for who may not use the desk. ``?time_zone=`` is the reader's, for hours by their clock.
    """
    key, site = site_of(request)
    vouched = vouched_for(request)
    locale = choose_locale(request.query_params.get("locale"), request.headers.get("accept-language", ""), site.locales)
    hello = VisitorHello(protocol=VERSION, locale=locale, time_zone=request.query_params.get("time_zone"))
    card = first_card(hello, vouched.claims if isinstance(vouched, Identity) else None)
    return json_answer(await request.state["services"].contacts.read(key, card))


ROUTES = [Route("/api/sites/{site}/contacts", read_contacts, methods=["GET"])]
