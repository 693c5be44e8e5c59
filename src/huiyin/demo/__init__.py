"""The demo: a rehearsal city whose every case was made through the same services that people use.

Words: scenario 演练脚本 (`scenarios/*.yaml`), route 办理路线. Start at `build.py`. All people and matters are invented.
"""
