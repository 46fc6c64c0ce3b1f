"""How the house's processes are started, watched and stopped."""
