"""FreeRADIUS: its table of sessions. Its detail files need no adapter; a domain reads their text."""
