"""What people do: a file a noun, a method a call of docs/agent-api.md."""
