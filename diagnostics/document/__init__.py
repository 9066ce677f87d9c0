"""YAML, JSON and HCL as trees in which every value knows where it stands; pure, bounded, without recursion."""
