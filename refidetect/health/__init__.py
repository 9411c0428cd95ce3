"""Whether the desk can work: the signs of life, what is late, what a monitoring server reads. Pages and `doctor` ask here."""
