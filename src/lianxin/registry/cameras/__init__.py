"""Cameras (视频点位): a register of video devices; pictures stay with their owners."""
