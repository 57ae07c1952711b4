"""Tables, formats, sealed bytes on disk, the key file, the data folder. Knows no client and no request."""
