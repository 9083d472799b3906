"""The only training loop, its batches, checkpoints and what it learns from."""
