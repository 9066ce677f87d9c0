"""Which cluster, namespace and service account a failure is about."""
