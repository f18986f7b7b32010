"""The bodies of the calls: every field as the specifications want it, the values invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.benchmarks.diagnosis_calls import Integrator

DIGITS = "0123456789"


def request_bodies(shop: Integrator) -> dict[str, Any]:
    """Right bodies of one integrator by their names; a text is a form (``name=value&...``)."""
    ids, amount = shop.ids, shop.amount
    money = {"currency": "NOK", "value": amount}
    back, hook = f"{shop.shop}/thanks", f"{shop.shop}/hooks/payments"
    created = {
        "amount": money,
        "paymentMethod": {"type": "WALLET"},
        "customer": {"phoneNumber": "4712345678"},
        "reference": ids["reference"],
        "userFlow": "WEB_REDIRECT",
        "returnUrl": back,
        "paymentDescription": "Two books",
    }
    passthrough = {
        "pspReference": f"psp-{shop.draws.text(9, DIGITS)}",
        "cardCallbackUrl": hook,
        "allowedCardTypes": ["VISA_DEBIT", "VISA_CREDIT", "MC_DEBIT", "MC_CREDIT"],
        "publicEncryptionKeyId": shop.draws.guid(),
    }
    card_types = ("VISA-DEBIT", "VISA-CREDIT", "MC-DEBIT", "MC-CREDIT")
    stamp = f"{shop.start:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "nothing": None,
        "approval": {"customer": {"phoneNumber": "4712345678"}},
        "epayment-create": created,
        "passthrough-create": created | {"paymentMethod": {"type": "CARD_PASSTHROUGH"}, "cardPassthrough": passthrough},
        "modification": {"modificationAmount": money},
        "flat-amount": {"amount": amount, "description": "Two books"},
        "online-initiate": {
            "allowedCardTypes": [
                {"name": each, "encryptedPanCallbackUrl": f"{hook}/card", "tokenCallbackUrl": f"{hook}/token"}
                for each in card_types
            ],
            "amount": amount,
            "currencyCode": "DKK",
            "merchantId": ids["merchantId"],
            "merchantLogoUrl": f"{shop.shop}/logo.png",
            "merchantName": "Acme Books",
            "merchantOrderId": ids["orderId"],
            "merchantUrl": shop.shop,
            "pspReferenceId": f"psp-{shop.draws.text(12, DIGITS)}",
            "publicKeyId": 17,
            "redirectFromMobilePayUrl": back,
        },
        "online-patch": {"succeeded": True, "acquirerVatNumber": "11102248", "acquirerPaymentReference": "a-17"},
        "online-capture": {"captureIdentifier": f"cap-{ids['orderId']}", "amount": amount, "timestamp": stamp},
        "online-cancel": {"cancelIdentifier": f"can-{ids['orderId']}", "amount": amount, "timestamp": stamp},
        "online-refund": {"refundIdentifier": f"ref-{ids['orderId']}", "amount": amount, "timestamp": stamp},
        "ecom-create": {
            "customerInfo": {"mobileNumber": "12345678"},
            "merchantInfo": {
                "merchantSerialNumber": ids["msn"],
                "callbackPrefix": hook,
                "fallBack": back,
                "isApp": False,
                "paymentType": "eComm Regular Payment",
            },
            "transaction": {"orderId": ids["orderId"], "amount": amount, "transactionText": "Two books"},
        },
        "ecom-modification": {
            "merchantInfo": {"merchantSerialNumber": ids["msn"]},
            "transaction": {"amount": amount, "transactionText": "Two books"},
        },
        "agreement": {
            "pricing": {"type": "LEGACY", "amount": amount, "currency": "NOK"},
            "interval": {"unit": "MONTH", "count": 1},
            "merchantRedirectUrl": back,
            "merchantAgreementUrl": f"{shop.shop}/account",
            "phoneNumber": "4712345678",
            "productName": "Book club",
        },
        "agreement-update": {"status": "STOPPED"},
        "charge": {
            "amount": amount,
            "transactionType": "DIRECT_CAPTURE",
            "description": "Book of the month",
            "due": "2026-11-30",
            "retryDays": 5,
        },
        "psp-init": {
            "pspTransactionId": ids["pspTransactionId"],
            "merchantOrderId": ids["orderId"],
            "customerMobileNumber": "12345678",
            "amount": amount,
            "currency": "NOK",
            "makePaymentUrl": f"{hook}/make",
            "pspRedirectUrl": back,
            "paymentText": "Two books",
        },
        "session": {
            "merchantInfo": {
                "callbackUrl": hook,
                "returnUrl": back,
                "callbackAuthorizationToken": shop.draws.text(32),
                "termsAndConditionsUrl": f"{shop.shop}/terms",
            },
            "transaction": {
                "amount": money,
                "reference": ids["reference"],
                "paymentDescription": "Two books",
            },
        },
        "form-token": f"grant_type=authorization_code&code={shop.draws.text(40)}&redirect_uri={back}",
        "webhook": {"url": hook, "events": ["epayments.payment.captured.v1", "epayments.payment.refunded.v1"]},
        "receipt": {
            "orderLines": [{"name": "Two books", "id": "b-1", "totalAmount": amount, "totalTaxAmount": 0}],
            "bottomLine": {"currency": "NOK", "receiptNumber": "4711"},
        },
        "qr": {"id": ids["orderId"], "redirectUrl": back},
        "product-order": {"orgNo": "974760673", "salesUnitName": "Acme Books", "productType": "ePayment"},
        "app-payment": {
            "amount": amount,
            "idempotencyKey": shop.draws.guid(),
            "paymentPointId": shop.draws.guid(),
            "redirectUri": back,
            "reference": ids["orderId"],
            "description": "Two books",
        },
        "one-off": {
            "amount": amount / 100,
            "external_id": ids["orderId"],
            "description": "Two books",
            "links": [{"rel": "user-redirect", "href": back}],
        },
        "subscription-refund": {"amount": amount / 100, "status_callback_url": hook},
        "invoice": {"InvoiceIssuer": ids["merchantId"], "TotalAmount": amount / 100, "DueDate": "2026-12-23"},
    }
