"""How quickly trained models answer, beside what would be used in emocli's place."""
