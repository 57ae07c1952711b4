"""How bytes lie on this disk: the encrypted database, its formats and upgrades, its key file, the data folder. Knows no
message and no network."""
