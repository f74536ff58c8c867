"""Ligne Claire: the platform that a telecom operator runs its customers on."""
