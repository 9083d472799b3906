"""One file over HTTP: resumed where it was interrupted, and checked against its published sum."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from emocli import __version__, paths
from emocli.data.text_files import hash_of, is_web_page
from emocli.errors import EmocliError
from emocli.reporting import SILENT, Bar, Reporter

_TIMEOUT = 30  # seconds without an answer
_BLOCK = 1 << 16  # bytes
_AGAIN = "run the command again to go on from there"


class _InterruptedError(EmocliError):
    """The connection broke off; what has come is kept."""


@dataclass
class _Transfer:
    """A file on its way: what has come lies beside the target as `.partial`.

    `validator` is the server's mark of the version that has begun to come (its ETag or date), so
    that two versions are never joined.
    """

    address: str
    target: Path
    name: str

    @property
    def partial(self) -> Path:
        return self.target.with_name(f"{self.target.name}.partial")

    @property
    def mark(self) -> Path:
        return self.target.with_name(f"{self.target.name}.partial.json")

    @property
    def size(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    @property
    def validator(self) -> str | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return str(json.loads(self.mark.read_text(encoding="utf-8"))["validator"])
        return None

    def forget(self) -> None:
        """Start again from nothing."""
        self.partial.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)


def fetch(
    address: str, target: Path, sha256: str | None = None, reporter: Reporter = SILENT
) -> None:
    """Fetch `address` into `target`, going on from what an interrupted fetch has left.

    The environment's proxies are used. A connection that breaks off is taken up again as long as
    each attempt brings something.

    Raises:
        EmocliError: no connection, no such address, an answer that is a web page, or another
            checksum than `sha256`; the message says what to do.
    """
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise EmocliError(f"{address}: only http and https addresses are fetched")
    name = urllib.parse.unquote(urllib.parse.urlsplit(address).path.rsplit("/", 1)[-1])
    transfer = _Transfer(address, target, name)
    with paths.writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    resumed = transfer.size > 0
    _transfer_all(transfer, reporter)
    if resumed and sha256 is not None and hash_of(transfer.partial) != sha256:
        # The pieces may come from two versions that the server does not tell apart.
        transfer.forget()
        _transfer_all(transfer, reporter)
    _check(transfer, sha256)
    with paths.writing(target):
        transfer.partial.replace(target)
        transfer.mark.unlink(missing_ok=True)


def _transfer_all(transfer: _Transfer, reporter: Reporter) -> None:
    while True:
        before = transfer.size
        try:
            _transfer_some(transfer, reporter)
            return
        except _InterruptedError:
            if transfer.size <= before:
                raise


def _transfer_some(transfer: _Transfer, reporter: Reporter) -> None:
    response = _open(transfer)
    if response is None:
        return
    with response:
        start = transfer.size if response.status == http.client.PARTIAL_CONTENT else 0
        total = _total(response, start)
        with reporter.progress(f"fetching {transfer.name}", total, "B") as bar:
            bar.advance(start)
            _save(transfer, response, start, bar)
        if total is not None and transfer.size < total:
            raise _interrupted(transfer, f"after {transfer.size:,} of {total:,} bytes")


def _open(transfer: _Transfer) -> Any | None:
    """The server's answer; None where what has come already is all there is."""
    headers = {"User-Agent": f"emocli/{__version__}", "Accept-Encoding": "identity"}
    size, validator = transfer.size, transfer.validator
    if size and validator:
        headers |= {"Range": f"bytes={size}-", "If-Range": validator}
    try:
        request = urllib.request.Request(transfer.address, headers=headers)
        response = urllib.request.build_opener().open(request, timeout=_TIMEOUT)
    except urllib.error.HTTPError as error:
        with error:
            return _refused(transfer, error)
    except (OSError, http.client.HTTPException) as error:
        raise _no_connection(transfer, error) from error
    if response.status == http.client.PARTIAL_CONTENT and _first_byte(response.headers) != size:
        response.close()
        transfer.forget()
        return _open(transfer)
    return response


def _save(transfer: _Transfer, response: Any, start: int, bar: Bar) -> None:
    if start == 0:
        _note_validator(transfer, response.headers)
    with paths.writing(transfer.partial):
        stream = transfer.partial.open("ab" if start else "wb")
    with stream:
        while block := _next_block(transfer, response):
            with paths.writing(transfer.partial):
                stream.write(block)
                stream.flush()
            bar.advance(len(block))


def _next_block(transfer: _Transfer, response: Any) -> bytes:
    try:
        return bytes(response.read(_BLOCK))
    except (OSError, http.client.HTTPException) as error:
        raise _interrupted(transfer, f"({error or type(error).__name__})") from error


def _note_validator(transfer: _Transfer, headers: Message) -> None:
    etag = headers.get("ETag", "")
    validator = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified")
    transfer.forget()
    if validator:
        with paths.whole_file(transfer.mark) as stream:
            json.dump({"validator": validator}, stream)


def _refused(transfer: _Transfer, error: urllib.error.HTTPError) -> Any | None:
    if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and transfer.size:
        whole = (error.headers.get("Content-Range") or "").rpartition("/")[2]
        if whole == str(transfer.size):
            return None
        transfer.forget()
        return _open(transfer)
    reasons = {
        401: "the server asks for a password",
        403: "the server refuses to give it",
        404: "not found; the publisher may have moved it",
        410: "gone; the publisher has withdrawn it",
        429: "the server is asked too often; try again later",
    }
    reason = reasons.get(error.code, f"the server answers: {error.reason}")
    raise EmocliError(f"{transfer.address}: {reason} (HTTP {error.code})")


def _check(transfer: _Transfer, sha256: str | None) -> None:
    found = hash_of(transfer.partial)
    if found == sha256:
        return
    with transfer.partial.open("rb") as stream:
        page = is_web_page(stream.read(512))
    if page:
        transfer.forget()
        raise EmocliError(
            f"{transfer.address}: the server answered with a web page in place of the file; "
            "open the address in a browser to see what it asks for"
        )
    if sha256 is not None:
        transfer.forget()
        raise EmocliError(
            f"{transfer.address}: this is not the published file: its SHA-256 is {found}, "
            f"expected {sha256}; it was damaged on its way, or the publisher has changed it"
        )


def _total(response: Any, start: int) -> int | None:
    length = response.headers.get("Content-Length")
    return start + int(length) if length and length.isdigit() else None


def _first_byte(headers: Message) -> int | None:
    found = re.match(r"bytes (\d+)-", headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _interrupted(transfer: _Transfer, how: str) -> _InterruptedError:
    return _InterruptedError(f"{transfer.address}: the connection broke off {how}; {_AGAIN}")


def _no_connection(transfer: _Transfer, error: Exception) -> EmocliError:
    reason = getattr(error, "reason", error)
    words = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
    host = urllib.parse.urlsplit(transfer.address).netloc
    kept = f"; {transfer.size:,} bytes are kept, {_AGAIN}" if transfer.size else ""
    return EmocliError(
        f"{transfer.address}: no connection to {host} ({words}); "
        f"check the network and the proxy settings{kept}"
    )
