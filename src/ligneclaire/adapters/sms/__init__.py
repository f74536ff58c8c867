"""SMS: a gateway by SMPP or HTTP, or a folder where a person can read what would be sent."""
