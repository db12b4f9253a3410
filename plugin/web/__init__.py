"""HTTP: the storefront's endpoints, the server API, the owner's pages and the demo shop."""
