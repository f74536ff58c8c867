"""The pure rules of payment terms: when money is taken, and in which currency."""
