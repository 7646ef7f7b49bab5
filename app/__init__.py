"""The dashboard: settings in, arrays through, figures and a page out."""
