"""Tables cities keep of how they work: categories, filing standards, responsibilities, staff.

Here because they speak of rooms above the register; the wizard of `registry.imports` brings them in.
"""
