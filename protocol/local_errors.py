"""The part of the catalogue of errors (errors.py) that is about this machine: its folders, databases and ports."""

from __future__ import annotations

# code: (category, what happened, what to do)
THIS_MACHINE: dict[str, tuple[str, str, str]] = {
    "vault_damaged": ("damaged", "The vault is damaged; the password is not the trouble.", "Restore your last backup."),
    "vault_busy": (
        "damaged",
        "Another program has the vault's database open and writes to it.",
        "Close it; it goes on by itself, and nothing that was acknowledged is lost.",
    ),
    "vault_conflict": (
        "damaged",
        "The vault could not keep one change: it doesn't fit what is there. It has been logged.",
        "It is tried again by itself; tell who wrote Hamraz.",
    ),
    "vault_failing": (
        "damaged",
        "The vault could not carry out one change. It has been logged.",
        "It is tried again by itself; tell who wrote Hamraz.",
    ),
    "export_damaged": ("damaged", "{path} is no whole export of Hamraz.", "Nothing was taken in; use another copy."),
    "export_foreign": ("refused", "{path} was exported by another account.", "Only one's own comes back."),
    "not_receipted": ("refused", "When this was exported, nobody had signed that it came.", "It proves nothing."),
    "vault_foreign": (
        "damaged",
        "{path} is not a vault that this version knows.",
        "Nothing was changed; use another folder.",
    ),
    "database_damaged": (
        "damaged",
        "The database {path} is damaged.",
        "Nothing was changed; restore your last backup.",
    ),
    "entry_damaged": (
        "damaged",
        "{path} is not what was written.",
        "It is given to nobody; agents give it back as they come.",
    ),
    "database_foreign": ("damaged", "{path} is not a database that this version knows.", "Use another folder."),
    "old_version": (
        "damaged",
        "{path} was made by version 1 of Hamraz, which this version doesn't read.",
        "Nothing was changed; use another folder, or the version that made it.",
    ),
    "key_missing": ("damaged", "{path} has a database but its key file is missing.", "Restore both from a backup."),
    "key_damaged": ("damaged", "{path} is not this authority's key file.", "Nothing was changed; restore your backup."),
    "database_missing": ("damaged", "{path} is gone, but its key was in use.", "Restore the database from a backup."),
    "bad_database": (
        "refused",
        "This is no address of a PostgreSQL database.",
        "Write it as postgresql+psycopg2://USER@HOST/NAME.",
    ),
    "database_unusable": (
        "damaged",
        "The database {path} can't be used ({reason}).",
        "Look at its server; nothing that was acknowledged is lost.",
    ),
    "bad_files": (
        "refused",
        "This is no place for files.",
        "Write it as s3://BUCKET/PREFIX?endpoint=https://HOST, without any key; or own, for the usual place.",
    ),
    "files_unusable": (
        "damaged",
        "Where files lie ({path}) can't be used ({reason}).",
        "Look at its server; nothing that was acknowledged is lost.",
    ),
    "database_in_use": (
        "damaged",
        "Another process writes to the database {path}.",
        "End it first: two authorities at once would contradict each other.",
    ),
    "database_moved": (
        "damaged",
        "The database {path} has been moved: its authority goes on in another one.",
        "Start it with that one (--database), or move it back (--move-to).",
    ),
    "database_moving": (
        "damaged",
        "The database {path} is a copy that is not whole yet.",
        "Carry out the same --move-to again, or start the one that it was made from.",
    ),
    "database_unsafe": (
        "damaged",
        "The database {path} may lose what it has confirmed, as {setting} is {value} there.",
        "Set it to on, then start again.",
    ),
    "authority_gone": (
        "damaged",
        "{path} had an authority whose key and database are gone.",
        "Restore a backup; for a new authority, use an empty folder.",
    ),
    "not_a_file": (
        "damaged",
        "{path} is in the way: a file of Hamraz belongs there, and this is none.",
        "Move it elsewhere, or put back what was there.",
    ),
    "not_a_folder": (
        "damaged",
        "{path} is in the way: a folder of Hamraz belongs there, and this is none.",
        "Move it elsewhere, or put back what was there.",
    ),
    "folder_gone": (
        "damaged",
        "{path} was moved or deleted while it was in use.",
        "Put it back; nothing is acknowledged meanwhile.",
    ),
    "bad_ports": ("refused", "{text} names no port or range of ports.", "Write it as 5050, or as 20000-20999."),
    "folder_in_use": ("refused", "Another process uses the folder {path}.", "Stop it first, or use --data."),
    "path_too_long": ("damaged", "The folder's path is too long.", "Use --data with one of fewer than {limit} bytes."),
    "no_locks": (
        "damaged",
        "The folder {path} is on a disk that holds no locks, as a network's may be.",
        "Use --data with a folder on this computer's own disk.",
    ),
    "folder_unusable": ("damaged", "The folder {path} can't be read and written.", "Check who owns it, or use --data."),
    "port_taken": ("unreachable", "Port {port} is taken.", "Stop what uses it, or choose another with --port."),
    "address_unusable": (
        "unreachable",
        "{address} is not an address of this machine.",
        "Choose another with --listen.",
    ),
    "disk_full": ("damaged", "The disk is full.", "Make room; nothing that was acknowledged is lost."),
    "disk_failing": ("damaged", "The disk refuses to write.", "Look at it; nothing that was acknowledged is lost."),
}
