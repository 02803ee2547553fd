"""A sweep as a report: one HTML file, or Markdown."""
