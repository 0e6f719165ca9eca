"""Alarms (告警): what devices call for, by rules that are data; one open alarm for each device and fault."""
