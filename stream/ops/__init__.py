"""What operators and trust-and-safety people run: the demo, schemas, later policy tools and evaluation."""
