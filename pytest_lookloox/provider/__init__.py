"""The simulated service: a `Request` goes in, a `Response` comes out. Knows no HTTP library."""
