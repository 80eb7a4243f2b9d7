"""The Model Context Protocol: agents ask. The only package that knows the SDK."""
