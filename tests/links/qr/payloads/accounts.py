"""Makes account numbers and references with right check digits, by arithmetic of its own."""

from hypothesis import strategies as st


def with_mod_97(country: str, rest: str) -> str:
    """ISO 7064 MOD 97-10: letters are two digits, the country and two zeros go to the end."""
    number = "".join(str(int(character, 36)) for character in f"{rest}{country}00")
    return f"{country}{98 - int(number) % 97:02}{rest}"


def with_mod_10(digits: str) -> str:
    """Modulo 10, recursive: the table of the Swiss guidelines."""
    carry = 0
    for digit in digits:
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(digit)) % 10]
    return f"{digits}{(10 - carry) % 10}"


def _digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


german_ibans = _digits(18).map(lambda rest: with_mod_97("DE", rest))
swiss_ibans = st.builds("{:05}{}".format, st.integers(0, 29999), _digits(12)).map(lambda rest: with_mod_97("CH", rest))
qr_ibans = st.builds("{}{}".format, st.integers(30000, 31999), _digits(12)).map(lambda rest: with_mod_97("CH", rest))
qr_references = _digits(26).filter(lambda digits: digits.strip("0")).map(with_mod_10)
creditor_references = st.text("0123456789ABCXYZ", min_size=1, max_size=21).map(lambda rest: with_mod_97("RF", rest))


def with_one_digit_wrong(number: str, at: int) -> str:
    """The same number but for one of its digits."""
    places = [place for place, character in enumerate(number) if character.isdigit()]
    place = places[at % len(places)]
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
