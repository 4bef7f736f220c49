"""What another policy set would have made of posts that were published: asked, compared, and told."""
