"""Whatever is sent: never an error of ours, always a sentence, and nothing changed."""
