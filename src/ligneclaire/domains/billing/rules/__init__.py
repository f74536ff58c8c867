"""The pure rules of invoices: values in, values with their steps out."""
