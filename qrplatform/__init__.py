"""The building: wiring only, imported by nobody."""
