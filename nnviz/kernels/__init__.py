"""A kernel SVM on points of the plane: its picture while the numbers are turned, and the search for good ones."""
