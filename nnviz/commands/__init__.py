"""The commands beside `serve`, one a module. Each imports what it needs when it runs: `nnviz --help` waits for none."""
