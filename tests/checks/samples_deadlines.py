"""For every check of deadlines and of the rhythm of calls a ticket that trips it and one that does not."""

from __future__ import annotations

from bundler.model import Exchange, SafeTicket
from tests.checks.stories import ATTEMPT, ONLINE, PAYMENT, change, create, read, sent, story, webhook

_DAY = 86_400
_INITIATE = ONLINE.replace(f"/v1/payments/{PAYMENT}", "/v3/payments")


def patch(after_s: float, status: int, index: int = 2) -> Exchange:
    url = f"{ONLINE}/authorizationattempts/{ATTEMPT}"
    return sent(index, after_s, "PATCH", url, status, {"succeeded": True}, {"code": "x"} if status >= 400 else None)


def initiate(after_s: float = 0, amount: int = 24900) -> Exchange:
    body = {"amount": amount, "currencyCode": "DKK", "pspReferenceId": "psp-1"}
    return sent(1, after_s, "POST", _INITIATE, 200, body, {"paymentId": PAYMENT})


def online(*exchanges: Exchange, **more: object) -> SafeTicket:
    return story(*exchanges, family="mobilepay-online", payment=PAYMENT, **more)


def captures(count: int, apart_s: float, last: int = 429) -> tuple[Exchange, ...]:
    """So many captures of a hundredth each, the last of which was refused."""
    return tuple(
        change("capture", 60 + number * apart_s, 100, 200 if number < count - 1 else last, index=number + 2)
        for number in range(count)
    )


SAMPLES_OF_DEADLINES: dict[str, tuple[SafeTicket, SafeTicket]] = {
    "TIM011": (online(initiate(), patch(700, 409)), online(initiate(), patch(500, 409))),
    "TIM012": (
        story(create(), webhook(30, "AUTHORIZED"), change("capture", 181 * _DAY, 24900, 400)),
        story(create(), webhook(30, "AUTHORIZED"), change("capture", 179 * _DAY, 24900, 400)),
    ),
    "TIM013": (
        online(initiate(), patch(30, 500, 2), patch(30.4, 500, 3)),
        online(initiate(), patch(30, 500, 2), patch(33, 500, 3)),
    ),
    "TIM014": (
        online(initiate(), *(patch(30 + 5 * number, 500, number) for number in range(2, 10))),
        online(initiate(), *(patch(30 + 5 * number, 500, number) for number in range(2, 7))),
    ),
    "TIM015": (
        story(create(), *(read(10 + number, "CREATED", index=number + 2) for number in range(6))),
        story(create(), *(read(10 + 3 * number, "CREATED", index=number + 2) for number in range(6))),
    ),
    "TIM016": (story(create(), *captures(6, 3)), story(create(), *captures(6, 15))),
    "TIM017": (
        story(create(), webhook(30, "AUTHORIZED", duration_ms=12_000.0)),
        story(create(), webhook(30, "AUTHORIZED", duration_ms=900.0)),
    ),
    "TIM018": (
        story(create(), webhook(30, "AUTHORIZED", status=500)),
        story(create(), webhook(30, "AUTHORIZED", status=204)),
    ),
}
