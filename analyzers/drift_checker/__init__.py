"""What is slowly changing over stored reports."""
