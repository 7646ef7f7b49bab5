"""The dashboard as it is installed: `app` and `assets` lie in this folder of the wheel.

Names as general as theirs have no place among a person's own packages. They are found here by who
asks for `edgewalk`: its command, and a notebook that shows a run. In a checkout they lie beside it.
"""
