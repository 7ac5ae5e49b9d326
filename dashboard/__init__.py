"""What people look at; reads the store, and files requests there."""
