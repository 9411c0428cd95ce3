"""What a message says and when it may be sent: plain Python, no Django, no clock, no I/O."""
