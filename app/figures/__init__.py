"""Still figures: arrays in, figure out, one file a panel. What moves is drawn by the page."""
