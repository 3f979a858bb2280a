from __future__ import annotations

from engine.models.catalogue import ModelEntry
from engine.models.verify import verify
from tests.helpers.hub.fetching import Fetch
from tests.helpers.hub.server import COMMIT, LocalHub


def test_a_damaged_model_is_repaired_by_fetching_what_is_damaged(
    fetch: Fetch, base: ModelEntry, hub: LocalHub
) -> None:
    vae = "vae/diffusion_pytorch_model.safetensors"
    first = fetch(base)
    data = bytearray((first.folder / vae).read_bytes())
    data[-1] ^= 1
    (first.folder / vae).write_bytes(data)
    hub.requests.clear()
    assert verify(fetch(base), base) == []
    assert [path for path, *_ in hub.requests if path.startswith("/cdn/")] == [
        f"/cdn/tiny/base/resolve/{COMMIT}/{vae}"
    ]
