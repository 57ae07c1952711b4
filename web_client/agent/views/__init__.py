"""How rows look to the page: the shapes of docs/agent-api.md."""
