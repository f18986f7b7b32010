"""What happened to the payment over time: its states, what may be done once, times, rates, deliveries."""
