"""What people can do, what the page is shown of it, and the one place that builds and joins all parts. Knows neither
HTTP nor Socket.IO."""
