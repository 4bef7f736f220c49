"""What each process does to one event, against the ports. Independent of each other and of the runners."""
