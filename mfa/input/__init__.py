"""From YAML files to checked records: places kept, units gone."""
