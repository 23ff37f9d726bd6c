"""The web process: settings, routes, the hub and the live socket. Imports neither tensorflow nor keras."""
