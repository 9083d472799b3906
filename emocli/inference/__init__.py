"""Where and how fast a model runs: devices, precision, batches, prediction."""
