"""What files may say, as pydantic models, and the faults of what they must not."""
