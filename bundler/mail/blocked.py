"""Endings of files that large mail services refuse, whatever is in them."""

from __future__ import annotations

_GMAIL = """
 ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe hta img ins iso isp jar
 jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct shb sys vb vbe vbs vhd vxd wsc wsf wsh
 xll """
# support.google.com/mail/answer/6590; also where they lie inside of an archive

_OUTLOOK = """
 ade adp app appref-ms asp aspx asx bas bat cdxml cer chm cmd cnt com cpl crt csh der diagcab exe fxp gadget grp hlp hpj
 hta htc inf ins isp its jar jnlp js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz
 mht mhtml msc msh msh1 msh1xml msh2 msh2xml mshxml msi msp mst ops osd pcd pif pl plg prf prg ps1 ps1xml ps2 ps2xml
 psc1 psc2 pssc pst py pyc pyo pyw pyz pyzw reg scf scr sct shb shs tmp udl url vb vbe vbp vbs vhd vhdx vsmacros vsw ws
 wsb wsc wsf wsh xbap xll xnk """
# what Outlook and its web page block unless an administrator says otherwise

_ENDINGS = {"Gmail": frozenset(_GMAIL.split()), "Outlook": frozenset(_OUTLOOK.split())}


def who_refuses(name: str) -> str:
    """Who refuses a file of this name: ``Gmail``, ``Outlook``, ``Gmail and Outlook``, or nothing when nobody does."""
    ending = name.rstrip(". ").rpartition(".")[2].lower()
    return " and ".join(who for who, endings in _ENDINGS.items() if ending in endings)
