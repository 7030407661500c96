"""Pages in, rendered and grounded pairs out: the only home of playwright."""
