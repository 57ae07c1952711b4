"""An example bot: answers /echo, /time and /help, in private and in groups, as the person whose agent it is.

    python3 docs/bot.py PORT FOLDER         the agent's port and data folder; needs python-socketio and websocket-client

An answer's id is made from the id of what it answers, and the same id again is the same message: so each command is
answered once. What is dealt with is marked as read, so it goes on where it was. See docs/agent-api.md.
"""

import hashlib
import queue
import sys
import time
from pathlib import Path

import socketio

port, token = sys.argv[1], Path(sys.argv[2], "api-token")
todo = queue.Queue()  # messages that came; None: look what has been missed
# a program sends no Origin, and no proxy knows this computer; the library connects again by itself, with a new token
socket = dict(suppress_origin=True, http_proxy_host="-", http_no_proxy=["127.0.0.1"])
line = socketio.Client(websocket_extra_options=socket)
line.on("connect", lambda: todo.put(None))
line.on("stage", lambda value: todo.put(None))  # the vault has been opened, perhaps
line.on("message", todo.put)


def call(name, **arguments):
    answer = line.call(name, arguments, timeout=10)  # of an agent that has ended meanwhile there is none
    if not answer["ok"]:
        raise RuntimeError(answer["error"]["code"])
    return answer


def unread():
    for conversation in call("snapshot")["conversations"]:
        after, chat = conversation["first_unread"], conversation["chat"]
        while after is not None:
            page = call("history", chat=chat, after=max(after - 1, 0), limit=200)
            yield from page["messages"]
            after = page["messages"][-1]["position"] + 1 if page["more"] else None


def reply(message):
    command, _, words = message["text"].partition(" ") if message["kind"] == "text" else ("", "", "")
    says = {"/echo": words, "/time": time.strftime("%H:%M"), "/help": "/echo WORDS or /time"}.get(command)
    if says and not message["mine"]:
        id = hashlib.sha256(f"{message['from']} {message['id']}".encode()).hexdigest()[:32]
        # a refusal is left at that: one may not write there, or it was answered before it was edited
        line.call("send_message", dict(chat=message["chat"], text=says, reply_to=message["order"], id=id), timeout=10)


address, key = f"http://127.0.0.1:{port}", lambda: {"token": token.read_text().strip()}
line.connect(address, auth=key, retry=True, transports=["websocket"])
while True:
    try:
        for message in [news] if (news := todo.get()) else unread():
            reply(message)
            call("mark_read", chat=message["chat"], position=message["position"])
    except (RuntimeError, socketio.exceptions.SocketIOError) as trouble:
        print(f"later: {trouble}", file=sys.stderr)  # locked, or away: "stage" or "connect" comes when that is over
