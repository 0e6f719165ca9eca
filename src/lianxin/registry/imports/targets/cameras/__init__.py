"""Cameras (视频点位) from the registers of their owners."""

from .target import CamerasTarget

__all__ = ["CamerasTarget"]
