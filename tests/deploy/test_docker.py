"""The image and its composition: what is started there is ours, with little to do harm by, and no secret among it."""

import argparse
import re
from pathlib import Path
from typing import Any

from authority_server import main
from authority_server.store import sessions
from authority_server.store.postgres import DatabaseServer
from launch import wheel
from launch.packages import ROOT

DOCKER = ROOT / "deploy" / "docker"


def instructions() -> list[tuple[str, str]]:
    """(word, the rest) of each, with its lines joined."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return [(word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in lines if line)]


def composed() -> dict[str, Any]:
    """compose.yaml, of which only indented maps, lists of words and one-line lists are understood."""
    text = (DOCKER / "compose.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return read(lines, 0)


def read(lines: list[str], indent: int) -> Any:
    """What stands at this indentation, taken away from `lines`."""
    if lines[0].strip().startswith("- "):
        found = []
        while lines and lines[0].startswith(" " * indent + "- "):
            found.append(lines.pop(0).strip()[2:])
        return found
    made: dict[str, Any] = {}
    while lines and len(lines[0]) - len(lines[0].lstrip()) == indent:
        key, _, value = lines.pop(0).strip().partition(":")
        deeper = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
        if value.strip().startswith("["):
            made[key] = re.findall(r'"([^"]*)"', value)
        else:
            made[key] = value.strip() or (read(lines, deeper) if deeper > indent else None)
        assert not lines or len(lines[0]) - len(lines[0].lstrip()) <= indent, lines[0]
    return made


def options_of(words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    return parser.parse_args(words.split())


def test_the_image_runs_an_authority_and_nothing_as_root() -> None:
    found = instructions()
    last = dict(found[max(at for at, (word, _) in enumerate(found) if word == "FROM") :])
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last["USER"]) and last["VOLUME"] == "/data"
    assert "HAMRAZ_DATA=/data" in last["ENV"] and "COPY" not in last and "ADD" not in dict(found)
    start = re.search(r"exec hamraz authority (.*) \$HAMRAZ_OPTIONS > /dev/null", last["CMD"])
    assert start is not None and options_of(start[1]).log_json
    health = re.findall(r'"([^"]+)"', last["HEALTHCHECK"])
    assert health[:2] == ["hamraz", "authority"] and options_of(" ".join(health[2:])).status
    assert "--require-hashes" in last["RUN"] and "--no-cache-dir" in last["RUN"]
    # one base, with a number
    assert dict(found)["ARG"].partition("=")[2] == "python:3.12-slim-bookworm"
    assert [rest.split()[0] for word, rest in found if word == "FROM"] == ["${PYTHON}"] * 2


def test_it_is_made_of_all_that_the_wheel_needs_and_nothing_else() -> None:
    lines = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    assert lines[1] == "*" and {"static/bundle*", "static/vendor*", "**/__pycache__"} <= set(lines)
    lists = {"requirements.in", "requirements.txt", "package.json", "package-lock.json", "LICENSE", "NOTICE"}
    assert kept == {"run.py", "static", "templates", *wheel.CODE, *lists}
    assert all((ROOT / name).exists() for name in kept)


def test_the_composition_hangs_together() -> None:
    found = composed()
    authority, database = found["services"]["authority"], found["services"]["database"]
    assert authority["depends_on"]["database"]["condition"] == "service_healthy"
    assert database["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    for each in (authority, database):
        assert each["read_only"] == "true" and "no-new-privileges:true" in each["security_opt"]
        assert {name.split(":")[0] for name in each["volumes"]} <= found["volumes"].keys()
    assert authority["cap_drop"] == ["ALL"] and database["network_mode"] == "none" and "ports" not in database
    assert authority["build"] == {"context": "../..", "dockerfile": "deploy/docker/Dockerfile"}
    assert (DOCKER / authority["build"]["context"]).resolve() == ROOT
    assert [*authority["secrets"], *database["secrets"]] == ["pgpass", "password"] == sorted(found["secrets"])[::-1]
    assert all(one["file"].startswith("./secrets/") for one in found["secrets"].values())


def test_the_database_is_durable_and_found_without_a_password_in_sight() -> None:
    found = composed()
    authority, database = found["services"]["authority"], found["services"]["database"]
    settings = dict(word.split("=", 1) for word in database["command"] if "=" in word)
    assert all(settings[name] in good for name, good in sessions.DURABLE.items()) and settings["listen_addresses"] == ""
    told = authority["environment"]
    server = DatabaseServer.at(told["HAMRAZ_DATABASE"])
    assert server.url.password is None and server.url.username == database["environment"]["POSTGRES_USER"]
    assert server.url.database == database["environment"]["POSTGRES_DB"]
    socket = server.url.query["host"]
    assert f"socket:{socket}" in authority["volumes"] and f"socket:{socket}" in database["volumes"]
    assert options_of(told["HAMRAZ_OPTIONS"]).metrics == ("127.0.0.1", 9550)
    for each, name in ((told, "PGPASSFILE"), (database["environment"], "POSTGRES_PASSWORD_FILE")):
        assert Path(each[name]).parent == Path("/run/secrets") and Path(each[name]).name in found["secrets"]
    assert "--data-checksums" in database["environment"]["POSTGRES_INITDB_ARGS"]
