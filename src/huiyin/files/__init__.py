"""Files: what people attach. Type by content, pictures without their metadata, sealed at rest.

Legal basis: PIPL art. 6 (a photo's place and device are not needed). Start at `services.py`.
"""
