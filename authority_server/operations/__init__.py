"""What whoever runs the authority sees: options, links, status, backup, logging. Knows no request."""
