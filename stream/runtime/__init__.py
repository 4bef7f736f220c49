"""The two runners: how records become work and work becomes records. They know nothing of moderation."""
