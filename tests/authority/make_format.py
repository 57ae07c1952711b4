"""Writes formats/N.sql: a database as today's code makes it, with its keys, for the tests of upgrades.

Run it once, when a format is new, with `python -m tests.authority.make_format`; what it wrote then is never made again.
"""

from pathlib import Path

from authority_server.sqlite import APPLICATION_ID, FORMAT
from protocol.roles import Role
from tests.groups.village import Village

FORMATS = Path(__file__).parent / "formats"


def dump() -> str:
    """SQL with the keys in its comments: arash, the owner, sara, an admin, and omid; all in a group that has talked."""
    village = Village(Role.ADMIN, Role.BEGINNER)
    village.everybody_joins()
    village.say(village.people[1], "سلام")
    village.say(village.people[2], "hello")
    world = village.world
    keys = {"authority": world.authority_key, **{person.name: person.node.me.key for person in village.people}}
    with world.store.transaction() as rows:
        raw = rows._connection.connection.driver_connection
        assert raw is not None
        lines = [line for line in raw.iterdump() if line not in ("BEGIN TRANSACTION;", "COMMIT;")]
    comments = [f"-- {name}: {key.save().hex()}" for name, key in keys.items()]
    pragmas = [f"PRAGMA application_id = {APPLICATION_ID};", f"PRAGMA user_version = {FORMAT};"]
    return "\n".join([*comments, *pragmas, *lines, ""])


if __name__ == "__main__":
    with (FORMATS / f"{FORMAT}.sql").open("x", encoding="utf-8") as file:  # never over one that was written before
        file.write(dump())
