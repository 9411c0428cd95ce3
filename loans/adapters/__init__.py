"""Where loans come from: one file each."""
