"""One vendor a file: sends what we say in its words, and tells what it reports in ours."""
