"""Runs on several machines: `cluster_engine.ClusterEngine` is `LocalEngine` whose processes live on nodes.

A node (`node.Node`, one process a machine) has a zygote and forks a child for each run, as one machine alone does. The
engine keeps its queue, its groups and its listener; only where it would fork, a `ClusterLauncher` gives it a socket
whose other end is relayed to a child on a node: the same messages, both lanes, credit included.

dask.distributed knows which nodes there are (its scheduler is told when one comes or goes) and carries the messages, by
TCP or TLS. It does not run them as its tasks: the fair queue has decided who is next, and a run goes to the node with
the fewest runs for each core among those whose memory has room, of which dask knows nothing. Without a cluster none of
this is imported.

What a failure does:

| | |
|---|---|
| a node's process ends | its runs begin again on other nodes; rows up to the last one told are not told twice |
| the app is killed | the nodes train on and keep what is said; the next app of this home goes on with these runs |
| ... then a node | as above: the app has been told what they started from |
| the network is cut | both ends keep what the other has not heard; within `LOST` seconds nothing has happened |
| ... for longer | as if the node had ended; when it comes back, what it still trains is ended |
| dask's scheduler ends | runs go on, and others begin; nodes look for it until it is there again |
| ... until then | no node can come in, and one that ends counts as gone after `LOST` seconds only |
| another version | the node is refused, in words |
"""
