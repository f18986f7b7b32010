"""Rules for what tells one telephone from all others: numbers of devices, of installations, addresses for messages."""

from __future__ import annotations

from bundler.redact.issued import issued, marked
from bundler.redact.nationals import after_word, number_of, passes
from bundler.redact.rule import Rank, Rule

DEVICE_RULES: tuple[Rule, ...] = (
    Rule(
        name="imei-in-text",
        kind="device",
        what="device numbers of telephones after the word, by their check digit",
        source="3GPP TS 23.003 section 6; python-stdnum",
        rank=Rank.CHECKED,
        view="folded",
        anchors=(rb"imei",),
        locate=after_word(rb"imei(?: number| nr\.?)?", number_of(15)),
        proof=passes("imei"),
        hits=("IMEI «490154203237518»", "imei is «49-015420-323751-8»"),
        misses=("IMEI 490154203237519", "order 490154203237518"),
    ),
    issued(
        "push-address",
        "addresses of one installation for messages by Firebase",
        "Firebase Cloud Messaging documentation, registration token",
        (rb":APA91b",),
        marked(rb"[A-Za-z0-9_-]{8,40}:APA91b[A-Za-z0-9_-]{60,}+", b"_-"),
        ("eXample0nly1:APA91bExampleOnly0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz",),
        ("APA91b", "x:APA91bShort"),
        kind="device",
        nearby=(b":apa91b",),
    ),
    Rule(
        name="installation-id",
        kind="device",
        what="ids of one installation or one piece of hardware by name",
        source="Apple and Google developer documentation, unique identifiers",
        rank=Rank.KEYED_LOOSELY,
        keys=("iccid", "meid", "identifierforvendor", "appsetid", "hardwareid", "deviceuuid", "installid", "visitorid"),
        endings=("installationid", "deviceserial", "deviceserialnumber", "advertisingidentifier", "pushid"),
        hits=("0a1b2c3d-77aa-4f11-9d3c-5566778899aa", "8947080037110100000"),
        misses=("installationId=null", "deviceModel=Pixel12345678", "installationIdLength: 36"),
    ),
)
