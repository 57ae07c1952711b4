"""The models of docs/models: each holds as it stands, and fails where a check that it needs is left out."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

MODELS = Path(__file__).parent.parent / "docs" / "models"
CHECK = re.compile(r"\(\*CHECK ([^*]+)\*\)(.*?)(?:\(\*ELSE (.*?)\*\))?\(\*END\*\)", re.DOTALL)


def spin(tmp_path: Path, *switches: str) -> int:
    """How many errors Spin finds in the model of delivery."""
    subprocess.run(["spin", "-a", *switches, MODELS / "delivery.pml"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["gcc", "-w", "-DSAFETY", "-o", "pan", "pan.c"], cwd=tmp_path, check=True)
    search = ["./pan", "-m10000", "-w22", "-N", "safe"]  # 2^22 places for a hundred thousand states
    found = subprocess.run(search, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert "max search depth too small" not in found  # else part of the states wasn't looked at
    errors = re.search(r"errors: (\d+)", found)
    assert errors is not None, found
    return int(errors[1])


def test_what_is_told_is_there_once_and_nothing_is_lost_whoever_dies(tmp_path: Path, long: bool) -> None:
    assert spin(tmp_path, *(["-DDEATHS=10"] if long else [])) == 0


@pytest.mark.parametrize("rule", ["ACK_AFTER_DISK", "ONCE_BY_ID", "KEEP_UNTIL_RECEIPT"])
def test_delivery_needs_each_of_its_rules(tmp_path: Path, rule: str) -> None:
    assert spin(tmp_path, f"-D{rule}=0") == 1


def proverif(tmp_path: Path, model: str, *left_out: str) -> list[bool]:
    """What ProVerif says of each query, in the order of the file."""
    program = shutil.which("proverif")
    assert program is not None, "install ProVerif (opam install proverif) to check the models of cryptography"
    text = (MODELS / f"{model}.pv").read_text(encoding="utf-8")
    names = [found[1] for found in CHECK.finditer(text)]
    assert not set(left_out) - set(names)
    file = tmp_path / f"{model}.pv"
    file.write_text(
        CHECK.sub(lambda found: found[3] or "" if found[1] in left_out else found[2], text), encoding="utf-8"
    )
    said = subprocess.run([program, file], capture_output=True, text=True, timeout=100).stdout
    summary = said.partition("Verification summary:")[2]
    return [line.endswith("is true.") for line in summary.splitlines() if line.startswith("Query")]


PREKEY, RECIPIENT = "envelope names the prekey", "message names its recipient"
COMMIT, OF_COMMIT = "commit is signed", "grant names the commit"
GRANT, KEY = "grant is signed by the commander", "key is the one that the commit names"

# Secret; each stored message was sent, once; who is told is told the truth; and that it can happen at all, which must
# be "false": ProVerif asks whether it can't.
PRIVATE: dict[tuple[str, ...], list[bool]] = {
    (): [True, True, True, False],
    ("prekey is used once",): [True, False, True, False],
    ("prekey's secret half is deleted",): [False, True, True, False],
    (PREKEY,): [True, True, True, False],
    (RECIPIENT,): [True, True, True, False],
    (PREKEY, RECIPIENT): [True, False, True, False],
    ("message names its sender",): [True, True, True, False],
}
# What comes after a removal is secret; each accepted key was committed; each shown message was posted; it can happen.
GROUP: dict[tuple[str, ...], list[bool]] = {
    (): [True, True, True, False],
    ("a removal has a new key",): [False, True, True, False],
    (GRANT,): [True, True, True, False],
    (KEY,): [True, True, True, False],
    (GRANT, KEY): [True, False, True, False],
    (COMMIT,): [True, True, True, False],
    (OF_COMMIT,): [True, True, True, False],
    (COMMIT, OF_COMMIT): [True, False, True, False],
    ("grant names its recipient and prekey",): [True, True, True, False],
    ("header names group, epoch and commit",): [True, True, True, False],
    ("message is signed",): [True, True, False, False],
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("model", "left_out", "results"),
    [(model, *case) for model, table in (("private", PRIVATE), ("group", GROUP)) for case in table.items()],
)
def test_what_each_check_that_is_left_out_costs(
    tmp_path: Path, model: str, left_out: tuple[str, ...], results: list[bool]
) -> None:
    assert proverif(tmp_path, model, *left_out) == results


def test_the_readme_tells_of_each_check() -> None:
    told = (MODELS / "README.md").read_text(encoding="utf-8")
    for model in ("private.pv", "group.pv"):
        text = (MODELS / model).read_text(encoding="utf-8")
        names = [found[1] for found in CHECK.finditer(text)]
        assert names
        for name in names:
            assert f"| {name} " in told, name
