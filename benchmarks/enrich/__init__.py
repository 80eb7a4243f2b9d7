"""How enrich goes about its work: workloads in virtual time, exact, and over real HTTP on this machine."""
