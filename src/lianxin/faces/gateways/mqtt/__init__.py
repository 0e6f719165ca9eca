"""MQTT: readings of devices through a broker."""
