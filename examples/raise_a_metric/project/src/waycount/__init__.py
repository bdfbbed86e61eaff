"""A small team of voices counts the ways through walled courtyards."""
