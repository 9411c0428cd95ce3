"""What a report's numbers mean and how they are told: weeks, stages, intervals, words. Plain Python."""
