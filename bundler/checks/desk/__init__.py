"""What the people who answer want: the ask-list, the kind of problem, the right desk, the verdict."""
