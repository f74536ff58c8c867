"""Kamailio: its table of transactions. Its log needs no adapter; a domain reads the text."""
