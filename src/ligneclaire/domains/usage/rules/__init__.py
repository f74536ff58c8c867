"""The rules of usage: accounting records of internet sessions, suspense, and what a record costs."""
