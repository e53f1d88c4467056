"""Raft consensus over abstract messages: no clock, network or disk, after etcd/raft.

``node.RaftNode`` is one member, ``storage.Storage`` its disk.
"""
