"""How fast Hamraz is, measured on the real thing: real processes, real TLS, real proofs (README.md)."""
