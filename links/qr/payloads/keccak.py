"""Keccak-256 as Ethereum uses it, which is SHA-3 before its padding was changed; no standard library has it."""

_RATE = 136  # bytes taken in at a time (FIPS 202, section 4, for a capacity of 512 bits)
_MASK = 2**64 - 1


def keccak_256(message: bytes) -> bytes:
    """The sponge of FIPS 202, algorithm 8, with the padding of the Keccak submission: one bit, zeros, one bit."""
    padded = bytearray(message + bytes(_RATE - len(message) % _RATE))
    padded[len(message)] |= 0x01
    padded[-1] |= 0x80
    lanes = [0] * 25  # lane (x, y) at x + 5 y
    for start in range(0, len(padded), _RATE):
        for lane in range(_RATE // 8):
            at = start + 8 * lane
            lanes[lane] ^= int.from_bytes(padded[at : at + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permuted(lanes: list[int]) -> list[int]:
    """Keccak-f[1600]: 24 rounds of θ, ρ and π, χ and ι (section 3.2)."""
    register = 1
    for _ in range(24):
        lanes = _chi(_rho_and_pi(_theta(lanes)))
        constant, register = _round_constant(register)
        lanes[0] ^= constant
    return lanes


def _theta(lanes: list[int]) -> list[int]:
    columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
    parity = [columns[(x - 1) % 5] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
    return [lane ^ parity[at % 5] for at, lane in enumerate(lanes)]


def _rho_and_pi(lanes: list[int]) -> list[int]:
    moved = [0] * 25
    moved[0] = lanes[0]
    x, y = 1, 0
    for step in range(24):
        rotated = _rotated(lanes[x + 5 * y], (step + 1) * (step + 2) // 2 % 64)
        x, y = y, (2 * x + 3 * y) % 5
        moved[x + 5 * y] = rotated
    return moved


def _chi(lanes: list[int]) -> list[int]:
    return [
        lanes[x + row] ^ (~lanes[(x + 1) % 5 + row] & _MASK & lanes[(x + 2) % 5 + row])
        for row in range(0, 25, 5)
        for x in range(5)
    ]


def _round_constant(register: int) -> tuple[int, int]:
    """ι: bits 2^j - 1 from a shift register (algorithm 5), which goes on where the last round left it."""
    constant = 0
    for j in range(7):
        constant |= (register & 1) << (2**j - 1)
        register = (register << 1) ^ (0x171 if register & 0x80 else 0)
    return constant, register


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK
