"""WeChat (微信): signatures for its JS-SDK."""
