"""What moves an indicator: shares of its variance, what to find out next, derivatives, ranges, designs."""
