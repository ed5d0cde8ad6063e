"""A login through `social-auth-core`."""

import warnings

# social-auth-core loads python3-openid, and that a deprecated module of defusedxml. It is loaded
# here once, quietly, so that warnings about this website itself may be errors.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import social_core.strategy  # noqa: F401
