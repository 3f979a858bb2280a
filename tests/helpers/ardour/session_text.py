"""A small session file: one track named drums, and a master bus."""

SESSION = """<?xml version="1.0" encoding="UTF-8"?>
<Session version="7002" name="song" sample-rate="48000" session-range-is-free="1" id-counter="50">
  <Sources/><Regions/><Locations>{location}</Locations>
  <Routes><Route id="7" name="drums"><PresentationInfo order="3" flags="AudioTrack"/></Route>
  <Route id="8" name="Mister"><PresentationInfo order="0" flags="MasterOut"/></Route></Routes>
  <Playlists/><RouteGroups/>
  <TempoMap superclocks-per-second="282240000"><Tempos>
    <Tempo npm="120" note-type="4" type="Tempo::Constant" sclock="0" quarters="0:0" omega="0"/>
  </Tempos><Meters><Meter note-value="4" divisions-per-bar="4" quarters="0:0" bbt="1|1|0"/></Meters></TempoMap>
</Session>
"""
"""`{location}` stands for the markers."""
