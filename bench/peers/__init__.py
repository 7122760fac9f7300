"""What we compare with, each in processes of its own."""
