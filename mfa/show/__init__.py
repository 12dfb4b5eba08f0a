"""What people look at: files, pictures, printed answers."""
