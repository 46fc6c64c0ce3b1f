#!/usr/bin/env python3
"""Vérifie une archive du journal fiscal, sans le logiciel qui l’a faite : Python 3.9 ou plus récent suffit.

    python3 verifier.py ARCHIVE.zip             empreintes, chaîne, totaux, signatures des clôtures et de la fin
    python3 verifier.py --toutes ARCHIVE.zip    et la signature de chaque ligne (quelques millisecondes par ligne)

Une signature couvre une ligne et, par la chaîne des empreintes, toutes celles qui la précèdent.
Ed25519 : RFC 8032, section 5.1.7. Codes de sortie : 0 tout concorde, 1 une ligne ne tient pas, 2 archive illisible.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from typing import Any

COUNTED = ("sale", "refund")
MONEY = ("sale", "refund", "deposit")

# -- Ed25519, en entiers ----------------------------------------------------------------------------------------------

Point = tuple[int, int, int, int]
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D: int = -121665 * pow(121666, P - 2, P) % P
ROOT: int = pow(2, (P - 1) // 4, P)
BASE_Y: int = 4 * pow(5, P - 2, P) % P


def _x_of(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        raise ValueError("ce n’est pas un point de la courbe")
    return P - x if x & 1 != sign else x


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    x = _x_of(y, sign)
    return x, y, 1, x * y % P


def _add(one: Point, two: Point) -> Point:
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    found = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = _add(found, point)
        point = _add(point, point)
        number >>= 1
    return found


def _same(one: Point, two: Point) -> bool:
    return not ((one[0] * two[2] - two[0] * one[2]) % P or (one[1] * two[2] - two[1] * one[2]) % P)


_BASE_X = _x_of(BASE_Y, 0)
BASE = (_BASE_X, BASE_Y, 1, _BASE_X * BASE_Y % P)


def signature_fits(public: bytes, message: bytes, signature: bytes) -> bool:
    """Dit si une signature Ed25519 correspond au message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        key, nonce = _point(public), _point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return _same(_times(scalar, BASE), _add(nonce, _times(challenge, key)))


# -- l’archive --------------------------------------------------------------------------------------------------------


class Misfit(Exception):
    """Ce qui ne concorde pas, en une phrase."""


def check(condition: bool, sentence: str) -> None:
    """Refuse l’archive avec cette phrase si la condition n’est pas remplie."""
    if not condition:
        raise Misfit(sentence)


def verify(path: str, *, all_signatures: bool = False) -> list[str]:
    """Vérifie une archive et rend les phrases du rapport ; lève Misfit à la première chose qui ne tient pas."""
    with zipfile.ZipFile(path) as archive:
        manifest_text = archive.read("manifeste.json")
        manifest = json.loads(manifest_text)
        keys = {name: bytes.fromhex(key) for name, key in manifest["keys"].items()}
        name, signature = archive.read("manifeste.sig").decode().split()
        message = b"citizen-space fiscal archive " + hashlib.sha256(manifest_text).hexdigest().encode()
        signed = name in keys and signature_fits(keys[name], message, bytes.fromhex(signature))
        check(signed, "la signature du manifeste ne correspond pas")
        said = [f"Archive {manifest['label']}, faite le {manifest['made_at']} par {manifest['software']}."]
        for file, digest in sorted(manifest["files"].items()):
            found = _digest(archive, file)
            check(found == digest, f"{file} : l’empreinte du fichier ne correspond pas")
        chains = [_Chain(register, keys, all_signatures=all_signatures) for register in manifest["registers"]]
        said += [chain.walk(archive) for chain in chains]
    return said


def _digest(archive: zipfile.ZipFile, file: str) -> str:
    digest = hashlib.sha256()
    with archive.open(file) as content:
        for block in iter(lambda: content.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


class _Chain:
    """La chaîne d’une caisse, de la première ligne de l’archive à la dernière."""

    def __init__(self, register: dict[str, Any], keys: dict[str, bytes], *, all_signatures: bool) -> None:
        self.register, self.keys, self.all_signatures = register, keys, all_signatures
        self.number, self.previous = register["first_number"] - 1, register["previous_hash"]
        self.perpetual: int = register["perpetual_before_cents"]
        self.key = ""
        # Ce qui a été encaissé, dans les archives d’avant, les jours qu’elles ne clôturent pas.
        self.days: dict[str, list[int]] = {day: list(sums) for day, sums in register["begun"].items()}
        self.closings = self.rows = 0
        self.pending: tuple[str, dict[str, Any]] | None = None

    def walk(self, archive: zipfile.ZipFile) -> str:
        """Suit la chaîne et rend une phrase."""
        with archive.open(self.register["file"]) as lines:
            for line in lines:
                row = json.loads(line)
                try:
                    self._step(row)
                except (ValueError, KeyError, TypeError):
                    raise Misfit(f"{self._name(self.number + 1)} : la ligne est illisible") from None
        if self.pending:
            self._check_signature(*self.pending)
        register = self.register
        ends = (self.number, self.previous, self.perpetual)
        check(
            ends == (register["last_number"], register["last_hash"], register["perpetual_after_cents"]),
            f"{register['code']} : la chaîne ne finit pas où le manifeste le dit",
        )
        counted = f"{self.rows} lignes, {self.closings} clôtures, total perpétuel {self.perpetual} centimes"
        return f"Caisse {register['code']} : {counted} : tout concorde."

    def _name(self, number: int) -> str:
        return f"{self.register['code']}-{number:06d}"

    def _step(self, row: dict[str, Any]) -> None:
        sealed, name = json.loads(row["text"]), self._name(self.number + 1)
        digest = hashlib.sha256(row["text"].encode()).hexdigest()
        check(sealed["number"] == self.number + 1, f"{name} : un numéro manque ou se répète")
        check(digest == row["hash"], f"{name} : le texte scellé ne correspond plus à son empreinte")
        check(sealed["previous"] == self.previous, f"{name} : la ligne n’est pas liée à la précédente")
        check(sealed["register"] == self.register["code"], f"{name} : la ligne est d’une autre caisse")
        check(sealed["key"] == row["key"] and row["key"] in self.keys, f"{name} : la clé est inconnue")
        check(self.key in ("", row["key"]), f"{name} : la clé n’est plus celle de la caisse")
        self.key = row["key"]
        self.pending = (name, row)
        if self.all_signatures or sealed["kind"] in ("closing", "key"):
            self._check_signature(name, row)
            self.pending = None
        self._count(sealed, name)
        if sealed["kind"] == "key":
            self.key = sealed["content"]["new_key"]
        self.number, self.previous, self.rows = sealed["number"], digest, self.rows + 1

    def _check_signature(self, name: str, row: dict[str, Any]) -> None:
        message = b"citizen-space fiscal row " + row["hash"].encode()
        fits = signature_fits(self.keys[row["key"]], message, bytes.fromhex(row["signature"]))
        check(fits, f"{name} : la signature ne correspond pas")

    def _count(self, sealed: dict[str, Any], name: str) -> None:
        kind, cents, content = sealed["kind"], sealed["gross_cents"], sealed["content"]
        if kind in COUNTED:
            self.perpetual += cents
        check(sealed["perpetual_cents"] == self.perpetual, f"{name} : le total perpétuel n’est pas le bon")
        if kind in MONEY:
            paid = sum(tender["amount_cents"] for tender in content["tenders"])
            taxed = sum(rate["gross_cents"] for rate in content["vat"])
            whole = all(rate["gross_cents"] == rate["net_cents"] + rate["vat_cents"] for rate in content["vat"])
            fits = paid == cents and whole and (kind == "deposit" or taxed == cents)
            check(fits, f"{name} : la TVA et les moyens de paiement ne font pas le total")
            day = self.days.setdefault(sealed["on"], [0, 0, 0])
            day[MONEY.index(kind)] += cents
        if kind == "closing" and content.get("period"):
            self._close(content, name)

    def _close(self, content: dict[str, Any], name: str) -> None:
        self.closings += 1
        if content["period"] != "day":
            return
        counted = self.days.pop(content["label"], [0, 0, 0])
        said = [content["sales_cents"], content["refunds_cents"], content["deposits_cents"]]
        check(counted == said, f"{name} : les totaux de la clôture ne sont pas ceux des lignes")


def main(arguments: list[str]) -> int:
    """Vérifie l’archive nommée et rend le code de sortie."""
    files = [one for one in arguments if one != "--toutes"]
    if len(files) != 1:
        print(__doc__)
        return 2
    try:
        said = verify(files[0], all_signatures="--toutes" in arguments)
    except Misfit as misfit:
        print(f"NON : {misfit}.")
        return 1
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        print(f"Archive illisible : {error}")
        return 2
    print("\n".join(said) + "\nTout concorde.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
