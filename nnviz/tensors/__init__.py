"""Arrays of any number of axes: which shapes go together and what comes of them, cell by cell; real arrays from 0-D to
5-D; and layers as maps of the plane, up to a stack that unfolds a spiral."""
