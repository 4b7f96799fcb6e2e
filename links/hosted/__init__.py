"""Hosted pages: what a code shows by itself instead of leading elsewhere: a contact, an event or a network."""
