"""The second way into Ableton Live: for those who have AbletonOSC and do not want another control surface.

What lives here: a client of AbletonOSC (ports 11000 and 11001) that is a DAW like any other to the companion: it
passes on what AbletonOSC's listeners tell (`state`) over the companion's own OSC, and has takes placed where this
AbletonOSC can (`placing`). `service` runs both over two sockets (`wire`). What must not: a way into the companion
that other DAWs have not, and Live's own API, which our control surface uses.
"""
