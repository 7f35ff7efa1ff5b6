"""What developers run: generators and installers; no part of the product."""
