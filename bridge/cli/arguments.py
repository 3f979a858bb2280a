"""The syntax of the command line. Values of the parameter block stay text here; the block's own table checks them."""

from __future__ import annotations

import argparse

from bridge import __version__
from bridge.cli.command_table import PROGRAM
from bridge.cli.parser import VERBOSE, Parser

BLOCK_FLAGS: dict[str, tuple[str, str, str]] = {
    "--genres": ("genres", "TEXT", "styles, instruments, mood"),
    "--lyrics": ("lyrics", "FILE|TEXT", "a text file, or the words themselves"),
    "--tempo": ("tempo", "BPM", "quarter notes per minute, 20–400"),
    "--time-signature": ("time_signature", "N/D", "like 7/8"),
    "--key": ("key", "KEY", "like “E minor” or Em"),
    "--bars": ("bars", "N", "length in bars"),
    "--seconds": ("output_seconds", "S", "length in seconds, 10–240; ends on the nearest bar"),
    "--ending": ("ending", "loop|end", "loop without a seam, or end with a last chord"),
    "--seed": ("seed", "N", "same seed, same music"),
    "--steps": ("steps", "N", "1–150; by default the model's own"),
    "--cfg": ("cfg", "X", "1–15"),
    "--lyrics-strength": ("lyrics_strength", "X", "0.1–10"),
    "--shift": ("shift", "X", "0–10, the sampler's timestep shift"),
    "--pitch-shift": ("pitch_shift", "SEMITONES", "−12–12"),
    "--language": ("language", "CODE", "of the lyrics"),
    "--stems": ("stems", "A,B", "which stems, or auto"),
    "--variations": ("variations", "N", "1–8"),
    "--preset": ("preset", "NAME", "see `stembridge presets`"),
    "--engine": ("engine", "E", "auto, sketch, ace-step or remote"),
    "--model": ("model", "M", "the engine's model"),
    "--sample-rate": ("sample_rate", "HZ", "default 48000"),
    "--bit-depth": ("bit_depth", "16|24|float", "default 24"),
}
"""Maps each block flag of `generate` to its key of the parameter block, its placeholder and its help text."""

ALIASES = {"--genres": ("-g",), "--tempo": ("--bpm",)}
"""Shorter, or more usual, names of block flags."""

FILES, OTHER_FLAGS = "the files", "the engine"
FLAG_GROUPS = {
    "the music": (
        "--genres",
        "--lyrics",
        "--tempo",
        "--time-signature",
        "--key",
        "--bars",
        "--seconds",
        "--ending",
        "--preset",
        "--pitch-shift",
    ),
    "the takes": ("--seed", "--variations", "--stems"),
    FILES: ("--sample-rate", "--bit-depth"),
}
"""Groups of `generate`'s help → the block flags in them; all others are in `OTHER_FLAGS`."""

METER_MAP = 'JSON file with meter changes: a list of {"bar", "time_signature"}'
TEMPO_MAP = 'JSON file with tempo changes: a list of {"beat", "bpm", "ramp"}'
OWN_RATE = "default: the file's own"

MIDI_ACTIONS = ("generate", "regenerate", "again", "cancel", "accept", "next_variation", "set")
"""The actions of a pad: a copy of those in `bridge.doors.midi.actions`, which `--help` must not load."""

SHELLS = ("bash", "zsh", "fish", "powershell")
"""The shells that `completion` writes a script for."""

MAX_DIGITS = 9
"""The longest port number that is parsed at all."""


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog=PROGRAM,
        description="Tempo-aligned stems for your DAW. Without a command it opens the window.",
        epilog=f"`{PROGRAM} help COMMAND` says everything about one of them.",
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true", help=VERBOSE)
    parser.add_argument("--in-background", action="store_true", help="the window waits in the tray, or minimised")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _add_serve(commands)
    _add_generate(commands)
    demo = commands.add_parser("demo", help="make eight bars of funk, to hear that everything works")
    demo.add_argument("--project", metavar="DIR", help="project folder for the take (default: ./stembridge-demo)")
    _add_json(demo, "the take's manifest")
    presets = commands.add_parser("presets", help="list the presets, or show one as a parameter block")
    presets.add_argument("name", nargs="?", metavar="NAME", help="the preset to show, or to save")
    presets.add_argument("--save", metavar="BLOCK.json", help="keep this block as your own preset NAME")
    _add_json(presets, "the presets, or the one")
    _add_align(commands)
    _add_separate(commands)
    _add_place(commands)
    _add_keys(commands)
    _add_submit(commands)
    _add_models(commands)
    _add_daw(commands)
    _add_midi(commands)
    doctor = commands.add_parser("doctor", help="check this installation and say what is missing")
    _add_json(doctor, "all findings")
    selftest = commands.add_parser("selftest", help="try out this installation: OSC, a take, the player, the window")
    _add_json(selftest, "all checks")
    _add_engine(commands)
    _add_update(commands)
    _add_uninstall(commands)
    _add_completion(commands)
    help_ = commands.add_parser("help", help="show the help of a command")
    help_.add_argument("words_of_command", nargs="*", metavar="COMMAND", help="like generate, or models download")
    parser.describe()
    return parser


def _add_json(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--json", action="store_true", help=f"print {what} as JSON, and nothing else on stdout")


def _add_out(parser: argparse._ActionsContainer, what: str) -> None:
    parser.add_argument("-o", "--out", required=True, metavar="DIR", help=f"folder for the {what}; made if missing")


def _add_block_flag(parser: argparse._ActionsContainer, flag: str, text: str = "") -> None:
    key, metavar, usual = BLOCK_FLAGS[flag]
    names = sorted((*ALIASES.get(flag, ()), flag), key=lambda name: (name.startswith("--"), name != flag))
    parser.add_argument(*names, dest=f"block_{key}", metavar=metavar, help=text or usual)


def _add_serve(commands: argparse._SubParsersAction[Parser]) -> None:
    serve = commands.add_parser("serve", help="run the companion without a window")
    serve.add_argument("--osc-port", type=_port, metavar="N", help="default 9124; 0 picks a free one")
    serve.add_argument("--http-port", type=_port, metavar="N", help="default 9125; 0 picks a free one")
    serve.add_argument("--host", metavar="ADDR", help="address to listen on (default 127.0.0.1)")
    serve.add_argument("--project", metavar="DIR", help="project folder for clients that name none")
    serve.add_argument("--engine", metavar="E", help="auto, sketch, ace-step or remote")


def _add_generate(commands: argparse._SubParsersAction[Parser]) -> None:
    generate = commands.add_parser("generate", help="make stems in your style, tempo and key, into a folder")
    groups = {title: generate.add_argument_group(title) for title in (*FLAG_GROUPS, OTHER_FLAGS)}
    for flag in BLOCK_FLAGS:
        title = next((title for title, flags in FLAG_GROUPS.items() if flag in flags), OTHER_FLAGS)
        _add_block_flag(groups[title], flag)
    groups["the music"].add_argument(
        "--exact-seconds", action="store_true", help="keep --seconds even if it ends within a bar"
    )
    groups["the music"].add_argument("--tempo-map", metavar="FILE", help=TEMPO_MAP)
    groups["the music"].add_argument("--meter-map", metavar="FILE", help=METER_MAP)
    groups["the music"].add_argument(
        "--project", metavar="DIR", help="take tempo, meter and key from the Live set in this folder"
    )
    groups["the music"].add_argument(
        "--start-beat", type=float, default=0.0, metavar="BEAT", help="where the take belongs"
    )
    _add_out(groups[FILES], "take")
    groups[FILES].add_argument("--params", metavar="BLOCK.json", help="a parameter block; flags win over it")
    groups[FILES].add_argument(
        "--rpp", action="store_true", help="also write take.rpp, a REAPER project, beside the take"
    )
    _add_json(generate, "the manifest")


ALIGN_FLAGS = ("--tempo", "--time-signature", "--bars", "--pitch-shift", "--sample-rate", "--bit-depth")


def _add_align(commands: argparse._SubParsersAction[Parser]) -> None:
    align = commands.add_parser("align", help="put audio of your own on the grid, and measure how well it fits")
    align.add_argument("files", nargs="+", metavar="IN.wav", help="a mix, or the stems of one piece")
    for flag in ALIGN_FLAGS:
        _add_block_flag(align, flag, OWN_RATE if flag == "--sample-rate" else "")
    align.add_argument("--tempo-map", metavar="FILE", help=TEMPO_MAP)
    align.add_argument("--meter-map", metavar="FILE", help=METER_MAP)
    align.add_argument("--source-tempo", type=float, metavar="BPM", help="about the tempo it has now, if another one")
    align.add_argument("--start-beat", type=float, default=0.0, metavar="BEAT", help="where the take belongs")
    align.add_argument("--one-shot", action="store_true", help="let it end and ring out, instead of looping")
    _add_out(align, "take")
    align.add_argument("--plot", action="store_true", help="write alignment.png beside it")
    _add_json(align, "the manifest")


def _add_separate(commands: argparse._SubParsersAction[Parser]) -> None:
    separate = commands.add_parser("separate", help="split a mix into stems that add up to it")
    separate.add_argument("file", metavar="IN.wav")
    separate.add_argument("--model", default="", metavar="M", help="htdemucs (4 stems) or htdemucs_6s")
    separate.add_argument(
        "--gain", action="append", default=[], metavar="STEM=DB", help="turn a stem up or down, as vocals=-6"
    )
    _add_block_flag(separate, "--bit-depth")
    separate.add_argument("--yes", action="store_true", help="do not ask before installing what it needs")
    _add_out(separate, "stems")
    _add_json(separate, "the report")


def _add_place(commands: argparse._SubParsersAction[Parser]) -> None:
    place = commands.add_parser("place", help="put a take into an Ardour session that is closed")
    place.add_argument("take", metavar="TAKE", help="a take's folder, or its manifest.json")
    place.add_argument("--into", required=True, metavar="SESSION.ardour", help="the session; its old state is kept")
    place.add_argument("--bar", type=int, metavar="N", help="the bar it begins at; by default where it was made for")
    _add_json(place, "what was done")


def _add_keys(commands: argparse._SubParsersAction[Parser]) -> None:
    keys = commands.add_parser("keys", help="API keys for other machines")
    actions = keys.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    create = actions.add_parser("create", help="make a key and show it, once")
    create.add_argument("name", metavar="NAME", help="whose, or what for")
    create.add_argument("--credits", type=int, metavar="N", help="how many takes it is good for (default: no limit)")
    create.add_argument("--rate", type=int, default=120, metavar="N", help="requests a minute (default 120)")
    listing = actions.add_parser("list", help="show all keys, not the keys themselves")
    revoke = actions.add_parser("revoke", help="make a key useless")
    revoke.add_argument("id", metavar="ID")
    credits = actions.add_parser("credits", help="set a key's balance")
    credits.add_argument("id", metavar="ID")
    credits.add_argument("balance", metavar="N|unlimited")
    for action in (create, listing, revoke, credits):
        _add_json(action, "the result")


def _add_submit(commands: argparse._SubParsersAction[Parser]) -> None:
    submit = commands.add_parser("submit", help="have another companion make it, and fetch the take")
    submit.add_argument("--url", required=True, metavar="URL", help="like http://studio.local:9125")
    submit.add_argument("--key", metavar="KEY", help="its API key (default: $STEMBRIDGE_KEY)")
    submit.add_argument("--params", required=True, metavar="BLOCK.json", help="the parameter block")
    _add_out(submit, "take")
    _add_json(submit, "the manifest")


def _add_models(commands: argparse._SubParsersAction[Parser]) -> None:
    models = commands.add_parser("models", help="the neural models: list, download, verify, remove")
    actions = models.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)
    helps = {
        "list": "show all models, or one",
        "download": "fetch one; without a name the one that suits this machine",
        "verify": "check every file of one, or of all that are installed",
        "remove": "delete one",
    }
    for action, text in helps.items():
        parser = actions.add_parser(action, help=text)
        parser.add_argument("name", nargs=None if action == "remove" else "?", metavar="NAME")
        _add_json(parser, "the result")
        if action == "download":
            parser.add_argument("--yes", action="store_true", help="do not ask before fetching it, or what it needs")
            parser.add_argument(
                "--from", dest="source", metavar="DIR", help="take the files from this folder instead"
            )


def _add_engine(commands: argparse._SubParsersAction[Parser]) -> None:
    engine = commands.add_parser("engine", help="the environment that neural models run in: torch and its libraries")
    actions = engine.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)
    helps = {
        "status": "is it there, is it whole, does it fit this machine",
        "install": "make it, or go on where an earlier try has ended",
        "repair": "mend what is damaged or no longer fits",
        "remove": "delete it",
    }
    for action, text in helps.items():
        parser = actions.add_parser(action, help=text)
        _add_json(parser, "the result")
        if action != "remove":
            parser.add_argument(
                "--device", default="", metavar="D", help="auto, cuda, rocm, mps or cpu: which build of torch"
            )


def _add_daw(commands: argparse._SubParsersAction[Parser]) -> None:
    daw = commands.add_parser("daw", help="put Stem Bridge's scripts into your DAW, or take them out")
    daw.add_argument(
        "action",
        metavar="ACTION",
        choices=("list", "install", "uninstall", "status"),
        help="list, install, uninstall or status",
    )
    daw.add_argument(
        "name",
        nargs="?",
        metavar="DAW",
        help="see `stembridge daw list`; without it, install takes every one found here",
    )
    daw.add_argument("--dest", metavar="DIR", help="the DAW's own folder, if it is not at its usual place")
    _add_json(daw, "the result")


def _add_midi(commands: argparse._SubParsersAction[Parser]) -> None:
    midi = commands.add_parser("midi", help="MIDI: the ports, what comes in, learning a pad")
    actions = midi.add_subparsers(dest="action", metavar="ACTION", parser_class=Parser, required=True)
    ports = actions.add_parser("ports", help="list the ports")
    monitor = actions.add_parser("monitor", help="show what comes in, until interrupted")
    monitor.add_argument("--count", type=int, default=0, metavar="N", help="end after N messages")
    learn = actions.add_parser("learn", help="press a pad, and it does ACTION from then on")
    learn.add_argument("of", metavar="ACTION", choices=MIDI_ACTIONS, help=", ".join(MIDI_ACTIONS))
    learn.add_argument("--parameter", metavar="NAME", help="what the action “set” sets, like cfg")
    learn.add_argument("--preset", metavar="NAME", help="what the action “generate” takes, see `stembridge presets`")
    learn.add_argument("--bars", metavar="N", help="how long the action “generate” makes it")
    learn.add_argument("--timeout", type=float, default=30.0, metavar="S", help="how long to wait (default 30)")
    for action in (ports, monitor, learn):
        _add_json(action, "the result")


def _add_uninstall(commands: argparse._SubParsersAction[Parser]) -> None:
    uninstall = commands.add_parser("uninstall", help="take everything out but your takes: scripts, models, settings")
    uninstall.add_argument("--yes", action="store_true", help="do not ask, models and settings included")
    uninstall.add_argument("--keep-models", action="store_true", help="leave the neural models")
    uninstall.add_argument("--keep-settings", action="store_true", help="leave settings, presets, styles and maps")
    uninstall.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    _add_json(uninstall, "the result")


def _add_update(commands: argparse._SubParsersAction[Parser]) -> None:
    update = commands.add_parser("update", help="bring scripts in DAWs, and whatever else is older, up to date")
    update.add_argument("--check", action="store_true", help="only say what is older; 1 if anything is")
    _add_json(update, "the result")


def _add_completion(commands: argparse._SubParsersAction[Parser]) -> None:
    completion = commands.add_parser("completion", help="let Tab complete commands, flags and files in your terminal")
    completion.add_argument(
        "shell", metavar="SHELL", choices=SHELLS, nargs="?", help=f"{', '.join(SHELLS)}; by default your own"
    )


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port must be 0–65535, not {text!r}")
    return int(text)
