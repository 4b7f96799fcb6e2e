"""Tests of what codes say: parsers here are written from the specifications, never from the encoders."""
