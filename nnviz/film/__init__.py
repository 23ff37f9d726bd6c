"""The film of a run as a file, GIF or MP4: its recorded pictures, drawn by Pillow and NumPy without a browser."""
