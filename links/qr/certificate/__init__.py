"""How well a styled code scans, measured before it is printed: contrast, geometry, error budget, read-back, margins."""
