"""A chat server for the benchmarks' own tests: `join` is answered, every other line goes to all who have joined.

python fake_chat.py PORT CERTIFICATE LOSE: every LOSEth line to somebody is lost (0: none).
"""

import asyncio
import ssl
import sys
from pathlib import Path

port, certificate, lose = int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
joined: list[asyncio.StreamWriter] = []
passed = 0


async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    global passed
    try:
        while line := await reader.readline():
            if line == b"join\n":
                writer.write(b"welcome\n")
                joined.append(writer)
                continue
            for other in joined:
                passed += 1
                if not lose or passed % lose:
                    other.write(b"said: " + line)
    except ConnectionError:
        pass


async def main() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    await (await asyncio.start_server(listen, "127.0.0.1", port, ssl=context)).serve_forever()


asyncio.run(main())
