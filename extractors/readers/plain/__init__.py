"""Plain text and Markdown to blocks.

Belongs here: what reads lines of characters, where white space and marks alone tell what they are.
"""
