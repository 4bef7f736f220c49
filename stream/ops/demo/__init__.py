"""The main job on one machine: a broker, the processes, a feed of posts, and what came of it."""
