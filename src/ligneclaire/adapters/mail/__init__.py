"""Mail by SMTP; without a server the stand-in writes each message into a file (Django's file backend)."""
