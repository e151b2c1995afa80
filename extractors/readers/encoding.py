"""Bytes of a file to its text: UTF-8, or, of XML and HTML, what the file says that it is."""

from __future__ import annotations

import re

from schema.errors import UnreadableDocument

_XML_SAYS = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_HTML_SAYS = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_BOMS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Encodings of text that journals' pages were ever in -> Python's name; anything else a file may claim is not tried.
_TEXTUAL = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-2": "iso8859-2", "iso-8859-15": "iso8859-15",
    "windows-1250": "cp1250", "windows-1251": "cp1251", "koi8-r": "koi8-r", "gb2312": "gb18030", "gbk": "gb18030",
    "gb18030": "gb18030", "big5": "big5", "shift_jis": "shift_jis", "euc-jp": "euc-jp", "euc-kr": "euc-kr",
}  # fmt: skip


_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


def text_of_bytes(data: bytes, source: str, marked_up: bool = False) -> str:
    """Decode a file.

    Parameters
    ----------
    marked_up : whether it is XML or HTML, which may name its encoding; what is valid UTF-8 is read as UTF-8 all the
        same

    Raises
    ------
    UnreadableDocument
        Empty, binary, or not in the encoding that it is read in.

    Examples
    --------
    >>> text_of_bytes('<?xml version="1.0" encoding="ISO-8859-1"?><p>5 µm</p>'.encode("latin-1"), "a.xml", True)[-11:]
    '<p>5 µm</p>'
    """
    if not data.strip():
        raise UnreadableDocument(source, "is empty; give the paper's text")
    for mark, name in _BOMS if marked_up else ():
        if data.startswith(mark):
            return _decoded(data[2:], name, source)
    if b"\0" in data[:65536]:
        raise UnreadableDocument(source, "is a binary file, not text; give the paper's text or Markdown")
    text = _utf8(data, source, marked_up)
    control = len(_CONTROL.findall(text[:65536]))
    if control > len(text[:65536]) * 0.05:
        raise UnreadableDocument(source, "is a binary file, not text; give the paper's text or Markdown")
    return text


def _utf8(data: bytes, source: str, marked_up: bool) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        says = (_XML_SAYS.match(data.lstrip()) or _HTML_SAYS.search(data[:8192])) if marked_up else None
        claimed = says[1].decode("ascii").lower() if says else ""
        if claimed in _TEXTUAL:
            return _decoded(data, _TEXTUAL[claimed], source)
        where = f"byte {error.start} is 0x{data[error.start]:02x}"
        if claimed:
            reason = f"says that it is {claimed.upper()}, but {where}; save it anew as UTF-8"
        else:
            reason = f"is not UTF-8 ({where}); save it as UTF-8, for example: iconv -f latin1 -t utf-8"
        raise UnreadableDocument(source, reason) from error


def _decoded(data: bytes, encoding: str, source: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "cp1252":
            return data.decode("latin-1")  # five bytes are no characters of Windows-1252
        raise UnreadableDocument(
            source, f"says that it is {encoding}, but byte {error.start} is none; save it anew as UTF-8"
        ) from error
