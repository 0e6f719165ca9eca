"""Devices that report by themselves (物联设备), the systems they come through, and their readings."""
