"""Stories in which naming a cause would be wrong: somebody else's errors, the shop's own, unknown codes, no failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from bundler.providers import find_code
from bundler.providers.profile import Profile
from tests.benchmarks.corpus_lines import Draws
from tests.benchmarks.diagnosis_bodies import ANSWERS, WORDS, written
from tests.benchmarks.diagnosis_calls import CALLS, HEX, Answer, Call, Integrator, Sent
from tests.benchmarks.diagnosis_labels import NOTHING, Label, Story, cause
from tests.benchmarks.diagnosis_request_bodies import DIGITS

OURS = "vipps-mobilepay"


def _stripe(draws: Draws) -> Any:
    code = draws.pick(
        ("card_declined", "expired_card", "amount_too_large", "idempotency_key_in_use", "invalid_request")
    )
    error = {"code": code, "message": "Your card was declined.", "type": "card_error", "param": "amount"}
    return {"error": error | {"doc_url": f"https://docs.example.com/error-codes/{code}"}}


def _adyen(draws: Draws) -> Any:
    code = draws.pick(("101", "130", "174", "702", "901"))
    reference = draws.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return {"status": 422, "errorCode": code, "message": "Invalid card number", "errorType": "validation"} | {
        "pspReference": reference
    }


def _adyen_new(draws: Draws) -> Any:
    return {
        "type": "https://docs.example.com/errors/validation",
        "title": "Invalid request",
        "status": 422,
        "detail": "Amount is not valid",
        "errorCode": draws.pick(("29_001", "30_112", "00_402")),
        "requestId": draws.text(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
        "invalidFields": [{"name": "amount.value", "value": "-1", "message": "must be positive"}],
    }


def _paypal(draws: Draws) -> Any:
    return {
        "name": "UNPROCESSABLE_ENTITY",
        "message": "The requested action could not be performed.",
        "debug_id": draws.text(13, HEX),
        "details": [{"field": "/amount/value", "issue": "ORDER_NOT_APPROVED", "description": "Payer action required."}],
        "links": [],
    }


def _klarna(draws: Draws) -> Any:
    code = draws.pick(("BAD_VALUE", "CAPTURE_NOT_ALLOWED", "NOT_FOUND", "UNAUTHORIZED"))
    return {"error_code": code, "error_messages": ["Bad value: order_amount"], "correlation_id": draws.guid()}


def _swedbank(draws: Draws) -> Any:
    kind = draws.pick(("inputerror", "configurationerror", "vipps_declined", "systemerror"))
    return {
        "type": f"https://api.payex.com/psp/errordetail/{kind}",
        "title": "Error in input data",
        "detail": "Please correct the errors and retry.",
        "instance": f"https://api.payex.com/psp/{draws.guid()}",
        "status": 400,
        "action": "RetryNewData",
        "problems": [{"name": "Payment.Amount", "description": "Must be positive"}],
    }


def _nexi(draws: Draws) -> Any:
    return {"code": draws.pick(("1001", "1006", "2000", "0")), "message": "Overcharge", "source": "internal"}


def _mollie(_: Draws) -> Any:
    link = {"href": "https://docs.mollie.com/errors", "type": "text/html"}
    return {"status": 422, "title": "Unprocessable Entity", "detail": "The amount is higher than the maximum"} | {
        "field": "amount",
        "_links": {"documentation": link},
    }


def _braintree(draws: Draws) -> Any:
    entry = {"attribute": "amount", "code": draws.pick(("81501", "81528", "91506")), "message": "Amount is invalid."}
    return {"apiErrorResponse": {"message": "Amount is invalid.", "errors": {"transaction": {"errors": [entry]}}}}


OTHERS: dict[str, tuple[Callable[[Draws], Any], str, tuple[int, ...]]] = {
    "stripe": (_stripe, "https://api.stripe.com/v1/payment_intents", (400, 402, 409)),
    "adyen": (_adyen, "https://checkout-test.adyen.com/v71/payments", (422,)),
    "adyen-new": (_adyen_new, "https://checkout-test.adyen.com/v71/payments", (422,)),
    "paypal": (_paypal, "https://api-m.sandbox.paypal.com/v2/checkout/orders/5O190127TN364715T/capture", (422, 400)),
    "klarna": (_klarna, "https://api.playground.klarna.com/ordermanagement/v1/orders/captures", (400, 403, 404)),
    "swedbank-pay": (_swedbank, "https://api.externalintegration.payex.com/psp/paymentorders", (400, 403)),
    "nexi": (_nexi, "https://test.api.dibspayment.eu/v1/payments", (400, 402, 500)),
    "mollie": (_mollie, "https://api.mollie.com/v2/payments", (422,)),
    "braintree": (_braintree, "https://payments.sandbox.braintree-api.com/graphql", (422, 400)),
}
"""Error bodies of other providers as their documentation shows them, a call that gets them, and its statuses."""

_THEIR_OWN = Label((cause("", not_by=OURS),), required=False)
"""What another provider's own profile, or HTTP itself, says of its answer is not ours to judge."""
_BY_HTTP = Label((cause("", "RSP001", "RSP004", "RSP009", not_by=OURS),), required=False, ceiling=0.75)

_SHOP_ERRORS = (
    (500, {"error": "TypeError", "message": "Cannot read properties of undefined (reading 'reference')"}),
    (500, {"timestamp": "2026-11-23T13:02:11Z", "status": 500, "error": "Internal Server Error", "path": "/pay"}),
    (409, {"code": "4040", "message": "Article not found"}),
    (400, {"code": "2040", "message": "Voucher is not valid", "correlationId": "cart-77"}),
    (404, {"title": "Not Found", "status": 404, "detail": "No such basket"}),
    (422, {"message": "The given data was invalid.", "errors": {"email": ["The email field is required."]}}),
    (403, {"errorCode": "21", "errorMessage": "Basket is locked", "contextId": "b-1"}),
)


def foreign(draws: Draws, _: Profile) -> Iterator[Story]:
    """Bodies of other providers: from a host that nobody knows, behind a host of this provider, and saved alone."""
    while True:
        for name, (make, _url, statuses) in OTHERS.items():
            for place in ("unknown host", "provider's host", "alone"):
                shop = Integrator(draws)
                family = draws.pick(("epayment", "mobilepay-online", "ecom", "checkout", "recurring", "app-payments"))
                call = shop.call(family, "initiate")
                if place == "unknown host":
                    call = call._replace(url=f"https://api.pay-{draws.below(90)}.example/v1/charges", payment="")
                answer = Answer(draws.pick(statuses), written(draws, make(draws)))
                label = {"unknown host": _BY_HTTP, "alone": _THEIR_OWN}.get(place, NOTHING)
                form = "body" if place == "alone" else draws.pick(("har", "curl", "raw"))
                yield Story("foreign", family, f"{name}, {place}", (Sent(call, answer, shop.start),), label, form=form)


def other_hosts(draws: Draws, _: Profile) -> Iterator[Story]:
    """The same from the other provider's own host: whatever is said must not come from this provider's tables."""
    while True:
        for name, (make, url, statuses) in OTHERS.items():
            shop = Integrator(draws)
            headers = {"Authorization": f"Bearer sk_test_{draws.text(24)}", "Content-Type": "application/json"}
            call = Call(name, "POST", url, headers, {"amount": 100})
            answer = Answer(draws.pick(statuses), written(draws, make(draws)))
            yield Story("other provider", name, name, (Sent(call, answer, shop.start),), _THEIR_OWN, form="har")


def own_backend(draws: Draws, _: Profile) -> Iterator[Story]:
    """The shop's own service failed; its calls to the provider went well."""
    while True:
        for status, body in _SHOP_ERRORS:
            shop = Integrator(draws)
            family = draws.pick(("epayment", "ecom", "app-payments"))
            fine = Sent(shop.call(family, "initiate"), _created(draws, shop, family), shop.start)
            call = Call("", "POST", f"{shop.shop}/api/basket/pay", {"Content-Type": "application/json"}, {"id": 1})
            failed = Sent(call, Answer(status, written(draws, body)), shop.start + timedelta(seconds=4))
            form = draws.pick(("har", "raw"))
            yield Story("own backend", family, f"{status} {str(body)[:30]}", (fine, failed), NOTHING, form=form)


def unknown_codes(draws: Draws, profile: Profile) -> Iterator[Story]:
    """Codes near the documented ones that no table knows: the status or the band at most, and never surely."""
    while True:
        for family in ("epayment", "mobilepay-online", "ecom", "vipps-psp", "app-payments"):
            form = ANSWERS[family]
            code, group = _unknown(draws, profile, family)
            shop = Integrator(draws)
            call = shop.call(family, draws.pick([each for each in form.calls if each in CALLS[family]]))
            body = written(draws, form.make(draws, group, code, draws.pick(WORDS)))
            sent = Sent(call, Answer(draws.pick(form.statuses), body), shop.start)
            label = Label((cause("", "RSP001", "RSP004"),), required=False, ceiling=0.75)
            yield Story("unknown code", family, f"code {group} {code}", (sent,), label)


def _unknown(draws: Draws, profile: Profile, family: str) -> tuple[str, str]:
    group = "Payment" if family == "ecom" else ""
    while True:
        code = {"epayment": f"{4 + draws.below(3)}{draws.text(2, DIGITS)}5", "ecom": draws.text(2, "3456789")}.get(
            family, f"{10 + draws.below(9)}{draws.text(2, DIGITS)}"
        )
        code = f"unheard_of_{code}" if family == "app-payments" else code
        if find_code(profile, family, code, group or None) is None:
            return code, group


def successes(draws: Draws, _: Profile) -> Iterator[Story]:
    """Nothing failed at the provider, but somebody is not content."""
    events = (
        "The receipt shows the wrong logo",
        "The customer asks why the text is in English",
        "We wonder about fees",
    )
    while True:
        for family in ("epayment", "ecom", "app-payments", "mobilepay-online"):
            shop = Integrator(draws)
            calls = [Sent(shop.call(family, "initiate"), _created(draws, shop, family), shop.start)]
            form = draws.pick(("har", "raw", "python-logging"))
            event = draws.pick(events)
            yield Story("success", family, event, tuple(calls), NOTHING, event, form)


def _created(draws: Draws, shop: Integrator, family: str) -> Answer:
    """The answer to a payment that was begun."""
    bodies = {
        "epayment": {
            "redirectUrl": f"https://landing.vipps.no/?token={draws.text(40)}",
            "reference": shop.ids["reference"],
        },
        "ecom": {"orderId": shop.ids["orderId"], "url": f"https://landing.vipps.no/?token={draws.text(40)}"},
        "app-payments": {"paymentId": shop.ids["paymentId"], "mobilePayAppRedirectUri": "https://mobilepay.example/x"},
        "mobilepay-online": {
            "paymentId": shop.ids["paymentId"],
            "redirectToMobilePayUrl": "https://mobilepay.example/x",
        },
    }
    return Answer(201 if family == "epayment" else 200, written(draws, bodies[family], plain=True))
