"""Languages that pages are composed in, beside English: one module each, which holds `TONGUE`."""
