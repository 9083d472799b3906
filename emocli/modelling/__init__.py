"""Labels, tensors, tokenizers, word vectors and the contract of a model."""
