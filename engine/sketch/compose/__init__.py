"""The composer: from a prompt, a key and a meter to notes. Standard library only, exact, the same everywhere.

`grid`, `arc` and `form` lay out time, `harmony` the chords, then the players play: `drums` (and percussion), `bass`,
`comping` (chords and pad), `lead` and `arp`. The pitched parts are composed several times over, section by section,
and the `critic` takes the best. `heard` finds key and chords in what the user gives.
"""

from engine.sketch.compose.compose import compose
from engine.sketch.compose.wishes import Wishes, read_wishes
from engine.sketch.instruments import STEMS

__all__ = ["STEMS", "Wishes", "compose", "read_wishes"]
