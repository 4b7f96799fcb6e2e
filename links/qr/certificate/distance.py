"""From how far away a print scans, and how large it has to be.

A phone's camera tells modules apart up to 250 times their width away (DESIGN's measured rule of thumb).
"""

MODULES_AWAY = 250


def scans_from(module_mm: float) -> float:
    """The largest distance in metres for a module's width in millimetres; raises ValueError for no width."""
    if not module_mm > 0:
        raise ValueError(f"module_mm: use a width above 0 mm; this is {module_mm}.")
    return module_mm * MODULES_AWAY / 1000


def module_mm(distance: float) -> float:
    """The smallest module's width in millimetres for a distance in metres; raises ValueError for no distance."""
    if not distance > 0:
        raise ValueError(f"distance: use one above 0 m; this is {distance}.")
    return distance * 1000 / MODULES_AWAY
