"""emocli: recognise emotions in text."""

__version__ = "0.1.0"
