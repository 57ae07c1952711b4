"""Mutants that no test can notice, each with the reason: what they change is the same for every caller."""

# ruff: noqa: E501 - a name is the whole line that was changed

EQUIVALENT: dict[str, str] = {
    'group_entries.py entry_digest: if b"stub" in raw[:16]:  # its tag, in whatever encoding; what has that there by chance is no stub: 16 becomes 17': "only whether it is looked at more closely",
    "backups.py BackupWriter.__init__: self._deflate = zlib.compressobj(6): 6 becomes 5": "only how small it becomes",
    "log.py Log._key: new.verify(KeyChange.CONTEXT, self.authority_id, entry.signed.body, entry.new_sig or b\"\"): b'' has a byte more": "neither is a signature",
    "groups.py Group.standing: for name, value in zip(_CHANGING, before, strict=True):: True becomes False": "one is made of the other",
    'evidence.py Evidence._log: return Verdict("heads", heads[0].size): 0 becomes 1': "both have that size",
    'evidence.py _chain: return Verdict("chain", heads[0].n) if heads[0].hash != heads[1].hash else None: 0 becomes 1': "both have that place",
    "primitives.py SealKey.seal: raise ValueError: raise is dropped": "the library refuses the parts of such a key, too",
    "shares.py part: return left * left / total / 2 if left > 0 else 0.0: Gt becomes GtE": "half the square of nothing is nothing",
    "frames.py Splitter.next_body: if len(held) < 4:: 4 becomes 5": "four bytes are a length, and no body of that length is there yet",
    "group_batch.py check_batch: raise: raise is dropped": "one entry by itself has raised before",
    'moving.py Meeting.digits: return [f"{int.from_bytes(spread[at : at + 8]) % 100000:05}" for at in range(0, 32, 8)]: 32 becomes 31': "the last one begins at 24 either way",
    "safety.py read_code: return SafetyCode(code.shower, code.other, [number[at : at + 5] for at in range(0, 60, 5)], code.head): 60 becomes 59": "the last one begins at 55 either way",
}
