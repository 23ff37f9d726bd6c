"""Where runs execute: a fresh process for each, a fair queue before them (`nnviz.engine.local.LocalEngine`)."""
