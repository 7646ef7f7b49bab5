"""What is claimed, from which works, and which test holds it."""
