"""Audit procedures: one module per family, pure functions, tables in and tables out."""
