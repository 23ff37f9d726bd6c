"""Where runs execute: a process for each, a fair queue before them (`nnviz.engine.local.LocalEngine`)."""
