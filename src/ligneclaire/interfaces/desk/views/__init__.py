"""The pages of the desk, by subject: parse, one call, render."""
