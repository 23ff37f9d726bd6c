"""How quick this installation is: waits, frames, training beside its peers. Numbers; printing is the command line's."""
