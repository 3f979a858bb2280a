"""The two texts the model reads, cut to what it takes, and what its encoders make of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.ace_step.conditions import Conditions
from engine.ace_step.device_placement import Placing

if TYPE_CHECKING:
    import torch

    from engine.ace_step.pipeline import Pipeline

MAX_TEXT_TOKENS = 256
"""Of the caption with instruction and fields around it; what is behind is not read."""
MAX_LYRIC_TOKENS = 2048


@dataclass(frozen=True, slots=True)
class Words:
    """What the model reads.

    Attributes:
        seconds: the length it is told.
        lyric_tokens: length of the lyrics with their header: the first of the encoded condition.
    """

    caption: str
    lyrics: str
    instruction: str
    seconds: float
    conditions: Conditions
    lyric_tokens: int


class EncodedWords:
    """The encoded conditions of the last few texts: another variation of the same words need not read them again."""

    def __init__(self, most: int = 8) -> None:
        self._most = most
        self._kept: OrderedDict[Words, torch.Tensor] = OrderedDict()

    def get(self, words: Words, encode: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Return the condition of `words`, by `encode` if it is not kept."""
        if words not in self._kept:
            self._kept[words] = encode()
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        self._kept.move_to_end(words)
        return self._kept[words]


def fit_words(
    pipe: Pipeline, conditions: Conditions, instruction: str, seconds: float
) -> tuple[Words, tuple[str, ...]]:
    """Return the words as far as the model reads, and a sentence for each text that was too long.

    The fields for tempo and key stand behind the caption: a caption that is too long would push them out, so it is
    the caption that is cut, at a word, and the lyrics at a line.
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
    words = Words(caption, lyrics, instruction, seconds, conditions, count("", lyrics)[1])
    return words, tuple(notices)


def _fit(text: str, separator: str, most: int, count: Callable[[str], int]) -> str:
    """Return as many of the parts of `text` as have no more than `most` tokens, at least a piece of the first."""
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


def encode_words(pipe: Pipeline, placing: Placing, words: Words, timbre: torch.Tensor) -> torch.Tensor:
    """Return the encoded condition [shape=(1, tokens, channels)]: lyrics, then timbre, then text.

    `timbre` [shape=(1, 750, channels)] are 30 s of latents whose sound is taken.
    """
    import torch

    with placing.using("text_encoder"):
        text, text_mask, lyrics, lyrics_mask = pipe.encode_prompt(
            prompt=words.caption,
            lyrics=words.lyrics,
            device=torch.device(placing.device),
            vocal_language=words.conditions.language,
            audio_duration=words.seconds,
            instruction=words.instruction,
            bpm=words.conditions.bpm,
            keyscale=words.conditions.keyscale,
            timesignature=words.conditions.timesignature,
            max_text_length=MAX_TEXT_TOKENS,
            max_lyric_length=MAX_LYRIC_TOKENS,
        )
    with placing.using("condition_encoder"):
        encoded: Any = pipe.condition_encoder(
            text_hidden_states=text,
            text_attention_mask=text_mask,
            lyric_hidden_states=lyrics,
            lyric_attention_mask=lyrics_mask,
            refer_audio_acoustic_hidden_states_packed=timbre,
            refer_audio_order_mask=torch.zeros(1, device=placing.device, dtype=torch.long),
        )
    states: torch.Tensor = encoded[0]
    return states
