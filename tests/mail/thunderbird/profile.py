"""A profile of Thunderbird as somebody has it who has used it for a while: one account, and nothing to be asked."""

from __future__ import annotations

import json
from pathlib import Path

from tests.evidence.object_servers import free_port

USER, NAME = "dev@example.test", "Søren Ågård"
FOLDERS = "mailbox://nobody@Local%20Folders"


def settings(smtp: int, imap: int | None) -> dict[str, str | int | bool]:
    """By the names of ``about:config``; mail leaves by a server without TLS on the port ``smtp`` of this machine.

    The mailbox is that of ``imap``, another such server, whose password is asked for. Without one the account fetches
    by POP3 from a port where nobody listens, and never tries to: with nothing but local folders Thunderbird opens no
    window to write in.
    """
    accounts: dict[str, str | int | bool] = {
        "mail.accountmanager.accounts": "account1,account2",
        "mail.accountmanager.defaultaccount": "account2",
        "mail.accountmanager.localfoldersserver": "server1",
        "mail.account.account1.server": "server1",
        "mail.account.account2.server": "server2",
        "mail.account.account2.identities": "id1",
        "mail.server.server1.type": "none",
        "mail.server.server1.name": "Local Folders",
        "mail.server.server1.hostname": "Local Folders",
        "mail.server.server1.userName": "nobody",
        "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
        "mail.server.server2.type": "imap" if imap else "pop3",
        "mail.server.server2.name": USER,
        "mail.server.server2.hostname": "127.0.0.1",
        "mail.server.server2.port": imap or free_port(),
        "mail.server.server2.userName": USER,
        "mail.server.server2.socketType": 0,
        "mail.server.server2.authMethod": 3,  # a password
        "mail.server.server2.using_subscription": False,
        "mail.server.server2.login_at_startup": bool(imap),
        "mail.server.server2.check_new_mail": False,
        "mail.server.server2.directory-rel": "[ProfD]Mail/box",
        "mail.identity.id1.fullName": NAME,
        "mail.identity.id1.useremail": USER,
        "mail.identity.id1.smtpServer": "smtp1",
        "mail.identity.id1.valid": True,
        "mail.identity.id1.fcc_folder": f"{FOLDERS}/Sent",
        "mail.identity.id1.draft_folder": f"{FOLDERS}/Drafts",
        "mail.smtpservers": "smtp1",
        "mail.smtp.defaultserver": "smtp1",
        "mail.smtpserver.smtp1.hostname": "127.0.0.1",
        "mail.smtpserver.smtp1.port": smtp,
        "mail.smtpserver.smtp1.authMethod": 1,
        "mail.smtpserver.smtp1.try_ssl": 0,
    }
    return accounts | {
        "mail.warn_on_send_accel_key": False,
        "mailnews.start_page.enabled": False,
        "mail.provider.suppress_dialog_on_startup": True,
        "mail.shell.checkDefaultClient": False,
        "mail.spotlight.firstRunDone": True,
        "mail.rights.version": 1,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.update.auto": False,
        "app.donation.eoy.version.viewed": 9999,
    }


def make_profile(home: Path, smtp: int, imap: int | None = None) -> Path:
    """The profile that Thunderbird takes by itself in this home folder, with ``settings``."""
    root = home / ".thunderbird"
    profile = root / "desk"
    profile.mkdir(parents=True)
    (root / "profiles.ini").write_text(
        "[General]\nStartWithLastProfile=1\nVersion=2\n\n[Profile0]\nName=desk\nIsRelative=1\nPath=desk\nDefault=1\n"
    )
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings(smtp, imap).items())
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    return profile
