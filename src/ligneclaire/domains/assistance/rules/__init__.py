"""The pure rules of help: opening hours, outages, complaints."""
