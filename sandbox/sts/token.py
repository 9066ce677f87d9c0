"""JSON Web Tokens as an API server signs them: made for the embedded one, taken apart and verified for all.

Source: RFC 7515 (JWS), RFC 7517 (JWK), RFC 7518 section 3.3 (RS256); Kubernetes, "Managing Service Accounts".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicNumbers,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 20_000
"""Characters of a token. Source: STS API reference, WebIdentityToken."""


class NoToken(Exception):
    """The text is no JSON Web Token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token taken apart; nothing of it is verified yet."""

    key_id: str
    algorithm: str
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @classmethod
    def parse(cls, text: str) -> Token:
        """Take a token apart.

        Raises:
            NoToken: It is none.
        """
        try:
            head, body, signature = text[: LONGEST + 1].split(".")
            header, claims = json.loads(_bytes(head)), json.loads(_bytes(body))
            if len(text) > LONGEST or not isinstance(header, dict) or not isinstance(claims, dict):
                raise NoToken
            return cls(
                key_id=str(header.get("kid", "")),
                algorithm=str(header.get("alg", "")),
                claims=claims,
                signed=f"{head}.{body}".encode("ascii"),
                signature=_bytes(signature),
            )
        except (ValueError, binascii.Error, RecursionError) as error:
            raise NoToken from error

    def is_signed_by(self, keys: Mapping[str, Any]) -> bool:
        """Whether one of the keys of a JSON Web Key set, the one that is named, signed it by RS256."""
        for key in keys.get("keys", ()):
            if key.get("kid") == self.key_id and self.algorithm == "RS256":
                numbers = RSAPublicNumbers(e=_number(key["e"]), n=_number(key["n"]))
                try:
                    numbers.public_key().verify(self.signature, self.signed, PKCS1v15(), SHA256())
                except InvalidSignature:
                    return False
                return True
        return False


class Signer:
    """Signs tokens with a key that ends with the process."""

    def __init__(self) -> None:
        self._key: RSAPrivateKey = generate_private_key(public_exponent=65_537, key_size=2048)
        numbers = self._key.public_key().public_numbers()
        modulus = numbers.n.to_bytes(256, "big")
        self.key_id = _text(hashlib.sha256(modulus).digest())
        self.keys = {
            "keys": [
                {
                    "use": "sig",
                    "kty": "RSA",
                    "kid": self.key_id,
                    "alg": "RS256",
                    "n": _text(modulus),
                    "e": _text(numbers.e.to_bytes(3, "big")),
                }
            ]
        }

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Make a token of claims."""
        head = _text(json.dumps({"alg": "RS256", "kid": self.key_id}).encode())
        body = _text(json.dumps(claims).encode())
        signed = f"{head}.{body}"
        return f"{signed}.{_text(self._key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text), "big")
