"""What was answered: whose words they are, and what the tables of the provider make of them."""
