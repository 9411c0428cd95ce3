"""What people send to the pages of the portfolio, checked for shape."""
