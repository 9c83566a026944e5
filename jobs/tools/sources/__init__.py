"""Where pictures, videos, sounds and texts come from: one adapter a source, one record for all of them."""
