"""Pictures: composed here out of type, colour and a background, or asked of a server that has an image model."""
