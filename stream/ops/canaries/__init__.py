"""Attempts at injection, written for this project, and the canaries that are made of them."""
