"""An embedded Kubernetes API: enough of it, and truthful enough, to be diagnosed and repaired.

kmock was tried first and does not fit: it counts no resourceVersion, so nothing can conflict, stores
what a dry run only rehearses, merges every patch alike, and knows no callers.
"""
