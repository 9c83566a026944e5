"""Files from strangers: fetched behind a guard, known by what is in them and not by what they are called."""
