"""The pages of the queue, the opportunities and the portfolio."""
