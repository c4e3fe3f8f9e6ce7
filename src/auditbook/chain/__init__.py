"""Running the notebooks: their order, papermill, clean results. Knows nothing of auditing."""
