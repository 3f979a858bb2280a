"""The AbletonOSC door: a way into Ableton Live for users of AbletonOSC who do not want a second control surface.

What lives here: a client of AbletonOSC (ports 11000 and 11001), as a door like any other: it turns what AbletonOSC's
listeners send into a session's state (`state`), and has takes placed where this AbletonOSC can (`placing`), over one
socket (`wire`). What must not: Live's own API, which our control surface uses.
"""
