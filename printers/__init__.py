"""Paper: documents as plain data, ESC/POS, previews, devices and the agent; knows nothing of the house it serves."""
