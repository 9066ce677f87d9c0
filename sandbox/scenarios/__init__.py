"""The failures that the sandbox shows, as data: a healthy service account plus what is wrong with it.

One file per scenario; `model.py` says what may stand in it. All of them live side by side in one world.
"""
