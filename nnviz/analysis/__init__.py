"""What is asked of a network once it has been trained: pure functions of weights and samples."""
