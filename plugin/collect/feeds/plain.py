"""What text do a feed's bytes hold: unpacked, and in whichever encoding it was written?"""

from __future__ import annotations

import codecs
import io
import re
import zlib
from collections.abc import Iterable, Iterator

from plugin.collect.feeds.row import MOST_LINE, MOST_PLAIN, BrokenFeed, Chunks, FeedRefused

GZIP = b"\x1f\x8b"
PART = 1 << 16
SAMPLE = 1 << 18  # bytes from around letters beyond ASCII, by which the encoding is told
HEAD = 4_096
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What an XML declaration may name, as Python calls it (its other codecs give no text), and for
# which of them a wider one is read, as browsers do (WHATWG Encoding).
DECLARABLE = frozenset({
    "ascii", "utf-16", "iso8859-1", "iso8859-2", "iso8859-9", "iso8859-15", "cp1250", "cp1251",
    "cp1252", "cp1254", "koi8-r", "cp949", "cp932", "euc_jp", "gb18030", "big5hkscs",
})  # fmt: skip
WIDER = {
    "euc_kr": "cp949", "shift_jis": "cp932", "gbk": "gb18030", "gb2312": "gb18030",
    "big5": "big5hkscs", "iso8859-1": "cp1252", "ascii": "cp1252",
}  # fmt: skip
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding=["']([A-Za-z0-9._-]{1,40})["']""")
# What text in each encoding is full of: a wrong guess finds other letters, or none.
_USUAL = {
    "utf-8": re.compile(r"[^\x00-\x9f\ufffd]"),
    "cp949": re.compile(r"[\uac00-\ud7a3]"),
    "cp932": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u3001\u3002\uff01-\uff5e]"),
    "euc_jp": re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u3001\u3002\uff01-\uff5e]"),
    "cp1252": re.compile(
        r"(?<=[A-Za-z0-9 ])[\u00a3\u00a9\u00ae\u00b0\u00c0-\u00ff\u20ac](?![\u00a0-\u00ff])"
    ),
}  # fmt: skip
# What only a wrong guess is full of.
_RARE = re.compile(r"[\uff61-\uff9f\ufffd\x80-\x9f\ue000-\uf8ff]")


def unpacked(parts: Iterable[bytes], most: int = MOST_PLAIN) -> Iterator[bytes]:
    """The bytes, unpacked where they are gzip's, in parts of bounded size.

    Raises FeedRefused beyond ``most`` bytes (a small file can unpack to a huge one), BrokenFeed
    where the pack breaks off.
    """
    size = 0
    for part in _plain(iter(parts)):
        size += len(part)
        if size > most:
            raise FeedRefused(f"the feed is larger than {most >> 20} MB once it is unpacked")
        yield part


def _plain(parts: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    for part in parts:
        head += part
        if len(head) >= len(GZIP):
            break
    if not head.startswith(GZIP):
        yield head
        yield from parts
        return
    yield from _gunzip(head, parts)


def _gunzip(head: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    unpack, waiting = zlib.decompressobj(wbits=31), head
    while True:
        try:
            plain = unpack.decompress(waiting, PART)
        except zlib.error as trouble:
            raise BrokenFeed("the gzip pack is damaged") from trouble
        yield plain
        waiting = unpack.unconsumed_tail
        if unpack.eof:
            waiting = unpack.unused_data or next(parts, b"")
            if not waiting.startswith(GZIP[:1]):
                return  # padding behind the last member
            unpack = zlib.decompressobj(wbits=31)
        elif not waiting and len(plain) < PART:
            following = next(parts, None)
            if following is None:
                raise BrokenFeed("the gzip pack breaks off")
            waiting = following


def encoding_of(chunks: Chunks) -> str:
    """The encoding of the feed's text, as Python calls it; reads as far as it must."""
    head, sample = b"", bytearray()
    for part in unpacked(chunks()):
        if len(head) < HEAD:
            head += part[:HEAD]
            told = _told(head)
            if told is not None:
                return told
        if not part.isascii():
            sample += part
        if len(sample) >= SAMPLE:
            break
    return _guessed(bytes(sample)) if sample else "utf-8"


def _told(head: bytes) -> str | None:
    """What the first bytes say themselves; None: nothing."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    if len(head) >= 4 and head[0] and not head[1] and head[2] and not head[3]:
        return "utf-16-le"
    if len(head) >= 4 and not head[0] and head[1] and not head[2] and head[3]:
        return "utf-16-be"
    found = _DECLARED.match(head)
    if found is None or found[1].lower() in (b"utf-8", b"utf8"):
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    name = WIDER.get(name, name)
    return name if name in DECLARABLE else None


def _guessed(sample: bytes) -> str:
    try:
        sample[: len(sample) - 4].decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        return max(_USUAL, key=lambda name: _likely(sample, name))


def _likely(sample: bytes, name: str) -> float:
    """Letters that are usual in an encoding's languages, less those that are not, in all beyond
    ASCII.
    """
    text = sample.decode(name, errors="replace")
    beyond = sum(1 for letter in text if not letter.isascii())
    if not beyond:
        return 0.0
    usual, rare = len(_USUAL[name].findall(text)), len(_RARE.findall(text))
    if name == "cp949":  # outside of EUC-KR's block such syllables are hardly ever written
        usual -= 2 * sum(1 for letter in _USUAL[name].findall(text) if not _in_euc_kr(letter))
    return (usual - 2 * rare) / beyond


def _in_euc_kr(letter: str) -> bool:
    first, *rest = letter.encode("cp949", errors="ignore") or b"\0"
    return first >= 0xA1 and bool(rest) and rest[0] >= 0xA1


def decoded(parts: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The text in parts, lines ending by "\\n"; bytes that mean nothing become U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    decode = io.IncrementalNewlineDecoder(decoder, translate=True)
    try:
        for part in parts:
            yield decode.decode(part)
        yield decode.decode(b"", final=True)
    except UnicodeError as trouble:
        raise BrokenFeed(f"the text is not {encoding}") from trouble


def lines(text: Iterable[str], most: int = MOST_LINE) -> Iterator[str]:
    """The text's lines with their ends; a longer one is cut behind ``most`` letters, which shows.

    What is left out of it is never held.
    """
    held, length = "", 0
    for part in text:
        start = 0
        while start < len(part):
            end = part.find("\n", start) + 1 or len(part)
            if length <= most:
                held += part[start : min(end, start + most + 1 - length)]
            length += end - start
            if part[end - 1] == "\n":
                yield held if length <= most else held + "\n"
                held, length = "", 0
            start = end
    if held:
        yield held
