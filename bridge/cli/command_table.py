"""The commands by need, with examples, and other words for them. The syntax itself is in `arguments`."""

from __future__ import annotations

PROGRAM = "stembridge"

GROUPS: dict[str, tuple[str, ...]] = {
    "Make music": ("demo", "generate", "presets"),
    "Work with your own audio": ("align", "separate"),
    "Play along with your DAW": ("daw", "serve", "midi", "place"),
    "Use neural models": ("models", "engine"),
    "Use another computer": ("keys", "submit"),
    "Look after Stem Bridge": ("doctor", "selftest", "update", "uninstall", "completion", "help"),
}
"""Every command, in the order of need."""

EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": ("demo",),
    "generate": (
        'generate -g "lofi, dusty drums" --bpm 84 --key Am --bars 8 -o idea',
        'generate --preset "Energetic Dance Track" --bars 16 -o dance',
        "generate -g funk --bpm 112 --time-signature 7/8 --bars 4 --seed 7 -o seven",
    ),
    "presets": ('presets "Energetic Dance Track"', "presets mine --save block.json"),
    "align": ("align take.wav --bpm 97.6 --bars 8 -o aligned",),
    "separate": ("separate mix.wav -o stems", "separate mix.wav --gain vocals=-6 -o stems"),
    "daw": ("daw install", "daw status reaper"),
    "serve": ("serve", "serve --osc-port 0 --project songs/one"),
    "midi": ("midi learn generate",),
    "midi ports": ("midi ports",),
    "midi monitor": ("midi monitor --count 10",),
    "midi learn": ("midi learn generate --bars 8", "midi learn set --parameter cfg"),
    "place": ("place take/ --into song.ardour --bar 17",),
    "models": ("models download",),
    "models list": ("models list",),
    "models download": ("models download", "models download htdemucs"),
    "models verify": ("models verify",),
    "models remove": ("models remove htdemucs",),
    "engine": ("engine install",),
    "engine status": ("engine status",),
    "engine install": ("engine install", "engine install --device cpu"),
    "engine repair": ("engine repair",),
    "engine remove": ("engine remove",),
    "keys": ("keys create laptop",),
    "keys create": ("keys create laptop --credits 100",),
    "keys list": ("keys list",),
    "keys revoke": ("keys revoke 1f2e3d4c",),
    "keys credits": ("keys credits 1f2e3d4c unlimited",),
    "submit": ("submit --url http://studio.local:9125 --params block.json -o take",),
    "doctor": ("doctor",),
    "selftest": ("selftest",),
    "update": ("update", "update --check"),
    "uninstall": ("uninstall --dry-run",),
    "completion": ("completion bash > ~/.local/share/bash-completion/completions/stembridge",),
    "help": ("help generate",),
}
"""Words of a command → example lines without the program's name; the first one stands in the list of commands."""

MEANT: dict[str, tuple[str, ...]] = {
    "make": ("generate",),
    "create": ("generate",),
    "compose": ("generate",),
    "split": ("separate",),
    "stems": ("separate", "generate"),
    "warp": ("align",),
    "run": ("serve",),
    "start": ("serve",),
    "install": ("daw install", "download"),
    "download": ("models download",),
    "check": ("doctor",),
    "status": ("doctor",),
    "remove": ("uninstall",),
    "upgrade": ("update",),
    "--prompt": ("--genres",),
    "--style": ("--genres",),
    "--genre": ("--genres",),
    "--tags": ("--genres",),
    "--duration": ("--seconds",),
    "--length": ("--bars",),
    "--measures": ("--bars",),
    "--meter": ("--time-signature",),
    "--timesig": ("--time-signature",),
    "--signature": ("--time-signature",),
    "--output": ("--out",),
    "--count": ("--variations",),
    "--port": ("--osc-port",),
    "--force": ("--yes",),
}
"""Other words for commands and flags, which are not spelled alike → what is meant, the likeliest first."""
