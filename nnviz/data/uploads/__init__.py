"""What visitors bring: tables and images, checked before anything is kept."""
