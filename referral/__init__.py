"""Who takes up what, and how often: the route card, the referral and the counters.

This room knows no dialogue, no language and no HTTP. It imports nothing of ours.
"""
