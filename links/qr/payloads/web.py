"""Web addresses as a scanner opens them: absolute, http or https, with the host in ASCII."""

from dataclasses import dataclass

from links import destinations
from links.qr.payloads.fields import FieldRefused


@dataclass(frozen=True)
class WebAddress:
    """An address that leads there without this product between; what is encoded is what browsers serialise."""

    address: str

    def __post_init__(self) -> None:
        serialised("address", self.address)

    def encode(self) -> str:
        return serialised("address", self.address)


def serialised(field: str, address: str) -> str:
    """The WHATWG serialisation, and a URI by RFC 3986 section 2 as far as formats around it care.

    Browsers leave a backslash in a query alone, but it is no URI character and cards read it as an escape.
    """
    try:
        return destinations.parse(address).replace("\\", "%5C")
    except destinations.DestinationRefused as refused:
        raise FieldRefused(field, str(refused)) from refused
