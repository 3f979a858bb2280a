from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.errors import ModelFault
from engine.models.adopt import adopt
from engine.models.catalogue import ModelEntry, find_entry
from engine.models.installed_models import ModelStore
from tests.helpers.hub.checkpoints import save_diffusers, save_separator

VAE = "vae/diffusion_pytorch_model.safetensors"


def edit_json(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def truncate(folder: Path) -> None:
    with (folder / VAE).open("r+b") as file:
        file.truncate(1000)


def corrupt_header(folder: Path) -> None:
    (folder / VAE).write_bytes(b"\xff" * 8 + (folder / VAE).read_bytes()[8:])


def empty(folder: Path) -> None:
    (folder / VAE).write_bytes(b"")


def lose(folder: Path) -> None:
    (folder / VAE).unlink()


def break_config(folder: Path) -> None:
    (folder / "transformer" / "config.json").write_text("{")


def widen_config(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", hidden_size=2048)


def deepen_config(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", num_hidden_layers=24)


def make_turbo(folder: Path) -> None:
    edit_json(folder / "transformer" / "config.json", is_turbo=True)


def change_class(folder: Path) -> None:
    edit_json(folder / "model_index.json", _class_name="StableAudioPipeline")


def change_vae(folder: Path) -> None:
    edit_json(folder / "vae" / "config.json", sampling_rate=44_100)


def list_nothing(folder: Path) -> None:
    (folder / "model_index.json").write_text("[]")


SPOILT: list[tuple[Callable[[Path], None], str]] = [
    (truncate, VAE),
    (corrupt_header, VAE),
    (empty, VAE),
    (lose, "vae/"),
    (break_config, "transformer/config.json"),
    (widen_config, "transformer"),
    (deepen_config, "24"),
    (make_turbo, "turbo"),
    (change_class, "StableAudioPipeline"),
    (change_vae, "44100"),
    (list_nothing, "model_index.json"),
]


@pytest.mark.parametrize(("spoil", "named"), SPOILT, ids=[spoil.__name__ for spoil, _ in SPOILT])
def test_a_spoilt_folder_is_refused_with_the_file_named(
    base: ModelEntry, source: Path, store: ModelStore, spoil: Callable[[Path], None], named: str
) -> None:
    spoil(source)
    with pytest.raises(ModelFault) as caught:
        adopt(base, source, store)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)
    assert store.find("tiny-base") is None


def test_another_size_of_the_same_model_is_refused(base: ModelEntry, store: ModelStore, tmp_path: Path) -> None:
    larger = save_diffusers(tmp_path / "larger", is_turbo=False, layers=16)
    with pytest.raises(ModelFault, match="is not tiny-base: its weights have"):
        adopt(base, larger, store)


def test_a_separator_that_names_a_foreign_class_is_refused(store: ModelStore, tmp_path: Path) -> None:
    entry = find_entry("tiny-demucs", store.folder)
    with pytest.raises(ModelFault, match="is no Demucs model"):
        adopt(entry, save_separator(tmp_path / "evil", klass="os.system"), store)
