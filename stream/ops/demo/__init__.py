"""The main job on one machine: a broker, the three processes, a feed of posts, and what came of it."""
