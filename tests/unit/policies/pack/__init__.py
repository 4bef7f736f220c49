"""Other people's policies in our form."""
