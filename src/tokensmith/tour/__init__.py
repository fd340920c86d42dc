"""The main job, shown: an example service, and a walk through everything it must let in and turn away.

`run.py` starts what is needed, `steps.py` is the list of steps, `notes.py` is the service. Nothing here is needed by
the library, the guard or the server.
"""
