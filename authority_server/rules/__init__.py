"""Who may be called what, and how often something may be tried. Knows no rows and no connections."""
