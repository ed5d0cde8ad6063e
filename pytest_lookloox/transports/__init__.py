"""The ways in: each carries requests to a handler, `Request -> Response`, and knows no more."""
