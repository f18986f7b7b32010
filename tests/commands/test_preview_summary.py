"""``preview --summary`` and ``privacy.md``: one page for whoever answers for data protection, and one in the bundle."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from bundler.errors import ExitCode
from bundler.model import Finding
from bundler.pack.build import build
from tests.build import safe_ticket
from tests.commands.previews import HAR, SECRET, hostile_bundle
from tests.conftest import Invoke
from tests.pack.bundles import members


class TestSummary:
    """``--summary``: one page for whoever answers for data protection."""

    def test_tells_categories_receiver_rest_and_map_on_one_page(self, invoke: Invoke, bundle: Path) -> None:
        outcome = invoke("preview", bundle, "--summary")
        assert outcome.code == ExitCode.FINE
        assert len(outcome.out.splitlines()) <= 60
        for needed in (
            "developer@vippsmobilepay.com",
            "names of people (6)",
            "replaced by placeholders",
            "card numbers (1)",
            "Purpose",
            "pictures/01-app-error.png",
            "trace ids (1)",
            str(bundle.with_suffix(".map.json")),
            "readable by its owner alone",
            "ticket-bundler 0.1.0",
            "2026-11-23T18:30:00.000Z",
            "Delete bundle, mail and map",
        ):
            assert needed in outcome.out, needed
        assert re.search(r"SHA-256 \| [0-9a-f]{64}", outcome.out)
        assert SECRET not in outcome.out

    def test_sha256_is_the_files_own(self, invoke: Invoke, bundle: Path) -> None:
        from hashlib import sha256

        assert sha256(bundle.read_bytes()).hexdigest() in invoke("preview", bundle, "--summary").out

    def test_json_tells_receiver_and_what_remains(self, invoke: Invoke, bundle: Path) -> None:
        told = json.loads(invoke("preview", bundle, "--summary", "--json").out)
        assert told["receiver"]["address"] == "developer@vippsmobilepay.com"
        assert told["remains"]["payment_id"] is True
        assert "map.json" in told["private_map"]

    def test_lost_map_is_said(self, invoke: Invoke, bundle: Path) -> None:
        bundle.with_suffix(".map.json").unlink()
        assert "No private map lies beside this file" in invoke("preview", bundle, "--summary").out

    def test_secret_that_was_kept_stands_in_it_with_the_reason(self, invoke: Invoke, tmp_path: Path) -> None:
        told = "A secret (token) stays readable on purpose: it was revoked today."
        ticket = safe_ticket(findings=(Finding(code="PRV904", severity="warning", message=told),))
        path = tmp_path / "kept.zip"
        path.write_bytes(build(members(ticket), ticket_id=ticket.ticket_id, tool="ticket-bundler 0.1.0"))
        for argv in (("--summary",), ("--json",), ()):
            out = " ".join(invoke("preview", path, *argv).out.split())
            assert "PRV904" in out
            assert "it was revoked today" in out

    def test_secrets_that_were_kept_beyond_what_one_page_holds_are_counted(
        self, invoke: Invoke, tmp_path: Path
    ) -> None:
        kept = tuple(
            Finding(code="PRV904", severity="warning", message=f"A secret (token) stays readable on purpose: {each}.")
            for each in range(9)
        )
        ticket = safe_ticket(findings=kept)
        path = tmp_path / "kept.zip"
        path.write_bytes(build(members(ticket), ticket_id=ticket.ticket_id, tool="ticket-bundler 0.1.0"))
        assert "- and 3 more, in ticket.json\n" in invoke("preview", path, "--summary").out

    def test_page_of_a_hostile_ticket_stays_one_page_without_markup(self, invoke: Invoke, tmp_path: Path) -> None:
        out = invoke("preview", hostile_bundle(tmp_path), "--summary").out
        assert len(out.splitlines()) <= 60
        assert not re.search(r"(?<!\\)<[a-z/!]", out)


class TestPrivacyReport:
    """``privacy.md``: a member of the bundle, listed in its manifest, and not attached to the mail."""

    def test_lies_in_the_bundle_and_in_its_manifest_and_holds_no_value(self, invoke: Invoke, bundle: Path) -> None:
        values = [entry["value"] for entry in json.loads(bundle.with_suffix(".map.json").read_bytes())["entries"]]
        with zipfile.ZipFile(bundle) as archive:
            report = archive.read("privacy.md").decode()
            manifest = json.loads(archive.read("MANIFEST.json"))
        assert "privacy.md" in {file["name"] for file in manifest["files"]}
        assert "shipped rules, " in report
        assert "| logs/01-payment-service.log | payment-service.log |" in report
        assert not [value for value in values if len(value) > 5 and value in report]
        assert b"privacy.md" not in [
            line for line in bundle.with_suffix(".eml").read_bytes().splitlines() if b"filename" in line
        ]
        assert invoke("verify", bundle).code == invoke("verify", bundle.with_suffix(".eml")).code == ExitCode.FINE

    def test_own_template_goes_before_ours(self, invoke: Invoke, tmp_path: Path) -> None:
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "privacy.md.j2").write_text("ours: {{ tool.rules }}\n", encoding="utf-8")
        files = json.loads(invoke("create", HAR, "--templates", "mine", "--json").out)["files"]
        with zipfile.ZipFile(tmp_path / files["bundle"]) as archive:
            assert archive.read("privacy.md").decode().startswith("ours: ")
