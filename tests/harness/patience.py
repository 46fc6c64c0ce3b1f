"""How long a test waits for somebody else."""

# On a machine that has much else to do, everything comes late. This ends a hang, and decides nothing else: a test that
# is right only within a few seconds is mended by a barrier or an event at the decisive point.
PATIENCE_SECONDS = 120.0
