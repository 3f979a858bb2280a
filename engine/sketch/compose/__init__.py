"""The composer: turns a prompt, a key and a meter into notes. Standard library only; same result on every system.

`grid`, `arc` and `form` lay out time, `harmony` the chords; the parts come from `drums` (and percussion), `bass`,
`comping` (chords and pad), `lead` and `arp`. The pitched parts are composed several times, section by section; the
`critic` scores them and `band` keeps the best. `analyse_input` finds key and chords in the user's chords or notes.
"""

from engine.sketch.compose.compose import compose
from engine.sketch.compose.wishes import Wishes, read_wishes
from engine.sketch.instruments import STEMS

__all__ = ["STEMS", "Wishes", "compose", "read_wishes"]
