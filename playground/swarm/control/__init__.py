"""The control API: what a manager answers about the cluster's objects and how it changes them.

It runs on the leader. ``api.ControlApi`` joins the modules, one for each kind of object.
Imported from their modules, not from here: ``wire`` needs some of them while they load.
"""
