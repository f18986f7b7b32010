"""All redaction rules, as one registry; a rule is one entry in one of the modules that it is put together from."""

from __future__ import annotations

from bundler.redact.rule import Rule
from bundler.redact.rules_bearer import BEARER_RULES
from bundler.redact.rules_cloud import CLOUD_RULES
from bundler.redact.rules_command import COMMAND_RULES
from bundler.redact.rules_device import DEVICE_RULES
from bundler.redact.rules_forge import FORGE_RULES
from bundler.redact.rules_identity import IDENTITY_RULES
from bundler.redact.rules_keyfile import KEYFILE_RULES
from bundler.redact.rules_longer import LONGER_RULES
from bundler.redact.rules_money import MONEY_RULES
from bundler.redact.rules_national import NATIONAL_RULES
from bundler.redact.rules_network import NETWORK_RULES
from bundler.redact.rules_person import PERSON_RULES
from bundler.redact.rules_query import QUERY_RULES
from bundler.redact.rules_saas import SAAS_RULES
from bundler.redact.rules_secret import SECRET_RULES
from bundler.redact.rules_tongues import TONGUE_RULES
from bundler.redact.rules_vendor import VENDOR_RULES

RULES: tuple[Rule, ...] = (
    *BEARER_RULES,
    *SECRET_RULES,
    *COMMAND_RULES,
    *KEYFILE_RULES,
    *LONGER_RULES,
    *QUERY_RULES,
    *VENDOR_RULES,
    *FORGE_RULES,
    *CLOUD_RULES,
    *SAAS_RULES,
    *MONEY_RULES,
    *IDENTITY_RULES,
    *NATIONAL_RULES,
    *PERSON_RULES,
    *TONGUE_RULES,
    *NETWORK_RULES,
    *DEVICE_RULES,
)

_KEPT = """
merchantid merchantserialnumber msn merchantaccount paymentid orderid merchantorderid transactionid reference
paymentreference pspreference pspreferenceid psptransactionid chargeid agreementid captureid refundid cancelid
authorizationid authorizationattemptid sessionid correlationid traceid spanid parentid contextid requestid
xrequestid instance debugid eventid messageid webhookid idempotencykey xmobilepayidempotencykey invoiceid receiptid
receiptnumber invoicenumber ordernumber transactionnumber settlementid ledgerid payoutid batchid jobid externalid
merchantreference originalreference payeereference paymentorder operationid resourceid acquirerreference arn rrn
stan amount total price fee vat quantity balance minorunits count size length bytes offset duration durationms
elapsed elapsedms timestamp time ts at date created createdat updated updatedat expires expiresat expiresin iat exp
nbf status statuscode errorcode responsecode resultcode errorgroup version build line lineno port pid tid thread seq
sequence etag contentlength xmscontentsha256 sha256 sha1 md5 checksum hash traceparent continuationtoken
nextpagetoken pagetoken nexttoken cancellationtoken tokentype binnumber bin last4 lastfour maskedcardnumber
maskedpan vatnumber organisationnumber organizationnumber orgno orgnumber cvr publickeyid publicencryptionkeyid
keyid kid pointofsaleid country countrycode sku ean gtin barcode upc isbn
"""

KEPT_KEYS: frozenset[str] = frozenset(_KEPT.split())
"""Names under which numbers and ids stand that support needs: no rule that goes by shape alone touches their values."""
