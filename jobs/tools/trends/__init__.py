"""What is worth a video, measured on the videos that research has found: topics, and four numbers about each."""
