"""What `./run` does before and around the product: its environment, its front end, its commands.

Only the standard library is imported here, because on a fresh machine there is nothing else yet.
"""
