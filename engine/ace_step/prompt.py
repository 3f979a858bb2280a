"""Cuts caption and lyrics to the lengths that the model reads, and encodes them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.ace_step.conditions import Conditions
from engine.ace_step.device_placement import DevicePlacement

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

MAX_TEXT_TOKENS = 256
"""The limit for the caption with instruction and fields around it; later tokens are not read."""
MAX_LYRIC_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class PromptText:
    """The text and fields that the model reads.

    Attributes:
        seconds: length of the music, as given to the model.
        lyric_tokens: length of the lyrics with their header, which come first in the encoded condition.
    """

    caption: str
    lyrics: str
    instruction: str
    seconds: float
    conditions: Conditions
    lyric_tokens: int


class ConditionCache:
    """Keeps the encoded conditions of the last few texts, so that a further variation need not encode them again."""

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._kept: OrderedDict[PromptText, torch.Tensor] = OrderedDict()

    def get(self, text: PromptText, encode: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Return the condition of `text`, from `encode` if it is not in the cache."""
        if text not in self._kept:
            self._kept[text] = encode()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(text)
        return self._kept[text]


def fit_prompt(
    pipe: Pipeline, conditions: Conditions, instruction: str, seconds: float
) -> tuple[PromptText, tuple[str, ...]]:
    """Return caption and lyrics cut to the length that the model reads, and a sentence for each that was too long.

    The fields for tempo and key follow the caption, so a caption that is too long would push them out; therefore the
    caption is cut, at a word, and the lyrics at a line.
    """
    fields = {
        "instruction": instruction,
        "vocal_language": conditions.language,
        "audio_duration": seconds,
        "bpm": conditions.bpm,
        "keyscale": conditions.keyscale,
        "timesignature": conditions.timesignature,
    }

    def count(caption: str, lyrics: str) -> tuple[int, int]:
        texts = pipe._format_prompt(caption, lyrics, **fields)
        return len(pipe.tokenizer(texts[0]).input_ids), len(pipe.tokenizer(texts[1]).input_ids)

    caption = _fit(conditions.caption, " ", MAX_TEXT_TOKENS, lambda text: count(text, "")[0])
    lyrics = _fit(conditions.lyrics, "\n", MAX_LYRIC_TOKENS, lambda text: count("", text)[1])
    notices = []
    if caption != conditions.caption:
        notices.append(f'The description is too long for the model: it read it up to "…{caption[-40:]}".')
    if lyrics != conditions.lyrics:
        lines = lyrics.count("\n") + 1
        notices.append(f"The lyrics are too long for the model: it read the first {lines} lines.")
    text = PromptText(caption, lyrics, instruction, seconds, conditions, count("", lyrics)[1])
    return text, tuple(notices)


def _fit(text: str, separator: str, most: int, count: Callable[[str], int]) -> str:
    """Return the leading parts of `text` that have at most `most` tokens together, at least a piece of the first."""
    if count(text) <= most:
        return text
    parts = text.split(separator) if separator else list(text)
    few, many = 0, len(parts)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if count(separator.join(parts[:middle])) <= most else (few, middle)
    if few:
        return separator.join(parts[:few])
    return _fit(text, "", most, count) if separator else ""


def encode_condition(
    pipe: Pipeline, placement: DevicePlacement, text: PromptText, timbre: torch.Tensor
) -> torch.Tensor:
    """Return the encoded condition [shape=(1, tokens, channels)]: lyrics, then timbre, then text.

    `timbre` [shape=(1, 750, channels)] holds 30 s of latents, whose timbre the music takes on.
    """
    import torch

    with placement.using("text_encoder"):
        caption, caption_mask, lyrics, lyrics_mask = pipe.encode_prompt(
            prompt=text.caption,
            lyrics=text.lyrics,
            device=torch.device(placement.device),
            vocal_language=text.conditions.language,
            audio_duration=text.seconds,
            instruction=text.instruction,
            bpm=text.conditions.bpm,
            keyscale=text.conditions.keyscale,
            timesignature=text.conditions.timesignature,
            max_text_length=MAX_TEXT_TOKENS,
            max_lyric_length=MAX_LYRIC_TOKENS,
        )
    with placement.using("condition_encoder"):
        encoded: Any = pipe.condition_encoder(
            text_hidden_states=caption,
            text_attention_mask=caption_mask,
            lyric_hidden_states=lyrics,
            lyric_attention_mask=lyrics_mask,
            refer_audio_acoustic_hidden_states_packed=timbre,
            refer_audio_order_mask=torch.zeros(1, device=placement.device, dtype=torch.long),
        )
    states: torch.Tensor = encoded[0]
    return states
