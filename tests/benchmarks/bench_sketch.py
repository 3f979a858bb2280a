"""Measures the sketch engine against its goals: `python tests/benchmarks/bench_sketch.py`. Prints one JSON document.

- first: a new process, from nothing to 8 bars of 5 stems, mix and MIDI on disk;
- 8 and 64 bars: the same in a warm process, best and median of 5 runs with different seeds;
- anchor: where Debian's `mma` and `fluidsynth` are installed, MMA's own funk groove over the same 8 bars, turned into
  one stereo file by FluidSynth, alternating with ours (separate programs, only measured), once as it is and once with
  its tracks as stems, as in our takes.

Wall time; the machine should be idle.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import mido
import soundfile

from bridge.takes.midi_timing import MidiGrid
from bridge.takes.midifile import midi_parts, write_midi, write_song
from engine.contract import Engine, GenerationRequest
from engine.music import Key, Meter, TempoMap
from engine.registry import create

STEMS = ("drums", "bass", "chords", "pad", "lead")
RATE, BPM, METER = 48_000, 120.0, Meter(4, 4)
GOALS_S = {"first": 3.0, "8_bars": 0.8, "64_bars": 4.0}
FONTS = ("/usr/share/sounds/sf2/TimGM6mb.sf2", "/usr/share/sounds/sf2/default-GM.sf2")
MMA = "Tempo 120\nTimeSig 4 4\nGroove BVFunk\n" + "\n".join(f"{bar} Em" for bar in range(1, 9)) + "\n"


def take(engine: Engine, bars: int, seed: int, folder: Path) -> float:
    """Make a take of `bars` bars of funk on disk; return the seconds it took."""
    started = time.perf_counter()
    length = Fraction(bars) * METER.bar_beats
    request = GenerationRequest(
        "funk", Key.parse("Em"), METER, TempoMap.constant(BPM), length, RATE, seed, stems=STEMS
    )
    made = engine.generate(request, lambda _phase, _share: None)[0]
    audio = [*((stem.name, stem.audio) for stem in made.stems), ("mix", made.mix)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda entry: soundfile.write(folder / f"{entry[0]}.wav", entry[1], RATE, "PCM_24"), audio))
    grid = MidiGrid(request.tempo_map, [(Fraction(0), METER)], length, made.key)
    parts = [part for part in midi_parts(made.stems) if part is not None]
    for part in parts:
        write_midi(folder / f"{part.name}.mid", part, grid)
    write_song(folder / "song.mid", "funk", parts, grid)
    return time.perf_counter() - started


def anchor(folder: Path, as_stems: bool) -> float | None:
    """Let MMA and FluidSynth make 8 bars; return the seconds it took, or None where they are missing.

    With `as_stems` every track of the song is rendered too, two at a time, like our stems.
    """
    font = next((font for font in FONTS if Path(font).exists()), None)
    if font is None or not shutil.which("mma") or not shutil.which("fluidsynth"):
        return None
    song = folder / "song.mma"
    song.write_text(MMA)
    started = time.perf_counter()
    subprocess.run(["mma", "-f", str(folder / "song.mid"), str(song)], check=True, capture_output=True)
    songs = [folder / "song.mid", *(_tracks(folder / "song.mid") if as_stems else ())]

    def play(song: Path) -> None:
        command = ["fluidsynth", "-ni", "-r", str(RATE), "-F", str(song.with_suffix(".wav")), font, str(song)]
        subprocess.run(command, check=True, capture_output=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(play, songs))
    return time.perf_counter() - started


def _tracks(song: Path) -> list[Path]:
    """Write each track of `song` that has notes to a separate file, with the tempo track."""
    whole = mido.MidiFile(song)
    files = []
    for number, track in enumerate(whole.tracks[1:]):
        if any(message.type == "note_on" for message in track):
            alone = mido.MidiFile(ticks_per_beat=whole.ticks_per_beat, tracks=[whole.tracks[0], track])
            files.append(song.with_name(f"track{number}.mid"))
            alone.save(files[-1])
    return files


def first() -> float:
    """Return the seconds that a new process takes for its first take."""
    started = time.perf_counter()
    subprocess.run([sys.executable, __file__, "--once"], check=True)
    return time.perf_counter() - started


def _summary(times_s: list[float], music_s: float) -> dict[str, float]:
    median_s = statistics.median(times_s)
    return {
        "median_s": round(median_s, 3),
        "best_s": round(min(times_s), 3),
        "times_real_time": round(music_s / median_s, 1),
    }


def main() -> None:
    """Measure and print."""
    engine = create("sketch")
    engine.load(lambda _phase, _share: None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "--once" in sys.argv:
            take(engine, 8, 0, folder)
            return
        result: dict[str, object] = {"goals_s": GOALS_S, "first_s": round(first(), 3)}
        take(engine, 8, 0, folder)
        ours, stereo, stems = [], [], []
        for seed in range(1, 6):
            ours.append(take(engine, 8, seed, folder))
            stereo.append(anchor(folder, as_stems=False))
            stems.append(anchor(folder, as_stems=True))
        result["8_bars"] = _summary(ours, 16.0)
        for label, theirs in (("stereo_only", stereo), ("with_stems", stems)):
            there = [seconds for seconds in theirs if seconds is not None]
            result[f"mma_fluidsynth_8_bars_{label}"] = _summary(there, 16.0) if there else "not installed"
        result["64_bars"] = _summary([take(engine, 64, seed, folder) for seed in range(1, 6)], 128.0)
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
