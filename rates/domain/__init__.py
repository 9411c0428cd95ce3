"""What a rate is, when it is believed and when it is too old: plain Python."""
