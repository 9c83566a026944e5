"""YouTube without a key: search, channels, videos and transcripts by yt-dlp, which is imported only where it is called."""
