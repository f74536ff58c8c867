"""The pure rules of collecting what is owed."""
