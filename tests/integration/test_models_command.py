"""`stembridge models` as users run it: real processes, a real hub on this machine, tiny models."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.companion_process import environ
from tests.helpers.hub.catalogue import write_catalogue
from tests.helpers.hub.server import LocalHub

VAE = "vae/diffusion_pytorch_model.safetensors"


class ModelsUser:
    """A user whose catalogue has the tiny models of a local hub."""

    def __init__(self, folder: Path, hub: LocalHub) -> None:
        self.models = folder / "data" / "models"
        self.models.mkdir(parents=True)
        write_catalogue(self.models, hub.repositories)
        self._environ = {**environ(folder), "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(folder / "hf")}

    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, prefix: tuple[str, ...] = (), **variables: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*prefix, sys.executable, "-m", "bridge", *arguments],
            env={**self._environ, **variables},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str, prefix: tuple[str, ...] = (), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, prefix=prefix, **variables)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str) -> Any:  # noqa: ANN401
        ended = self.run(*arguments, "--json")
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)


@pytest.fixture
def user(tmp_path: Path, hub: LocalHub) -> ModelsUser:
    return ModelsUser(tmp_path, hub)


def only_line(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the last line on stderr of a refused command."""
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    return ended.stderr.splitlines()[-1]


def test_a_model_from_download_to_removal(user: ModelsUser, hub: LocalHub) -> None:
    ended = user.run("models", "download", "tiny-turbo", "--yes")
    assert ended.returncode == 0, ended.stderr
    shown = ended.stderr.splitlines()[0]
    assert hub.endpoint in shown
    assert "licence mit" in shown
    assert "0.00 GB" in shown

    listed = {model["name"]: model for model in user.json("models", "list")["models"]}
    assert listed["tiny-turbo"]["installed"]["origin"] == hub.endpoint
    assert listed["ace-step-2b-turbo"]["installed"] is None
    assert user.json("models", "verify") == {"faults": {"tiny-turbo": []}}

    auto = json.loads(user.run("doctor", "--json").stdout)["findings"]
    said = {finding["what"]: finding["detail"] for finding in auto}
    assert said["engine"].endswith(": ACE-Step 1.5")
    assert said["model"].startswith("tiny-turbo. ")
    assert said["device"]

    freed = user.json("models", "remove", "tiny-turbo")["freed_bytes"]
    assert freed > listed["tiny-turbo"]["installed"]["size_bytes"]
    assert not (user.models / "tiny-turbo").exists()


def test_the_default_is_the_model_that_suits_this_machine(user: ModelsUser) -> None:
    ended = user.run("models", "download", "--yes")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.startswith("Tiny tiny-turbo: ")
    assert (user.models / "tiny-turbo" / "model.json").exists()


def test_a_full_disk_is_one_line_and_a_later_download_continues(user: ModelsUser) -> None:
    ended = user.run(
        "models", "download", "tiny-base", "--yes", prefix=("bash", "-c", 'ulimit -f 40; exec "$0" "$@"')
    )
    assert ended.returncode == 1
    assert "tiny-base.partial cannot be written" in only_line(ended)
    assert user.run("models", "download", "tiny-base", "--yes").returncode == 0


def test_there_is_no_prompt_without_a_terminal(user: ModelsUser, hub: LocalHub) -> None:
    ended = user.run("models", "download", "tiny-base")
    assert ended.returncode == 2
    assert "--yes" in only_line(ended)
    assert "licence mit" in ended.stderr
    assert [path for path, *_ in hub.requests if "/resolve/" in path] == []


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_there_is_a_prompt_in_a_terminal(user: ModelsUser, answer: str, code: int) -> None:
    here, there = os.openpty()
    process = user.start("models", "download", "tiny-base", stdin=there)
    os.write(here, answer.encode())
    _, err = process.communicate(timeout=120)
    os.close(here)
    os.close(there)
    assert process.returncode == code
    assert "Go on? [y/N]" in err
    assert (user.models / "tiny-base").exists() == (code == 0)
    assert code == 0 or "nothing was fetched" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_download_is_continued_later(user: ModelsUser, hub: LocalHub, number: int) -> None:
    hub.faults.slow_s[VAE] = 0.2
    process = user.start("models", "download", "tiny-base", "--yes")
    assert hub.under_way.wait(120)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, "")
    assert "goes on from there" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not (user.models / "tiny-base").exists()
    hub.faults.slow_s.clear()
    sent = hub.sent["transformer/diffusion_pytorch_model.safetensors"]
    assert user.run("models", "download", "tiny-base", "--yes").returncode == 0
    assert hub.sent["transformer/diffusion_pytorch_model.safetensors"] == sent


def test_a_killed_download_is_continued_later(user: ModelsUser, hub: LocalHub) -> None:
    hub.faults.slow_s[VAE] = 0.2
    process = user.start("models", "download", "tiny-base", "--yes")
    assert hub.under_way.wait(120)
    process.kill()
    process.communicate()
    hub.faults.slow_s.clear()
    assert user.run("models", "download", "tiny-base", "--yes").returncode == 0
    assert user.json("models", "verify", "tiny-base") == {"faults": {"tiny-base": []}}


def test_a_folder_instead_of_a_hub(user: ModelsUser, hub: LocalHub, checkpoints: dict[str, Path]) -> None:
    ended = user.run("models", "download", "tiny-turbo", "--yes", "--from", str(checkpoints["tiny/turbo"]))
    assert ended.returncode == 0, ended.stderr
    assert hub.requests == []


def test_a_damaged_model_is_reported_in_one_line_each(user: ModelsUser, checkpoints: dict[str, Path]) -> None:
    assert user.run("models", "download", "tiny-base", "--yes").returncode == 0
    broken = user.models / "tiny-base" / VAE
    broken.write_bytes(broken.read_bytes()[:-1])
    ended = user.run("models", "verify")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [f"stembridge: {broken} is 43839 bytes long instead of 43840."]
    doctor = user.run("doctor")
    assert doctor.returncode == 1
    assert str(broken) in doctor.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["download", "ace-step-3b", "--yes"], 2, "ace-step-3b"),
        (["verify", "ace-step-3b"], 2, "ace-step-3b"),
        (["list", "ace-step-3b"], 2, "ace-step-3b"),
        (["verify", "tiny-base"], 1, "stembridge models download tiny-base"),
        (["remove", "tiny-base"], 1, "tiny-base"),
        (["remove", "../models"], 2, "../models"),
        (["remove"], 2, "NAME"),
        ([], 2, "ACTION"),
        (["fetch", "tiny-base"], 2, "fetch"),
        (["download", "tiny-base", "--yes", "--from", "/no/such"], 2, "/no/such"),
        (["download", "tiny-base", "--yes", "--from", "/proc/self/fdinfo"], 1, "/proc/self/fdinfo"),
        (["download", "ace-step-2b-turbo", "--yes"], 1, "ACE-Step/Ace-Step1.5"),
    ],
)
def test_an_impossible_request_is_one_line(user: ModelsUser, arguments: list[str], code: int, named: str) -> None:
    ended = user.run("models", *arguments)
    assert ended.returncode == code
    assert named in only_line(ended)


def test_the_hubs_own_offline_switch_is_respected(user: ModelsUser) -> None:
    ended = user.run("models", "download", "tiny-base", "--yes", HF_HUB_OFFLINE="1")
    assert ended.returncode == 1
    assert "HF_HUB_OFFLINE" in only_line(ended)


def test_a_models_folder_that_cannot_be_written(user: ModelsUser, hub: LocalHub) -> None:
    ended = user.run("models", "download", "tiny-base", "--yes", STEMBRIDGE_MODELS="/proc/nowhere")
    assert ended.returncode != 0
    assert "Traceback" not in ended.stderr


def test_models_may_lie_on_another_disk(user: ModelsUser, tmp_path: Path) -> None:
    ended = user.run("models", "list", "--json", STEMBRIDGE_MODELS=str(tmp_path / "elsewhere"))
    assert json.loads(ended.stdout)["folder"] == str(tmp_path / "elsewhere")


def test_a_missing_library_is_named_with_the_command_that_installs_it(user: ModelsUser, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import sys\nsys.modules['torch'] = sys.modules['huggingface_hub'] = None\n"
    )
    path = os.pathsep.join([str(hidden), *filter(None, [os.environ.get("PYTHONPATH")])])
    ended = user.run("models", "download", "tiny-base", PYTHONPATH=path)  # there is no terminal to ask on
    assert ended.returncode == 1
    assert "stembridge engine install" in only_line(ended)
