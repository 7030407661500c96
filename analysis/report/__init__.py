"""The report: one HTML file, drawn section by section."""
