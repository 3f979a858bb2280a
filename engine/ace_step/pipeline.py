"""The parts of diffusers' `AceStepPipeline` in use, for type checkers, which see no attributes in the class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import torch


class Pipeline(Protocol):
    """An ACE-Step 1.5 pipeline with its six models."""

    vae: Any
    text_encoder: Any
    tokenizer: Any
    transformer: Any
    condition_encoder: Any
    audio_tokenizer: Any
    audio_token_detokenizer: Any

    @property
    def components(self) -> Mapping[str, Any]:
        """All models, the tokenizer and the scheduler by name."""

    def encode_prompt(
        self,
        **arguments: Any,  # noqa: ANN401
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return text states and mask, lyric states and mask."""

    def _format_prompt(self, prompt: str, lyrics: str, **fields: Any) -> tuple[str, str]: ...  # noqa: ANN401

    def _build_chunk_mask(self, **arguments: Any) -> torch.Tensor: ...  # noqa: ANN401

    def _get_task_instruction(self, task: str, track: str | None, classes: list[str]) -> str: ...
