from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import EngineUnavailable
from tests.helpers.ace_requests import INFO, quiet_progress, request
from tests.helpers.ace_shelf import make_engine
from tests.helpers.tiny_ace_step import copy_model

torch = pytest.importorskip("torch")


def test_a_model_without_code_modules_makes_music_but_no_covers(
    models_dir: Path, tmp_path: Path, source_file: Path
) -> None:
    import shutil

    copy = copy_model(models_dir / "tiny-turbo", tmp_path / "tiny-turbo")
    shutil.rmtree(copy / "audio_tokenizer")
    shutil.rmtree(copy / "audio_token_detokenizer")
    made = make_engine(INFO, tmp_path)
    assert len(made.generate(request(), quiet_progress)) == 1
    with pytest.raises(EngineUnavailable, match="lacks the modules that cover needs"):
        made.generate(request(task="cover", source_audio=str(source_file)), quiet_progress)
    made.unload()
