"""The ways into the companion: OSC, HTTP, files, MIDI, Link and AbletonOSC, and the desk that they all speak to.

What lives here: a package for each door, which decodes what comes in and reports what comes of it; the desk,
which decides what is done (`studio_desk`); who asked for a job (`requester`); which DAWs are connected
(`connected_daws`); the events between doors (`bus`).
What must not: a decision that one door makes and another does not.
"""
