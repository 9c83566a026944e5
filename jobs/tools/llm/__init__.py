"""Language models: a thin interface of our own over pydantic-ai, which is imported only where a model is called."""
